"""What counts of a tenant's events: by its contract, less what is excluded, and how far the borders leave it open."""

from __future__ import annotations

from platformctl.errors import PlatformError
from platformctl.model import slo
from platformctl.model.tenancy import Tenant
from platformctl.sla.counts import Counts
from platformctl.sla.evidence import EVERY_LIMIT, Beside, EventTallies, Evidence, Forgiven
from platformctl.sla.report import Borders, Promise, Throttled
from platformctl.sla.terms import Terms
from platformctl.sla.timeline import Interval, runs


def excusing(tenant: Tenant, forgiven: tuple[Forgiven, ...]) -> tuple[Forgiven, ...]:
    """The excluded time that is the tenant's."""
    return tuple(f for f in forgiven if f.segment.excuses(tenant))


def throttled_of(tenant: Tenant, events: EventTallies, terms: Terms) -> Throttled | None:
    """Refused requests, and whose they are; None where none were recorded."""
    if not events.throttled.has(tenant.id, EVERY_LIMIT):
        return None
    count = events.throttled.of(tenant.id, EVERY_LIMIT)
    return Throttled(count=count, ours=tenant.tier in terms.throttled_ours)


def promise_of(tenant: Tenant, sli: str, span: Interval, evidence: Evidence, terms: Terms) -> Promise:
    """One objective of the tenant, and what came of it."""
    objective = terms.objective(tenant, sli)
    mine = excusing(tenant, evidence.forgiven)
    return Promise(
        target=objective.target if objective else None,
        counts=counts_of(tenant, sli, evidence.events, terms, mine),
        threshold=terms.threshold(tenant, sli),
        borders=_borders(tenant, span, evidence, terms, mine) if sli == slo.AVAILABILITY else None,
    )


def _borders(
    tenant: Tenant, span: Interval, evidence: Evidence, terms: Terms, excused: tuple[Forgiven, ...]
) -> Borders | None:
    """Events beside the borders; those of others that were throttled are left in, and make it no narrower."""

    def counted(side: Beside) -> Counts:
        bad = side.bad.of(tenant.id, slo.AVAILABILITY)
        ours = side.throttled.of(tenant.id, EVERY_LIMIT) if tenant.tier in terms.throttled_ours else 0
        return Counts(total=side.total.of(tenant.id, slo.AVAILABILITY), bad=bad + ours)

    def inside(of: Interval) -> Counts:
        return counted(evidence.borders[of.start].after) + counted(evidence.borders[of.end].before)

    def outside(of: Interval) -> Counts:
        return counted(evidence.borders[of.start].before) + counted(evidence.borders[of.end].after)

    windows = tuple(runs(minute for f in excused for minute in f.segment.when.ends))
    sides = (
        side
        for at in (span.start, span.end)
        for side in (evidence.borders[at].before, evidence.borders[at].after)
    )
    if not any(side.total.has(tenant.id, slo.AVAILABILITY) for side in sides):
        return None
    return Borders(
        inside=inside(span),
        outside=outside(span),
        forgiven=sum(inside(window).bad for window in windows),
        unforgiven=sum(outside(window).bad for window in windows),
    )


def counts_of(
    tenant: Tenant, sli: str, events: EventTallies, terms: Terms, excused: tuple[Forgiven, ...] = ()
) -> Counts:
    """The counts; raises where two answers contradict each other, as unlike replicas of a server can.

    The gateway counts throttled requests as answers (4xx). By contract each is a failed one, or none at all.
    """
    total, bad = events.total.of(tenant.id, sli), events.bad.of(tenant.id, sli)
    forgiven = sum(f.bad.of(tenant.id, sli) for f in excused)
    throttled = throttled_of(tenant, events, terms) if sli == slo.AVAILABILITY else None
    if throttled and throttled.ours:
        bad += throttled.count
        forgiven += sum(f.throttled.of(tenant.id, EVERY_LIMIT) for f in excused)
    elif throttled:
        total -= throttled.count
    if not forgiven <= bad <= total:
        raise PlatformError(
            f"the history contradicts itself: of {tenant.id} it holds {total} {sli} events, {bad} bad ones, "
            f"and {forgiven} bad ones in excluded time",
            fix="read one server: replicas that scraped at other times cannot be mixed",
        )
    return Counts(total=total, bad=bad, forgiven=forgiven)
