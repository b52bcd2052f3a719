"""Plans for a PagerDuty account, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Final

from platformctl.model.pagerduty import Field
from platformctl.sinks.pagerduty.changes import Action, Plan

_SIGNS: Final = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-"}


def show_plan(plan: Plan, out: Callable[[str], None]) -> None:
    """The plan, a line for each object and each property; then what stands in its way."""
    for line in _lines(plan):
        out(line)


def _lines(plan: Plan) -> Iterator[str]:
    if plan.is_empty:
        yield "nothing to change"
    for change in plan.changes:
        yield f"{_SIGNS[change.action]} {change.kind.title} {change.name}"
        for field in change.fields:
            yield f"    {field.name}: {_short(field.before)} -> {_short(field.after)}"
    for key in plan.keys:
        yield f"* secret {key.secret}: the routing key of {key.holder.title} {key.name}; {key.reason}"
    for held in plan.left:
        yield f"! {held.kind.title} {held.name} is ours and no longer defined; --prune deletes it"
    for held in plan.taken:
        owner = f"belongs to {held.owner!r}" if held.owner else "is not ours"
        yield f"! {held.kind.title} {held.name} {owner}"
        yield f"    fix: platformctl pagerduty import {held.kind.name}:{held.name}"
    for user in plan.lacking:
        yield f"! the account has no user {user}"


def _short(value: Field) -> str:
    return json.dumps(value, ensure_ascii=False)


def plan_as_json(plan: Plan) -> dict[str, object]:
    """The plan for machines; without routing keys."""
    return {
        "changes": [
            {
                "action": change.action,
                "kind": change.kind.name,
                "name": change.name,
                "fields": [{"name": f.name, "before": f.before, "after": f.after} for f in change.fields],
            }
            for change in plan.changes
        ],
        "keys": [{"kind": k.holder.name, "name": k.name, "secret": k.secret} for k in plan.keys],
        "left": [f"{held.kind.name}:{held.name}" for held in plan.left],
        "taken": [f"{held.kind.name}:{held.name}" for held in plan.taken],
        "lacking_users": list(plan.lacking),
        "empty": plan.is_empty,
    }
