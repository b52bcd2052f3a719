"""From evidence and terms to a report. Pure: the same evidence gives the same figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from platformctl.model import slo
from platformctl.model.tenancy import Tenant
from platformctl.sla.counts import NOTHING, Counts
from platformctl.sla.evidence import EventTallies, Evidence
from platformctl.sla.period import Period, PeriodKind
from platformctl.sla.report import (
    Detail,
    Excused,
    Past,
    Promise,
    Quality,
    Report,
    Statement,
    StatusClass,
)
from platformctl.sla.terms import Terms
from platformctl.sla.timeline import Interval, Minute, runs


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What the report is about.

    until: where the figures end; before the period's end where it is not over.
    detailed: it is one tenant's own report.
    """

    period: Period
    until: datetime
    scope: str
    tenants: tuple[Tenant, ...]
    detailed: bool

    @property
    def span(self) -> Interval:
        """The time that the figures cover."""
        return Interval(start=self.period.start, end=self.until)


def report(asked: Asked, evidence: Evidence, terms: Terms) -> Report:
    """The report on the tenants asked for."""
    return Report(
        period=asked.period,
        scope=asked.scope,
        until=asked.until,
        statements=tuple(_statement(tenant, asked, evidence, terms) for tenant in asked.tenants),
        quality=_quality(asked, evidence, terms),
        incidents=evidence.incidents,
        queries=evidence.queries,
    )


def _statement(tenant: Tenant, asked: Asked, evidence: Evidence, terms: Terms) -> Statement:
    availability = _promise(tenant, slo.AVAILABILITY, evidence, terms)
    latency = _promise(tenant, slo.LATENCY, evidence, terms)
    down = _down(tenant, evidence)
    known = evidence.events.total.has(tenant.id, slo.AVAILABILITY)
    minutes = _minutes(tenant, down, evidence) if known else NOTHING
    table = terms.credit_table(tenant) if asked.period.kind is PeriodKind.MONTH else None
    return Statement(
        tenant=tenant.id,
        name=tenant.name,
        tier=tenant.tier,
        vertical=tenant.vertical,
        known=known,
        availability=availability,
        latency=latency,
        minutes=minutes,
        classes=tuple(_classes(tenant, evidence.events)),
        excused=tuple(_excused(tenant, asked, evidence)),
        credit=table.owed(availability.counts, minutes) if table and known else None,
        past=tuple(Past(name=name, requests=_past(tenant, tallies)) for name, tallies in evidence.past),
        notes=tuple(_notes(tenant, availability, latency, evidence)),
        detail=_detail(down, evidence) if asked.detailed else None,
    )


def _promise(tenant: Tenant, sli: str, evidence: Evidence, terms: Terms) -> Promise:
    objective = terms.objective(tenant, sli)
    key = (tenant.id, sli)
    forgiven = sum(f.bad.of(*key) for f in evidence.forgiven if f.segment.excuses(tenant))
    counts = Counts(total=evidence.events.total.of(*key), bad=evidence.events.bad.of(*key), forgiven=forgiven)
    return Promise(
        target=objective.target if objective else None,
        counts=counts,
        threshold=terms.threshold(tenant, sli),
    )


def _down(tenant: Tenant, evidence: Evidence) -> frozenset[Minute]:
    """Minutes in which the tenant's requests failed, and those in which the platform answered nobody."""
    return (evidence.down.get(tenant.id, frozenset()) | evidence.unreachable) & evidence.observed


def _minutes(tenant: Tenant, down: frozenset[Minute], evidence: Evidence) -> Counts:
    excused = {m for f in evidence.forgiven if f.segment.excuses(tenant) for m in f.segment.when.ends}
    return Counts(total=len(evidence.observed), bad=len(down), forgiven=len(down & excused))


def _classes(tenant: Tenant, events: EventTallies) -> Iterator[StatusClass]:
    for name, count in sorted(events.classes.by_label(tenant.id).items()):
        yield StatusClass(name=name, count=count)


def _excused(tenant: Tenant, asked: Asked, evidence: Evidence) -> Iterator[Excused]:
    applied = {e for f in evidence.forgiven for e in f.segment.exclusions if e.applies_to(tenant)}
    for exclusion in sorted(applied, key=lambda e: (e.when, e.id)):
        if inside := exclusion.when.clipped(asked.span):
            yield Excused(id=exclusion.id, reason=exclusion.reason, when=inside)


def _past(tenant: Tenant, tallies: EventTallies) -> Counts | None:
    key = (tenant.id, slo.AVAILABILITY)
    if not tallies.total.has(*key):
        return None
    return Counts(total=tallies.total.of(*key), bad=tallies.bad.of(*key))


def _notes(tenant: Tenant, availability: Promise, latency: Promise, evidence: Evidence) -> Iterator[str]:
    if not evidence.events.total.has(tenant.id, slo.AVAILABILITY):
        yield "The history holds nothing of this tenant in the period: no figure can be given."
    elif availability.counts == NOTHING:
        yield "No requests in the period: the error budget is untouched."
    for sli, promise in ((slo.AVAILABILITY, availability), (slo.LATENCY, latency)):
        recorded = evidence.objectives.get((tenant.id, sli))
        if recorded is not None and promise.target is not None and recorded != promise.target:
            yield (
                f"Alerts judged {sli} by {_plain(recorded)} at the end of the period; "
                f"this report uses {_plain(promise.target)}, as slas/ says."
            )


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _detail(down: frozenset[Minute], evidence: Evidence) -> Detail:
    return Detail(hours=evidence.hours, down=tuple(runs(down)), incidents=evidence.incidents)


def _quality(asked: Asked, evidence: Evidence, terms: Terms) -> Quality:
    return Quality(
        gaps=tuple(runs(set(asked.span.ends) - evidence.observed)),
        outages=tuple(runs(evidence.unreachable)),
        notes=() if asked.detailed else tuple(_strangers(evidence, terms)),
    )


def _strangers(evidence: Evidence, terms: Terms) -> Iterator[str]:
    """Tenants with traffic that slas/tenants.yml does not know: in no figure, so they are named."""
    known = {tenant.id for tenant in terms.tenants}
    total = evidence.events.total
    found = {tenant for tenant in total.tenants() if total.of(tenant, slo.AVAILABILITY)}
    if strange := sorted(found - known):
        shown = ", ".join(strange[:10]) + (f" and {len(strange) - 10} more" if len(strange) > 10 else "")
        yield f"Traffic of tenants that slas/tenants.yml does not name is in no figure: {shown}."
