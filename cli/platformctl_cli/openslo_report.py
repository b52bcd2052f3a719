"""Imported objectives, as text and as JSON."""

from __future__ import annotations

from platformctl.app.openslo import Imported
from platformctl.model.tenancy import Objective
from platformctl_cli import show


def show_imported(found: Imported, *, written: bool) -> None:
    """A line for each objective that differs, then what was left out."""
    if not found.changes:
        show.result("the objectives are the same")
    for change in found.changes:
        promise = change.promise
        before = _told(change.before) if change.before else "none"
        show.result(
            f"{promise.kind} {promise.owner} {promise.objective.sli}: {before} -> {_told(promise.objective)}"
        )
    for reason in found.left_out:
        show.say(f"! left out: {reason}")
    if found.changes:
        show.say("written to slas/; next: platformctl check" if written else "--write puts them into slas/")


def imported_as_json(found: Imported, *, written: bool) -> dict[str, object]:
    """The same for machines."""
    return {
        "changes": [
            {
                "kind": change.promise.kind,
                "owner": change.promise.owner,
                "sli": change.promise.objective.sli,
                "before": _told(change.before) if change.before else None,
                "after": _told(change.promise.objective),
            }
            for change in found.changes
        ],
        "left_out": list(found.left_out),
        "written": written and bool(found.changes),
    }


def _told(objective: Objective) -> str:
    threshold = f" under {objective.latency_threshold}" if objective.latency_threshold else ""
    return f"{objective.target:f}{threshold} over {objective.window}"
