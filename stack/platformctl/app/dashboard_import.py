"""Bring a dashboard that was made or edited in Grafana back: one module in ``dashboards_src/``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformctl.app.dashboard_new import check_name, path_of, writable_workspace
from platformctl.app.session import Request
from platformctl.errors import PlatformError, UsageError
from platformctl.model.dashboard import Audience
from platformctl.model.dashboard_raw import RawPanel
from platformctl.model.platform import Platform
from platformctl.render.grafana_source import module_text
from platformctl.sinks.files import write_atomically
from platformctl.sources.definitions import load_platform
from platformctl.sources.grafana_dashboard import read_dashboard

_LARGEST: Final = 10_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """The file, and what is asked of it. uid, audience: in place of the file's. replace: a module that is there."""

    file: Path
    uid: str = ""
    audience: Audience | None = None
    replace: bool = False
    write: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """The module's text and its place; `raw` of its `panels` are kept in Grafana's words."""

    uid: str
    path: Path
    text: str
    panels: int
    raw: int
    notes: tuple[str, ...]


def import_dashboard(request: Request, wanted: Wanted) -> Imported:
    """Write ``dashboards_src/<uid>.py``; a module that is there is replaced only where that was asked for."""
    content = writable_workspace(request)
    if wanted.uid:
        check_name(wanted.uid)
    read = read_dashboard(
        _text(wanted.file), where=str(wanted.file), uid=wanted.uid, audience=wanted.audience
    )
    dashboard = read.dashboard
    text = module_text(dashboard)
    path = path_of(content, dashboard.uid)
    if wanted.write:
        path = _target(content, load_platform(content), dashboard.uid, replace=wanted.replace)
        write_atomically(path, text)
    panels = [*dashboard.panels]
    return Imported(
        uid=dashboard.uid,
        path=path,
        text=text,
        panels=len(panels),
        raw=sum(isinstance(panel, RawPanel) for panel in panels),
        notes=read.notes,
    )


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > _LARGEST:
            raise UsageError(f"the file is larger than {_LARGEST // 1_000_000} MB", where=str(file))
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"the file cannot be read: {error.strerror}", where=str(file)) from error
    except UnicodeDecodeError as error:
        raise PlatformError("the file is not UTF-8", where=str(file)) from error


def _target(content: Path, platform: Platform, uid: str, *, replace: bool) -> Path:
    """Where the module goes: beside the others, or in the place of the one that defines the dashboard now."""
    modules = {
        d.uid: content / platform.origin("dashboard", d.uid).partition(":")[0] for d in platform.dashboards
    }
    path = modules.get(uid, path_of(content, uid))
    if not path.exists():
        return path
    if not replace:
        raise PlatformError(
            f"there is a dashboard {uid!r} already",
            where=str(path),
            fix="platformctl dashboard import FILE --print shows the module; --replace overwrites, --uid NAME adds",
        )
    if others := sorted(other for other, module in modules.items() if module == path and other != uid):
        raise PlatformError(
            f"the module defines {', '.join(others)} too",
            where=str(path),
            fix="platformctl dashboard import FILE --print, and take over by hand what changed",
        )
    return path
