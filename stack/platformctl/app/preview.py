"""Generated dashboards in a browser against a live Prometheus, without a Grafana."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformctl.app.address import address
from platformctl.app.preview_server import Page, PreviewServer
from platformctl.app.session import Request, open_offline, open_session, prepare, prepare_offline
from platformctl.errors import PlatformError, UsageError
from platformctl.model.artifact import Artifact
from platformctl.model.dashboard import Dashboard
from platformctl.model.units import Duration

_FOLDER: Final = "grafana/dashboards/"


@dataclass(frozen=True, kw_only=True, slots=True)
class PreviewRequest:
    """dashboard: the uid to open, empty for the overview. prometheus: ``host:port``, empty for the deployment's own.

    span: the time to show, as ``15m``; empty for the dashboard's own. port: to listen on; 0 for any free one.
    """

    base: Request
    dashboard: str = ""
    prometheus: str = ""
    span: str = ""
    port: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """A server that is ready to serve, and the address of the wanted dashboard."""

    server: PreviewServer
    url: str
    prometheus: str


def open_preview(request: PreviewRequest) -> Preview:
    """Render the dashboards and bind the server; raises `PlatformError` where there is nothing to show."""
    if request.prometheus:
        prepared = prepare_offline(open_offline(request.base), request.base)
        prometheus = address(request.prometheus)
    else:
        prepared = prepare(open_session(request.base), request.base)
        prometheus = prepared.site.published("prometheus", "http") if prepared.site.has("prometheus") else ""
    if not prometheus:
        raise PlatformError(
            "no Prometheus runs in this deployment", fix="platformctl preview --prometheus HOST:PORT"
        )
    dashboards = {dashboard.uid: dashboard for dashboard in prepared.platform.dashboards}
    path = f"/d/{_wanted(request.dashboard, dashboards)}"
    if request.span:
        path += f"?range={Duration.parse(request.span).ms // 1000}"
    pages = tuple(
        _page(artifact, dashboards)
        for name, artifact in sorted(prepared.release.files.items())
        if name.startswith(_FOLDER)
    )
    server = PreviewServer(pages=pages, prometheus=prometheus, port=request.port)
    return Preview(server=server, url=f"{server.url}{path}", prometheus=prometheus)


def _wanted(uid: str, dashboards: dict[str, Dashboard]) -> str:
    if not dashboards:
        raise PlatformError("this workspace has no dashboards", fix="write one in dashboards_src/")
    if uid and uid not in dashboards:
        raise UsageError(
            f"there is no dashboard {uid!r}",
            fix=f"platformctl preview with one of: {', '.join(sorted(dashboards))}",
        )
    return uid or ("platform-overview" if "platform-overview" in dashboards else min(dashboards))


def _page(artifact: Artifact, dashboards: dict[str, Dashboard]) -> Page:
    dashboard = dashboards[Path(artifact.path).stem]
    content = json.loads(artifact.content)
    return Page(uid=dashboard.uid, title=dashboard.title, dashboard=content)
