"""The plan of a scaffold, as text and as JSON."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator

import typer

from platformctl.app.scaffold_request import Prepared
from platformctl.app.scaffold_tests import Outcome
from platformctl.errors import UsageError
from platformctl.scaffold.lay.plan import QUIET, Kind, Plan, Step, unified_diff
from platformctl_cli import show

_SIGNS = {Kind.CREATE: "+", Kind.DELETE: "-", Kind.CONFLICT: "!", Kind.BESIDE: "!", Kind.EDITED: "="}


def confirm(*, yes: bool, json: bool) -> Callable[[Prepared], bool]:
    """Shows the plan, then asks; without a terminal it needs --yes."""

    def ask(prepared: Prepared) -> bool:
        if not json:
            for line in plan_lines(prepared):
                show.say(line)
        if yes:
            return True
        if not sys.stdin.isatty():
            raise UsageError("There is no terminal to ask on", fix="add --yes, or look first with --dry-run")
        return typer.confirm("Apply this plan?", err=True)

    return ask


def show_outcome(outcome: Outcome, *, json: bool) -> None:
    """The result: the plan where nothing was applied, and the next commands."""
    prepared = outcome.prepared
    if json:
        show.as_json(as_document(outcome))
        return
    if not outcome.applied:
        for line in plan_lines(prepared):
            show.result(line)
        return
    counts = Counter(step.kind.value for step in outcome.shown.steps)
    show.result(", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())))
    for line in _next_commands(outcome):
        show.say(line)


def _next_commands(outcome: Outcome) -> Iterator[str]:
    """What to run now."""
    prepared = outcome.prepared
    yield "\nnext:"
    if prepared.app is None or prepared.choices is None:
        yield f"  cd {prepared.root}   # then install once more: the packages are still in the lock file"
        return
    manager = prepared.app.manager
    yield f"  cd {prepared.root}"
    for step in outcome.shown.steps:
        if step.kind is Kind.CONFLICT and step.writes:
            yield f"  less {step.path}   # your edit and our change collide: settle it, then delete this file"
    if not outcome.installed:
        yield f"  platformctl scaffold-tests . --install   # {manager.install}, and a first run of the tests"
    if "unit" in prepared.choices.parts:
        yield f"  {manager.run} {'platform:test' if prepared.app.has_script('test') else 'test'}"
    yield f"  less {prepared.choices.folder}/TODO.md   # {len(prepared.todos)} things no test was inferred for"


def plan_lines(prepared: Prepared) -> Iterator[str]:
    """Facts with their sources, files with what happens to them, and the differences of existing files."""
    if prepared.app is not None:
        yield from (f"{fact.name:22} {fact.value}   ({fact.source})" for fact in prepared.app.facts)
        yield from (f"warning: {warning}" for warning in prepared.app.warnings)
        yield ""
    yield from step_lines(prepared.plan)
    yield from (f"no test for {todo.what} ({todo.path}): {todo.why}" for todo in prepared.todos)


def step_lines(plan: Plan) -> Iterator[str]:
    """Files with what happens to them, and the differences of existing files."""
    shown = [step for step in plan.steps if step.writes or step.note or step.kind not in QUIET]
    yield from (_line(step) for step in shown)
    yield from unified_diff(shown)
    yield from (["nothing to change"] if not plan.drift else [])


def file_documents(plan: Plan) -> list[dict[str, object]]:
    """The files of a plan, for machines."""
    return [
        {"path": step.path, "kind": step.kind.value, "changes": step.writes, "note": step.note}
        for step in plan.steps
    ]


def as_document(outcome: Outcome) -> dict[str, object]:
    """Everything for machines."""
    prepared = outcome.prepared
    facts = prepared.app.facts if prepared.app else ()
    return {
        "applied": outcome.applied,
        "facts": [{"name": fact.name, "value": fact.value, "source": fact.source} for fact in facts],
        "files": file_documents(outcome.shown),
        "todo": [{"what": todo.what, "path": todo.path, "why": todo.why} for todo in prepared.todos],
        "coverage": outcome.run.coverage if outcome.run else None,
    }


def _line(step: Step) -> str:
    note = f"   ({step.note})" if step.note else ""
    return f"{_SIGNS.get(step.kind, '~')} {step.kind.value:8} {step.path}{note}"
