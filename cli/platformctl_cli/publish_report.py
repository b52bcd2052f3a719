"""The plan of `platformctl ratelimit publish`, as text and as JSON, and what is to be done afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from platformctl.app.ratelimit_publish import TESTS, Outcome, Prepared
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


def show_outcome(outcome: Outcome, *, json: bool) -> None:
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
        for line in _next(prepared):
            show.say(line)


def _next(prepared: Prepared) -> Iterator[str]:
    found = prepared.application
    yield "\nnext:"
    yield f"  cd {prepared.root}"
    yield "  pip install -r ratelimit-requirements.txt pytest httpx"
    yield f"  python -m pytest {TESTS}"
    if found is not None:
        yield f"\nthen, in {found.path} after {found.name} is made:"
        yield f"  from ratelimit_setup import protect\n  protect({found.name})"
    yield "\nRATELIMIT.md tells the rest"
