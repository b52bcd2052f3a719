"""``platformctl check --live``: a table of dashboards and rules, and what is wrong with them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

import typer

from platformctl.app.check_live import LiveReport, LiveRequest, Page, check_live
from platformctl.app.live_panels import Verdict
from platformctl_cli import show
from platformctl_cli.report import show_problems

_COLUMNS: Final = (
    ("OK", (Verdict.OK,)),
    ("ERRORS", (Verdict.ERROR,)),
    ("EMPTY", (Verdict.EMPTY, Verdict.PARTLY)),
    ("EXPLAINED", (Verdict.EXPLAINED,)),
    ("SLOW", (Verdict.SLOW,)),
    ("TOO MANY", (Verdict.MANY,)),
    ("NOT ASKED", (Verdict.NOT_ASKED,)),
)


def tell_live(request: LiveRequest, *, json: bool) -> None:
    """Ask, print, and exit 1 where something is wrong."""
    with show.waiting() as (_, wait):
        wait("asking every query")
        report = check_live(request)
    problems = report.problems()
    if json:
        show.as_json(_as_json(report))
    else:
        show.table(
            ("DASHBOARD OR RULES", *(title for title, _ in _COLUMNS), "SLOWEST"),
            [_cells(page) for page in report.pages],
        )
        show.result("")
        show_problems(problems)
    if problems.count("error"):
        raise typer.Exit(1)


def _cells(page: Page) -> tuple[str, ...]:
    slowest = max((finding.took_s for finding in page.findings), default=0.0)
    counts = (str(page.count(*verdicts) or "") for _, verdicts in _COLUMNS)
    return page.name, *counts, f"{slowest * 1000:.0f} ms"


def _as_json(report: LiveReport) -> dict[str, object]:
    return {
        "prometheus": report.prometheus,
        "loki": report.loki,
        "pages": [asdict(page) for page in report.pages],
        "problems": [asdict(problem) for problem in report.problems().problems],
    }
