"""A report as CSV: one line a tenant, plain numbers, for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Final

from platformctl.sla import wording
from platformctl.sla.percentile import SHOWN, percentiles
from platformctl.sla.report import Report, Statement

_HEADS: Final = (
    "period", "start", "end", "tenant", "name", "tier", "vertical", "data", "requests", "failed", "forgiven",
    "availability_percent", "objective_percent", "budget_left_percent", "observed_minutes", "down_minutes",
    "latency_threshold", "latency_measured", "latency_slow", "latency_objective_percent",
    "p50_over_s", "p50_at_most_s", "p95_over_s", "p95_at_most_s", "p99_over_s", "p99_at_most_s",
    "throttled", "throttled_counts_as", "credit_percent", "objectives_met",
    "availability_least_percent", "availability_most_percent", "provisional", "ledger_statement",
)  # fmt: skip

_AROUND: Final = 10
"""The columns that are filled where nothing is known of a tenant: eight before, and the last two."""


def render(report: Report) -> str:
    """The whole report; cells that a spreadsheet would take for a formula are marked as text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_HEADS)
    period = report.period
    tail = ("yes" if report.provisional else "no", report.stated.number if report.stated else "")
    for statement in report.statements:
        head = (period.name, f"{period.start:%Y-%m-%dT%H:%MZ}", f"{period.end:%Y-%m-%dT%H:%MZ}")
        writer.writerow([*head, *_row(statement), *tail])
    return out.getvalue()


def _row(s: Statement) -> tuple[object, ...]:
    who = (s.tenant, _harmless(s.name), s.tier, s.vertical)
    if not s.known:
        return (*who, "no", *([""] * (len(_HEADS) - _AROUND)))
    requests, target = s.availability.counts, s.availability.target
    return (
        *who,
        "yes",
        requests.total,
        requests.bad,
        requests.forgiven,
        _bare(wording.percent(requests.ratio)),
        _bare(wording.target(target)),
        _bare(wording.left(requests.left(target))) if target is not None else "",
        s.minutes.total,
        s.minutes.counted_bad,
        s.latency.threshold,
        s.latency.counts.total,
        s.latency.counts.bad,
        _bare(wording.target(s.latency.target)),
        *_percentiles(s),
        *((s.throttled.count, "ours" if s.throttled.ours else "theirs") if s.throttled else ("", "")),
        _bare(wording.credit(s.credit)),
        "yes" if s.kept else "no",
        *_between(s),
    )


def _between(s: Statement) -> tuple[str, str]:
    if (truly := s.availability.between) is None:
        return "", ""
    least, _, most = wording.between(*truly).removesuffix(" %").partition(" to ")
    return least, most


def _percentiles(s: Statement) -> Iterator[str]:
    found = {p.share: p for p in percentiles(s.buckets, s.latency.counts.total)}
    for share in SHOWN:
        known = found.get(share)
        yield f"{known.over:f}" if known else ""
        yield f"{known.at_most:f}" if known and known.at_most is not None else ""


def _bare(text: str) -> str:
    return "" if text == wording.NO_FIGURE else text.removesuffix(" %")


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
