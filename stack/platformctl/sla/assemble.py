"""From evidence and terms to a report. Pure: the same evidence gives the same figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from platformctl.model import slo
from platformctl.model.tenancy import Tenant
from platformctl.sla import wording
from platformctl.sla.counted import counts_of, excusing, promise_of, throttled_of
from platformctl.sla.counts import NOTHING, Counts
from platformctl.sla.discretion import discreet
from platformctl.sla.evidence import EventTallies, Evidence, Watch
from platformctl.sla.exclusion import EVERYBODY
from platformctl.sla.fault import explained, failing, undetected
from platformctl.sla.percentile import agree, buckets
from platformctl.sla.period import Period, PeriodKind
from platformctl.sla.report import (
    Detail,
    Excused,
    Incident,
    Past,
    Promise,
    Quality,
    Report,
    Statement,
    StatusClass,
)
from platformctl.sla.terms import Terms
from platformctl.sla.timeline import Interval, Minute, runs

_DISAGREEING_BUCKETS: Final = (
    "The recorded latency buckets contradict the number of measured requests: no percentile is given."
)


_UNWATCHED: Final = (
    "Whether the gateways answered was not recorded in this period: "
    "minutes in which rules ran count as observed."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Earlier:
    """A period before the report's, and what the ledger states of each tenant's requests; None where it states none."""

    period: Period
    stated: Mapping[str, Counts] | None

    @property
    def span(self) -> Interval:
        """All of it."""
        return Interval(start=self.period.start, end=self.period.end)


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What the report is about.

    until: where the figures end; before the period's end where it is not over.
    detailed: it is one tenant's own report.
    earlier: the periods before, the last one first.
    """

    period: Period
    until: datetime
    scope: str
    tenants: tuple[Tenant, ...]
    detailed: bool
    earlier: tuple[Earlier, ...] = ()

    @property
    def span(self) -> Interval:
        """The time that the figures cover."""
        return Interval(start=self.period.start, end=self.until)


def report(asked: Asked, evidence: Evidence, terms: Terms) -> Report:
    """The report on the tenants asked for; incidents of others are not in it."""
    among = {tenant.id: tenant for tenant in asked.tenants}
    fired = [
        _explained(incident, among.get(incident.tenant), evidence, terms)
        for incident in evidence.incidents
        if not incident.tenant or incident.tenant in among
    ]
    incidents = sorted(
        (*fired, *undetected(fired, terms.faults, asked.tenants, asked.span)),
        key=lambda i: (i.when, i.alert, i.tenant, i.slo),
    )
    if asked.detailed:
        incidents = [replace(i, cause=discreet(i.cause, asked.tenants[0], terms.tenants)) for i in incidents]
    evidence = replace(evidence, incidents=tuple(incidents))
    return Report(
        period=asked.period,
        scope=asked.scope,
        until=asked.until,
        statements=tuple(_statement(tenant, asked, evidence, terms) for tenant in asked.tenants),
        quality=_quality(asked, evidence, terms),
        incidents=evidence.incidents,
        queries=evidence.queries,
    )


def _explained(incident: Incident, tenant: Tenant | None, evidence: Evidence, terms: Terms) -> Incident:
    """The incident with its fault: of a tenant, minutes that broke its objective; of the platform, its outages."""
    if tenant is None:
        everybodys = [f for f in terms.faults if f.whom == EVERYBODY]
        return explained(incident, evidence.watch.unreachable, everybodys)
    mine = [f for f in terms.faults if f.whom.holds(tenant)]
    sli = incident.slo or slo.AVAILABILITY
    objective = terms.objective(tenant, sli)
    minutes = evidence.fault_minutes.get((tenant.id, sli), {}) if objective else {}
    return explained(incident, failing(minutes, objective.target if objective else Decimal(0)), mine)


def _statement(tenant: Tenant, asked: Asked, evidence: Evidence, terms: Terms) -> Statement:
    throttled = throttled_of(tenant, evidence.events, terms)
    availability = promise_of(tenant, slo.AVAILABILITY, asked.span, evidence, terms)
    latency = promise_of(tenant, slo.LATENCY, asked.span, evidence, terms)
    down = _down(tenant, evidence)
    known = evidence.events.total.has(tenant.id, slo.AVAILABILITY)
    minutes = _minutes(tenant, down, evidence) if known else NOTHING
    table = terms.credit_table(tenant) if asked.period.kind is PeriodKind.MONTH else None
    found = buckets(evidence.events.buckets.by_label(tenant.id))
    believed = agree(found, latency.counts.total)
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
        buckets=found if believed else (),
        throttled=throttled,
        excused=tuple(_excused(tenant, asked, evidence, terms)),
        credit=table.owed(availability.counts, minutes) if table and known else None,
        past=tuple(
            Past(name=one.period.name, requests=_past(tenant, one, evidence, terms)) for one in asked.earlier
        ),
        notes=(
            *_notes(tenant, availability, latency, evidence),
            *_arrival(asked, evidence),
            *(() if believed else (_DISAGREEING_BUCKETS,)),
        ),
        detail=_detail(down, evidence) if asked.detailed else None,
    )


