"""Plans for a Grafana, as text and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from platformctl.sinks.grafana.changes import Action, Plan

_SIGNS: Final = {
    Action.CREATE: "+", Action.UPDATE: "~", Action.OVERWRITE: "!", Action.MOVE: ">", Action.DELETE: "-",
}  # fmt: skip


def show_plan(plan: Plan, out: Callable[[str], None]) -> None:
    """The plan, a line for each folder and dashboard; then what stands in its way."""
    for line in _lines(plan):
        out(line)


def _lines(plan: Plan) -> Iterator[str]:
    if plan.is_empty:
        yield "nothing to change"
    for _, title in plan.folders:
        yield f"+ folder {title!r}"
    for change in plan.changes:
        yield f"{_SIGNS[change.action]} {change.action} {change.uid} ({change.title!r})"
        if change.edited:
            yield f"    edited by hand since our last push: {change.edited}"
        if change.losing:
            yield f"    panels that go: {', '.join(map(repr, change.losing))}"
    if plan.drifted:
        yield "to keep what was edited: export it in Grafana, then platformctl dashboard import FILE.json --print"
    for held in plan.left:
        yield f"! {held.uid} ({held.title!r}) is ours and no longer defined; --prune deletes it"
    for held in plan.taken:
        yield f"! {held.uid} ({held.title!r}) {'comes from files' if held.provisioned else 'does not carry our tag'}"


def plan_as_json(plan: Plan) -> dict[str, object]:
    """The plan for machines."""
    return {
        "folders": [{"uid": uid, "title": title} for uid, title in plan.folders],
        "changes": [
            {
                "action": change.action,
                "uid": change.uid,
                "title": change.title,
                "folder_uid": change.folder_uid,
                "edited": change.edited,
                "losing": list(change.losing),
            }
            for change in plan.changes
        ],
        "taken": [held.uid for held in plan.taken],
        "left": [held.uid for held in plan.left],
        "empty": plan.is_empty,
    }
