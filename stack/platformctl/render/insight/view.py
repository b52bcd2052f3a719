"""The pages: the platform by vertical and tier, one tenant among its peers, and the executive summary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import floor
from typing import Final

from platformctl.model import business
from platformctl.render.insight.page import Card, Page, Source, Table
from platformctl.render.sla import appendix
from platformctl.render.sla import view as sla_view
from platformctl.sla import wording
from platformctl.sla.insight import Benchmark, Business, Cut
from platformctl.sla.peers import Group, Standing, two_digits
from platformctl.sla.queries import Query
from platformctl.sla.report import Report, Statement
from platformctl.sla.wording import NO_FIGURE

TITLES: Final = {
    "availability": "Availability",
    "fast_enough": "Fast enough",
    "requests": "Requests",
    business.REVENUE: "Payments",
    business.GOALS: "Goals reached",
    business.TOOL_RUNS: "Tool runs",
    business.ACTIONS: "User actions",
}
_RATIOS: Final = ("availability", "fast_enough")
_TOO_FEW: Final = "withheld"


def verticals(made: Benchmark) -> Page:
    """The platform by vertical, by tier, and by both."""
    return Page(
        title=f"Benchmark {made.period.name}",
        subtitle=_subtitle(made.report),
        message=(f"{made.whole.tenants} tenants, {made.active} of them active.",),
        cards=tuple(_business_cards(made.whole.business, known=made.evidence.now is not None)),
        tables=(
            _cuts("By vertical", made.by_vertical, ("Vertical",), made),
            _cuts("By tier", made.by_tier, ("Tier",), made),
            _cuts("By vertical and tier", made.by_both, ("Vertical", "Tier"), made),
        ),
        notes=tuple(_notes(made)),
        sources=_sources((*made.report.queries, *made.evidence.queries)),
    )


def executive(made: Benchmark) -> Page:
    """The period on one page."""
    report = made.report
    return Page(
        title=f"Summary {made.period.name}",
        subtitle=_subtitle(report),
        message=tuple(_message(made)),
        cards=(
            *_service_cards(made),
            *_business_cards(made.whole.business, known=made.evidence.now is not None),
        ),
        tables=tuple(
            t for t in (_risk(made), _cuts("By vertical", made.by_vertical, ("Vertical",), made)) if t.rows
        ),
        notes=tuple(_notes(made)),
        sources=_sources((*report.queries, *made.evidence.queries)),
    )


def peer_page(
    report: Report,
    tenant: Statement,
    group: Group | None,
    standings: tuple[Standing, ...],
    queries: tuple[Query, ...],
) -> Page:
    """One tenant among its peers."""
    rows = tuple(
        (TITLES[s.figure], _figure(s.figure, s.own), _typical(s), s.quarter or _TOO_FEW) for s in standings
    )
    return Page(
        title=f"{tenant.name} among its peers, {report.period.name}",
        subtitle=_subtitle(report),
        message=(_group(group, standings),),
        cards=(),
        tables=(Table(title="Figures", heads=("Figure", "You", "Typical peer", "Your place"), rows=rows),)
        if rows
        else (),
        notes=(
            "Typical is the mean of the middle values of at least five other tenants, rounded to two digits "
            "(shares to a hundredth of a percent); it is withheld where it would tell anything of one of them.",
        ),
        sources=_sources(queries),
    )


def _subtitle(report: Report) -> str:
    zone = report.period.zone
    head = f"{wording.local(report.period.start, zone)} to {wording.local(report.period.end, zone)}, {zone}"
    return (
        f"{head}; provisional, figures end at {wording.local(report.until, zone)}"
        if report.provisional
        else head
    )


def _message(made: Benchmark) -> Iterator[str]:
    report = made.report
    yield sla_view.outcome(report)
    before = made.whole.past
    moved = wording.trend(made.whole.requests, before)
    yield (
        f"Of all requests {wording.percent(made.whole.requests.ratio)} were served"
        + (f", {moved} percentage points against the period before." if moved != NO_FIGURE else ".")
    )
    if made.evidence.now is not None:
        money = made.whole.business
        yield f"Payments of {_money(money.of(business.REVENUE))}, {_change(money.change(business.REVENUE))}."


def _service_cards(made: Benchmark) -> Iterator[Card]:
    report, whole = made.report, made.whole
    failed, counted = (wording.number(n) for n in (whole.requests.counted_bad, whole.requests.counted))
    yield Card(
        title="Availability",
        value=wording.percent(whole.requests.ratio),
        beside=f"{failed} of {counted} requests failed",
    )
    yield Card(title="Objectives met", value=f"{whole.met} of {whole.known}", beside="tenants with data")
    yield Card(
        title="Fast enough", value=wording.percent(whole.latency.ratio, 2), beside="of measured requests"
    )
    outage = sum(interval.minutes for interval in report.quality.outages)
    yield Card(title="Platform down", value=wording.duration(outage), beside="no process answered")
    mean = f", mean {sla_view.mean_time_to_resolve(report.incidents)}" if report.incidents else ""
    yield Card(title="Incidents", value=wording.number(len(report.incidents)), beside=f"alert-based{mean}")
    owed = [s for s in report.statements if s.credit]
    if any(s.credit is not None for s in report.statements):
        yield Card(title="Credits owed", value=wording.number(len(owed)), beside="tenants; see sla-report")


def _business_cards(counted: Business, *, known: bool) -> Iterator[Card]:
    for figure in business.FIGURES if known else ():
        value = counted.of(figure)
        yield Card(
            title=TITLES[figure],
            value=_money(value) if figure == business.REVENUE else wording.number(value),
            beside=_change(counted.change(figure)),
        )


def _cuts(title: str, cuts: Iterable[Cut], by: tuple[str, ...], made: Benchmark) -> Table:
    known = made.evidence.now is not None
    return Table(
        title=title,
        heads=(
            *by, "Tenants", "Met", "Availability", "Trend", "Fast enough", "Requests", "Payments", "Change",
            "Goals", "Tool runs", "Actions",
        ),
        rows=tuple(_cut(cut, by, known=known) for cut in cuts),
        words=len(by),
    )  # fmt: skip


def _cut(cut: Cut, by: tuple[str, ...], *, known: bool) -> tuple[str, ...]:
    counted = cut.business
    done = (
        (
            _money(counted.of(business.REVENUE)),
            _percent_change(counted.change(business.REVENUE)),
            *(wording.number(counted.of(f)) for f in business.FIGURES if f != business.REVENUE),
        )
        if known
        else (NO_FIGURE,) * 5
    )
    return (
        *(cut.vertical if name == "Vertical" else cut.tier for name in by),
        str(cut.tenants),
        f"{cut.met} of {cut.known}",
        wording.percent(cut.requests.ratio),
        wording.trend(cut.requests, cut.past),
        wording.percent(cut.latency.ratio, 2),
        wording.number(cut.requests.total),
        *done,
    )


def _risk(made: Benchmark) -> Table:
    return Table(
        title="Least error budget left",
        heads=("Tenant", "Vertical", "Tier", "Budget left", "Availability", "Objective"),
        rows=tuple(
            (
                s.tenant,
                s.vertical,
                s.tier,
                wording.left(left),
                wording.percent(s.availability.counts.ratio),
                wording.target(s.availability.target),
            )
            for s, left in made.at_risk
        ),
        words=3,
    )


def _notes(made: Benchmark) -> Iterator[str]:
    quality, evidence = made.report.quality, made.evidence
    if quality.unobserved_minutes:
        yield f"Not observed: {wording.duration(quality.unobserved_minutes)}, counted neither as up nor as down."
    if evidence.now is None:
        yield (
            "Business figures: nothing was recorded "
            "(alerts_src/business_counts.py records them from its deployment on)."
        )
    elif evidence.summed < evidence.hours:
        yield (
            f"Business figures: {evidence.summed} of {evidence.hours} hours have sums; "
            "what was done in the others is not counted."
        )
    yield from quality.notes


def _group(group: Group | None, standings: tuple[Standing, ...]) -> str:
    if group is None:
        return "There are too few other tenants to compare with, without telling anything of one of them."
    whom = " and ".join(
        text
        for text in (
            f"the vertical {group.vertical}" if group.vertical else "",
            f"the tier {group.tier}" if group.tier else "",
        )
        if text
    )
    sizes = [s.at_least for s in standings if s.at_least]
    return (
        f"Compared with at least {min(sizes)} other tenants of {whom or 'the platform'}."
        if sizes
        else ("Too few other tenants have figures.")
    )


def _typical(standing: Standing) -> str:
    return _TOO_FEW if standing.typical is None else _figure(standing.figure, standing.typical, rounded=True)


def _figure(figure: str, value: Fraction | None, *, rounded: bool = False) -> str:
    if value is None:
        return NO_FIGURE
    if figure in _RATIOS:
        return wording.percent(value, 2)
    return wording.number(two_digits(value) if rounded else floor(value))


def _money(cents: int) -> str:
    return f"{cents // 100:,}.{cents % 100:02}"


def _change(change: Fraction | None) -> str:
    return (
        "nothing to compare with"
        if change is None
        else f"{_percent_change(change)} against the period before"
    )


def _percent_change(change: Fraction | None) -> str:
    return NO_FIGURE if change is None else f"{float(change) * 100:+.1f} %"


def _sources(queries: tuple[Query, ...]) -> tuple[Source, ...]:
    return tuple(
        Source(figure=q.figure, definition=q.definition, query=q.text, when=appendix.instant_text(q))
        for q in queries
    )
