"""The figures of a report cut otherwise: by vertical and tier, and the whole platform on one page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import reduce
from typing import Final

from platformctl.model.business import FIGURES
from platformctl.sla.counts import NOTHING, Counts
from platformctl.sla.period import Period
from platformctl.sla.queries import Query
from platformctl.sla.report import Report, Statement

MOST_AT_RISK: Final = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Business:
    """Counts by figure (`model.business.FIGURES`), and those of the period before it.

    before: None where nothing was recorded then.
    """

    now: Mapping[str, int]
    before: Mapping[str, int] | None

    def of(self, figure: str) -> int:
        """What was counted; nothing counted is zero."""
        return self.now.get(figure, 0)

    def change(self, figure: str) -> Fraction | None:
        """By which share it grew; None where there was nothing to grow from."""
        before = self.before.get(figure, 0) if self.before is not None else 0
        return Fraction(self.of(figure) - before, before) if before else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What was counted by tenant in the period and in the one before; None where nothing was recorded.

    hours, summed: hours of the period, and how many of them have sums.
    """

    now: Mapping[str, Mapping[str, int]] | None
    before: Mapping[str, Mapping[str, int]] | None
    hours: int
    summed: int
    queries: tuple[Query, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cut:
    """Some tenants together; ratios are ratios of sums.

    known: of how many the history holds something; met: how many of those met their objectives.
    """

    vertical: str
    tier: str
    tenants: int
    known: int
    met: int
    requests: Counts
    latency: Counts
    past: Counts | None
    business: Business


@dataclass(frozen=True, kw_only=True, slots=True)
class Benchmark:
    """The platform and its parts over one period.

    at_risk: the tenants with the least error budget left, the worst first.
    """

    report: Report
    whole: Cut
    by_vertical: tuple[Cut, ...]
    by_tier: tuple[Cut, ...]
    by_both: tuple[Cut, ...]
    at_risk: tuple[tuple[Statement, Fraction], ...]
    active: int
    evidence: Evidence

    @property
    def period(self) -> Period:
        """What the figures are of."""
        return self.report.period

    @property
    def until(self) -> datetime:
        """Where they end."""
        return self.report.until


def benchmark(report: Report, evidence: Evidence) -> Benchmark:
    """The cuts of a report on all tenants."""
    statements = report.statements
    return Benchmark(
        report=report,
        whole=_cut(statements, evidence),
        by_vertical=_cuts(statements, evidence, lambda s: (s.vertical, "")),
        by_tier=_cuts(statements, evidence, lambda s: ("", s.tier)),
        by_both=_cuts(statements, evidence, lambda s: (s.vertical, s.tier)),
        at_risk=_at_risk(statements),
        active=sum(1 for s in statements if any((evidence.now or {}).get(s.tenant, {}).values())),
        evidence=evidence,
    )


def _cuts(
    statements: tuple[Statement, ...], evidence: Evidence, key: Callable[[Statement], tuple[str, str]]
) -> tuple[Cut, ...]:
    groups: dict[tuple[str, str], list[Statement]] = {}
    for statement in statements:
        groups.setdefault(key(statement), []).append(statement)
    return tuple(
        _cut(members, evidence, vertical=vertical, tier=tier)
        for (vertical, tier), members in sorted(groups.items())
    )


def _cut(statements: Iterable[Statement], evidence: Evidence, *, vertical: str = "", tier: str = "") -> Cut:
    members = tuple(statements)
    names = [s.tenant for s in members]
    past = [s.past[0].requests for s in members if s.past and s.past[0].requests is not None]
    return Cut(
        vertical=vertical,
        tier=tier,
        tenants=len(members),
        known=sum(s.known for s in members),
        met=sum(s.known and s.kept for s in members),
        requests=_sum(s.availability.counts for s in members),
        latency=_sum(s.latency.counts for s in members),
        past=_sum(past) if past else None,
        business=Business(
            now=_added(evidence.now or {}, names),
            before=None if evidence.before is None else _added(evidence.before, names),
        ),
    )


def _sum(counts: Iterable[Counts]) -> Counts:
    return reduce(Counts.__add__, counts, NOTHING)


def _added(by_tenant: Mapping[str, Mapping[str, int]], names: Iterable[str]) -> dict[str, int]:
    chosen = [by_tenant.get(name, {}) for name in names]
    return {figure: sum(counts.get(figure, 0) for counts in chosen) for figure in FIGURES}


def _at_risk(statements: Iterable[Statement]) -> tuple[tuple[Statement, Fraction], ...]:
    left = [
        (s, s.availability.counts.left(s.availability.target))
        for s in statements
        if s.known and s.availability.target is not None and s.availability.counts.counted
    ]
    spent = [(s, share) for s, share in left if share < 1]
    return tuple(sorted(spent, key=lambda pair: (pair[1], pair[0].tenant))[:MOST_AT_RISK])
