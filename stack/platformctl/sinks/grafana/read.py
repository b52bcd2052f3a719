"""Look: the dashboards and folders of a Grafana, and who saved each dashboard last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, cast
from urllib.parse import quote

from platformctl.sinks.grafana.account import Grafana, Tree

TAG: Final = "platformctl"
"""What carries it is ours."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """A dashboard that Grafana has. message, saved_by, saved_at: of its newest version."""

    uid: str
    title: str
    folder_uid: str
    version: int
    is_ours: bool
    provisioned: bool
    panels: frozenset[str]
    message: str = ""
    saved_by: str = ""
    saved_at: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Holdings:
    """What a Grafana has: the dashboards with our tag or our uids, and its folders by uid."""

    dashboards: Mapping[str, Held]
    folders: Mapping[str, str]


def read(grafana: Grafana, uids: Iterable[str]) -> Holdings:
    """The dashboards of these uids, all that carry our tag, and the folders at the top."""
    tagged = {str(found["uid"]) for found in grafana.pages("/api/search", type="dash-db", tag=TAG)}
    held = (_held(grafana, uid) for uid in sorted({*uids} | tagged))
    return Holdings(
        dashboards={one.uid: one for one in held if one},
        folders={str(f["uid"]): str(f["title"]) for f in grafana.pages("/api/folders")},
    )


def path_of(uid: str) -> str:
    """Where the API has a dashboard."""
    return f"/api/dashboards/uid/{quote(uid, safe='')}"


def _held(grafana: Grafana, uid: str) -> Held | None:
    answer = cast("Tree | None", grafana.get(path_of(uid)))
    if answer is None:
        return None
    dashboard, meta = cast(Tree, answer["dashboard"]), cast(Tree, answer["meta"])
    newest = _newest(grafana, uid)
    return Held(
        uid=uid,
        title=str(dashboard.get("title")),
        folder_uid=str(meta.get("folderUid") or ""),
        version=cast(int, dashboard.get("version", 0)),
        is_ours=TAG in cast(list[str], dashboard.get("tags") or []),
        provisioned=meta.get("provisioned") is True,
        panels=titles(dashboard),
        message=str(newest.get("message") or ""),
        saved_by=str(newest.get("createdBy") or ""),
        saved_at=str(newest.get("created") or ""),
    )


def _newest(grafana: Grafana, uid: str) -> Tree:
    """The newest version; older Grafanas answer with a list, newer ones with an object that holds it."""
    answer = grafana.get(f"{path_of(uid)}/versions", limit="1")
    versions = answer.get("versions") if isinstance(answer, dict) else answer
    known = cast(list[Tree], versions or [])
    return max(known, key=lambda version: cast(int, version["version"]), default={})


def titles(dashboard: Tree) -> frozenset[str]:
    """The titles of its panels, those in collapsed rows included."""
    panels = cast(list[Tree], dashboard.get("panels") or [])
    nested = (inner for panel in panels for inner in cast(list[Tree], panel.get("panels") or []))
    return frozenset(str(p.get("title") or "") for p in (*panels, *nested) if p.get("type") != "row")
