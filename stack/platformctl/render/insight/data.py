"""The figures of a page as plain data, for programs: counts as numbers, money in cents, shares in percent as text."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from platformctl.model import business
from platformctl.sla import wording
from platformctl.sla.counts import Counts
from platformctl.sla.insight import Benchmark, Cut
from platformctl.sla.peers import Group, Standing, two_digits
from platformctl.sla.report import Report, Statement

_RATIOS: Final = ("availability", "fast_enough")


def benchmark(made: Benchmark) -> dict[str, object]:
    """Every cut, and what the executive summary is made of."""
    return {
        **_head(made.report),
        "whole": _cut(made, made.whole),
        "by_vertical": [_cut(made, cut) for cut in made.by_vertical],
        "by_tier": [_cut(made, cut) for cut in made.by_tier],
        "by_vertical_and_tier": [_cut(made, cut) for cut in made.by_both],
        "active_tenants": made.active,
        "incidents": len(made.report.incidents),
        "platform_outage_minutes": sum(i.minutes for i in made.report.quality.outages),
        "unobserved_minutes": made.report.quality.unobserved_minutes,
        "hours": made.evidence.hours,
        "hours_with_business_figures": made.evidence.summed if made.evidence.now is not None else 0,
        "least_budget_left": [
            {"tenant": s.tenant, "budget_left_percent": _bare(wording.left(left))} for s, left in made.at_risk
        ],
    }


def peers(
    report: Report, tenant: Statement, group: Group | None, standings: tuple[Standing, ...]
) -> dict[str, object]:
    """The tenant's own figures and what may be told of its peers."""
    return {
        **_head(report),
        "tenant": tenant.tenant,
        "group": {"vertical": group.vertical or None, "tier": group.tier or None} if group else None,
        "figures": [
            {
                "figure": s.figure,
                "own": _exact(s.figure, s.own),
                "typical": _rounded(s.figure, s.typical),
                "place": s.quarter,
                "peers_at_least": s.at_least,
            }
            for s in standings
        ],
    }


def _head(report: Report) -> dict[str, object]:
    period = report.period
    return {
        "format": 1,
        "period": period.name,
        "zone": period.zone,
        "start": f"{period.start:%Y-%m-%dT%H:%M:%SZ}",
        "end": f"{period.end:%Y-%m-%dT%H:%M:%SZ}",
        "provisional": report.provisional,
    }


def _cut(made: Benchmark, cut: Cut) -> dict[str, object]:
    known = made.evidence.now is not None
    before = cut.business.before
    return {
        "vertical": cut.vertical or None,
        "tier": cut.tier or None,
        "tenants": cut.tenants,
        "with_data": cut.known,
        "objectives_met": cut.met,
        "requests": _counts(cut.requests),
        "latency": _counts(cut.latency),
        "requests_before": _counts(cut.past) if cut.past else None,
        "business": {f: cut.business.of(f) for f in business.FIGURES} if known else None,
        "business_before": {f: before.get(f, 0) for f in business.FIGURES} if before is not None else None,
    }


def _counts(counts: Counts) -> dict[str, object]:
    return {
        "total": counts.total,
        "bad": counts.bad,
        "forgiven": counts.forgiven,
        "percent": _bare(wording.percent(counts.ratio)) if counts.counted else None,
    }


def _exact(figure: str, value: Fraction | None) -> object:
    if value is None:
        return None
    return _bare(wording.percent(value)) if figure in _RATIOS else int(value)


def _rounded(figure: str, value: Fraction | None) -> object:
    if value is None:
        return None
    return _bare(wording.percent(value, 2)) if figure in _RATIOS else two_digits(value)


def _bare(text: str) -> str:
    return text.removesuffix(" %")
