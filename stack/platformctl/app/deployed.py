"""Where the servers of a workspace's own stack are."""

from __future__ import annotations

from pathlib import Path

from platformctl.app.session import Request, open_session, prepare


def prometheus_url(workspace: Path | None, start: Path) -> str:
    """The Prometheus of the workspace (None: the nearest above `start`)."""
    asked = Request(workspace=workspace, start=start)
    site = prepare(open_session(asked), asked).site
    return f"http://{site.published('prometheus', 'http')}"
