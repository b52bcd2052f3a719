"""The plan of what is laid into a project, as text and as JSON, and what is to be done afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from platformctl.app.publishing import Outcome, Prepared
from platformctl_cli import ask, show
from platformctl_cli.scaffold_report import file_documents, step_lines


def confirm(*, yes: bool, json: bool) -> Callable[[Prepared], bool]:
    """Shows the plan, then asks; without a terminal it needs --yes."""

    def question(prepared: Prepared) -> bool:
        if not json:
            for line in step_lines(prepared.plan):
                show.say(line)
        return ask.confirm("Apply this plan?", yes=yes)

    return question


def show_outcome(outcome: Outcome, what_next: Callable[[Prepared], Iterable[str]], *, json: bool) -> None:
    """The result: the plan where nothing was applied, and the next commands."""
    prepared = outcome.prepared
    if json:
        show.as_json({"applied": outcome.applied, "files": file_documents(prepared.plan)})
        return
    if not outcome.applied:
        for line in step_lines(prepared.plan):
            show.result(line)
        return
    counts = Counter(step.kind.value for step in prepared.plan.steps)
    show.result(", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())))
    if prepared.plan.manifest.files:
        for line in what_next(prepared):
            show.say(line)
