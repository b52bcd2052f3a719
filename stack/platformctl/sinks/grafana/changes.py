"""Decide: from the dashboards that should be and what a Grafana holds, to the changes between them. Pure.

Each save of ours says in its message what was saved. Where the newest version has no such message, somebody
else saved it: it has drifted. Nothing hangs on how Grafana rewrites the JSON that it is given.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from platformctl.sinks.grafana.account import Tree
from platformctl.sinks.grafana.read import Held, Holdings, titles

_MESSAGE: Final = "platformctl "


class Action(StrEnum):
    """What happens to a dashboard."""

    CREATE = "create"
    UPDATE = "update"
    OVERWRITE = "overwrite"
    MOVE = "move"
    DELETE = "delete"


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A dashboard that should be, and the folder that it should be in."""

    uid: str
    title: str
    folder_uid: str
    folder_title: str
    tree: Tree

    @property
    def message(self) -> str:
        """What a save of it says: the digest of what is saved."""
        text = json.dumps(self.tree, sort_keys=True)
        return f"{_MESSAGE}{hashlib.sha256(text.encode()).hexdigest()[:16]}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One dashboard that differs. page: None for one that goes; held: None for a new one.

    edited: who saved it since we did, and when; losing: panels that the change takes away.
    """

    action: Action
    uid: str
    title: str
    page: Page | None
    held: Held | None
    folder_uid: str = ""
    edited: str = ""
    losing: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """folders: those to make, title by uid. taken: dashboards of a wanted uid that we may not touch.

    left: ours by their tag, not defined any more, and not pruned.
    """

    folders: tuple[tuple[str, str], ...]
    changes: tuple[Change, ...]
    taken: tuple[Held, ...]
    left: tuple[Held, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.changes

    @property
    def drifted(self) -> tuple[Change, ...]:
        """The changes that lose what somebody did by hand."""
        return tuple(change for change in self.changes if change.edited)


def diff(pages: Sequence[Page], holdings: Holdings, *, prune: bool) -> Plan:
    """The plan that makes the Grafana hold these pages, touching only what carries our tag."""
    wanted = {page.uid for page in pages}
    strays = [
        h for h in holdings.dashboards.values() if h.is_ours and h.uid not in wanted and not h.provisioned
    ]
    places = {page.folder_uid: _folder(page, holdings) for page in pages}
    changes = [change for page in pages if (change := _change(page, places[page.folder_uid], holdings))]
    needed = {change.folder_uid for change in changes}
    held = (holdings.dashboards.get(page.uid) for page in pages)
    return Plan(
        folders=tuple(_folders(pages, needed, holdings)),
        changes=(*changes, *(_deletion(stray) for stray in strays if prune)),
        taken=tuple(one for one in held if one and not _may_touch(one)),
        left=() if prune else tuple(strays),
    )


def _folder(page: Page, holdings: Holdings) -> str:
    """Its folder by uid, else one at the top of the same title, else a new one."""
    same = sorted(uid for uid, title in holdings.folders.items() if title == page.folder_title)
    return page.folder_uid if page.folder_uid in holdings.folders or not same else same[0]


def _folders(pages: Sequence[Page], needed: set[str], holdings: Holdings) -> Iterator[tuple[str, str]]:
    missing = {
        p.folder_uid: p.folder_title for p in pages if p.folder_uid in needed - holdings.folders.keys()
    }
    yield from sorted(missing.items())


def _may_touch(held: Held) -> bool:
    return held.is_ours and not held.provisioned


def _change(page: Page, folder_uid: str, holdings: Holdings) -> Change | None:
    held = holdings.dashboards.get(page.uid)
    if held is not None and not _may_touch(held):
        return None
    action, edited = Action.CREATE, ""
    if held is not None:
        action, edited = Action.UPDATE, _edited(held)
        if edited:
            action = Action.OVERWRITE
        elif held.message == page.message:
            action = Action.MOVE
            if held.folder_uid == folder_uid:
                return None
    losing = sorted(held.panels - titles(page.tree)) if held else []
    return Change(
        action=action,
        uid=page.uid,
        title=page.title,
        page=page,
        held=held,
        folder_uid=folder_uid,
        edited=edited,
        losing=tuple(losing),
    )


def _deletion(held: Held) -> Change:
    return Change(
        action=Action.DELETE, uid=held.uid, title=held.title, page=None, held=held, edited=_edited(held)
    )


def _edited(held: Held) -> str:
    """Who saved it since we did; empty where we were the last."""
    if held.message.startswith(_MESSAGE):
        return ""
    return f"version {held.version} by {held.saved_by or 'somebody'}{f' at {held.saved_at}' if held.saved_at else ''}"