def _down(tenant: Tenant, evidence: Evidence) -> frozenset[Minute]:
    """Minutes in which the tenant's requests failed, and those in which the platform answered nobody."""
    own = evidence.down.get(tenant.id, frozenset())
    return frozenset(
        minute for minute in own | evidence.watch.unreachable if minute in evidence.watch.observed
    )


def _minutes(tenant: Tenant, down: frozenset[Minute], evidence: Evidence) -> Counts:
    excused = [f.segment.when.ends for f in excusing(tenant, evidence.forgiven)]
    forgiven = sum(any(minute in ends for ends in excused) for minute in down)
    return Counts(total=len(evidence.watch.observed), bad=len(down), forgiven=forgiven)


def _classes(tenant: Tenant, events: EventTallies) -> Iterator[StatusClass]:
    for name, count in sorted(events.classes.by_label(tenant.id).items()):
        yield StatusClass(name=name, count=count)


def _excused(tenant: Tenant, asked: Asked, evidence: Evidence, terms: Terms) -> Iterator[Excused]:
    applied = {e for f in evidence.forgiven for e in f.segment.exclusions if e.applies_to(tenant)}
    for exclusion in sorted(applied, key=lambda e: (e.when, e.id)):
        if inside := exclusion.when.clipped(asked.span):
            reason = exclusion.reason
            if asked.detailed:
                reason = discreet(reason, tenant, terms.tenants)
            yield Excused(id=exclusion.id, reason=reason, when=inside)


def _past(tenant: Tenant, earlier: Earlier, evidence: Evidence, terms: Terms) -> Counts | None:
    """As that period's own report told it: what was stated, else what was recorded less what it excludes."""
    if earlier.stated is not None:
        return earlier.stated.get(tenant.id)
    past = evidence.past[earlier.period.name]
    if not past.events.total.has(tenant.id, slo.AVAILABILITY):
        return None
    return counts_of(tenant, slo.AVAILABILITY, past.events, terms, excusing(tenant, past.forgiven))


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


def _arrival(asked: Asked, evidence: Evidence) -> Iterator[str]:
    """A tenant that came in the middle of the period: its figures are about a part of it."""
    if evidence.hours and (first := evidence.hours[0].start) >= asked.period.start + timedelta(hours=1):
        yield f"Counted since {wording.local(first, asked.period.zone)}: nothing is known of it before."


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _detail(down: frozenset[Minute], evidence: Evidence) -> Detail:
    return Detail(hours=evidence.hours, down=tuple(runs(down)), incidents=evidence.incidents)


def _quality(asked: Asked, evidence: Evidence, terms: Terms) -> Quality:
    return Quality(
        gaps=tuple(runs(set(asked.span.ends) - evidence.watch.observed)),
        outages=tuple(runs(evidence.watch.unreachable)),
        partial=tuple(runs((evidence.watch.unread & evidence.watch.observed) - evidence.watch.unreachable)),
        notes=(
            *(() if evidence.watch.known else (_UNWATCHED,)),
            *_probed(evidence.watch),
            *(() if asked.detailed else _strangers(evidence, terms)),
        ),
    )


def _probed(watch: Watch) -> Iterator[str]:
    if unobserved := len(watch.answering - watch.observed):
        yield (
            f"{wording.duration(unobserved)} not observed: no scrape was answered, but a probe from outside was. "
            "They are neither up nor down."
        )
    if watch.unprobed:
        yield (
            f"{wording.duration(len(watch.unprobed))} of outage without a probe from outside: told by unanswered "
            "scrapes alone, which a network between Prometheus and the platform can cause, too."
        )


def _strangers(evidence: Evidence, terms: Terms) -> Iterator[str]:
    """Tenants with traffic that slas/tenants.yml does not know: in no figure, so they are named."""
    known = {tenant.id for tenant in terms.tenants}
    total = evidence.events.total
    found = {tenant or "(none named)" for tenant in total.tenants() if total.of(tenant, slo.AVAILABILITY)}
    if strange := sorted(found - known):
        shown = ", ".join(strange[:10]) + (f" and {len(strange) - 10} more" if len(strange) > 10 else "")
        yield f"Traffic of tenants that slas/tenants.yml does not name is in no figure: {shown}."
