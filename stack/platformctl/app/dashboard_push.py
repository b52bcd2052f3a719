"""The dashboards that are defined, brought into a Grafana that runs already."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from platformctl.errors import PartlyApplied, PlatformError
from platformctl.model.dashboard import Dashboard
from platformctl.sinks.grafana import apply as act
from platformctl.sinks.grafana.account import Grafana
from platformctl.sinks.grafana.changes import Page, Plan, diff
from platformctl.sinks.grafana.read import read
from platformctl.sources import workspace
from platformctl.sources.definitions import load_platform
from platformctl.sources.token_file import read_token

TOKEN_FILE: Final = "grafana-api-token"  # noqa: S105 - a name
"""The secret file that is read where no other is named."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PushRequest:
    """Which definitions, and which Grafana. folder: the title of one for all; without it, one by audience."""

    url: str
    workspace: Path | None = None
    start: Path = Path()
    token_file: Path | None = None
    folder: str = ""
    prune: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """The Grafana, and what it should hold."""

    grafana: Grafana
    pages: tuple[Page, ...]
    prune: bool


Confirm = Callable[[Plan], bool]
Say = Callable[[str], None]


@contextmanager
def open_target(request: PushRequest) -> Iterator[Target]:
    """Raises `UsageError` where there is no token."""
    from platformctl.render.grafana_dashboard import to_json

    found = workspace.find(request.workspace, start=request.start)
    file = request.token_file or found.state / "secrets" / TOKEN_FILE
    token = read_token(file, opens="Grafana", kind="the token of a service account")
    grafana = Grafana(token, url=request.url)
    try:
        dashboards = sorted(load_platform(found.content).dashboards, key=lambda d: d.uid)
        pages = tuple(_page(d, to_json(d), request.folder) for d in dashboards)
        yield Target(grafana=grafana, pages=pages, prune=request.prune)
    finally:
        grafana.close()


def plan_push(target: Target) -> Plan:
    """What a push would change. Changes nothing."""
    return diff(target.pages, read(target.grafana, (p.uid for p in target.pages)), prune=target.prune)


def push(target: Target, *, overwrite: Confirm, confirm: Confirm, say: Say) -> Plan | None:
    """Make the Grafana hold the dashboards; returns what was done, None where the answer was no.

    `overwrite` is asked first, where somebody edited dashboards by hand; at no, those stay as they are.
    Raises `PlatformError` before anything is changed where a uid is somebody else's.
    """
    plan = plan_push(target)
    if plan.taken:
        listed = ", ".join(f"{h.uid} ({'from files' if h.provisioned else 'not tagged'})" for h in plan.taken)
        raise PlatformError(
            f"the Grafana has dashboards of these uids that are not ours to change: {listed}",
            fix="take a provisioned one out of its files; give another one the tag platformctl there, or rename ours",
        )
    if plan.drifted and not overwrite(plan):
        kept = tuple(change for change in plan.changes if not change.edited)
        used = {change.folder_uid for change in kept}
        plan = replace(plan, changes=kept, folders=tuple(f for f in plan.folders if f[0] in used))
    if plan.is_empty:
        return plan
    if not confirm(plan):
        return None
    _carry_out(target.grafana, plan, say)
    return plan


def _carry_out(grafana: Grafana, plan: Plan, say: Say) -> None:
    done = 0
    try:
        for uid, title in plan.folders:
            say(f"create folder {title!r}")
            act.make_folder(grafana, uid, title)
        for change in plan.changes:
            say(f"{change.action} {change.uid}")
            act.apply(grafana, change)
            done += 1
    except PlatformError as error:
        raise PartlyApplied(
            f"{done} of {len(plan.changes)} dashboards were changed; then: {error.what}",
            where=error.where,
            fix=error.fix or "mend the cause, then run it again: it does the rest",
        ) from error


def _page(dashboard: Dashboard, tree: dict[str, object], folder: str) -> Page:
    title = folder or dashboard.audience.folder
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40]
    return Page(
        uid=dashboard.uid,
        title=dashboard.title,
        folder_uid=slug or "platformctl",
        folder_title=title,
        tree=tree,
    )
