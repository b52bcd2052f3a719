"""What stands at the end of every report: how far figures can be trusted, what they mean, and where they come from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from platformctl.sla.queries import Query
from platformctl.sla.report import Report

UNCERTAINTY: Final = (
    "Counts are exact sums of what the platform's own counters showed at its scrapes (every 15 s). "
    "An event near a border of the period or of an excluded window may fall on its other side by up to "
    "75 s (one scrape and one evaluation): availability is given with the least and the most it can be by that. "
    "When a process dies, what it counted since its last scrape is lost. "
    "Percentages are rounded down, budget spent is rounded up."
)

PARTIAL: Final = "Partly observed, as some of the gateways did not answer"


DEFINITIONS: Final = (
    (
        "Availability",
        "Good requests over counted requests; what is forgiven or, by contract, theirs does not count.",
    ),
    ("Error budget", "(1 - objective) of the counted requests may fail; spent is what failed over what may."),
    ("Downtime", "Observed minutes that were down for the tenant, or in which the platform answered nobody."),
    (
        "Excluded time",
        "Failures in an agreed window count neither as good nor as bad; good requests in it count.",
    ),
    ("Worst hours", "The hours with the most failed requests."),
    ("Trend", "Availability less that of the period before, in percentage points."),
    (
        "Credit",
        "By the credit table of the tier, for calendar months; its basis says whether requests or minutes.",
    ),
    (
        "No data",
        "The history holds nothing of the tenant: no figure and no verdict. No requests: an untouched budget.",
    ),
)
"""What figures mean that are worked out of the queried ones."""


@dataclass(frozen=True, slots=True)
class Source:
    """One figure of the appendix: its definition, and every query that it was made of."""

    figure: str
    definition: str
    queries: tuple[Query, ...]


def sources(report: Report) -> Iterator[Source]:
    """The appendix: the report's queries, by figure."""
    by_figure: dict[tuple[str, str], list[Query]] = {}
    for query in report.queries:
        by_figure.setdefault((query.figure, query.definition), []).append(query)
    for (figure, definition), queries in by_figure.items():
        yield Source(figure, definition, tuple(queries))


def instant_text(query: Query) -> str:
    """For which instants a query was asked."""
    end = f"{query.at:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
    if query.start and query.step:
        return f"{query.start:%Y-%m-%dT%H:%M:%SZ} to {end}, every {int(query.step.total_seconds())} s"
    return f"at {end}"
