"""Act: one change at a time."""

from __future__ import annotations

from platformctl.sinks.grafana.account import Grafana
from platformctl.sinks.grafana.changes import Change
from platformctl.sinks.grafana.read import path_of


def make_folder(grafana: Grafana, uid: str, title: str) -> None:
    """Make a folder at the top."""
    grafana.post("/api/folders", {"uid": uid, "title": title})


def apply(grafana: Grafana, change: Change) -> None:
    """Make one change; raises `GrafanaRefused` where the dashboard was saved since it was read."""
    if change.page is None:
        grafana.delete(path_of(change.uid))
        return
    version = {"version": change.held.version} if change.held else {}
    grafana.post(
        "/api/dashboards/db",
        {
            "dashboard": {**change.page.tree, "id": None, **version},
            "folderUid": change.folder_uid,
            "message": change.page.message,
            "overwrite": False,
        },
    )
