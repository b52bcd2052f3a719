"""When the fault behind an incident began and ended: what times to detect and to repair are measured from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from platformctl.model.tenancy import Tenant
from platformctl.sla.counts import Counts
from platformctl.sla.exclusion import Selected
from platformctl.sla.report import Basis, Incident
from platformctl.sla.timeline import Interval, Minute, minute_at, runs

LOOK_BACK: Final = timedelta(hours=6)
"""How long before its alert a fault is looked for: the long window of the slower page of table 5-8."""

_PAUSE: Final = 5
"""Failing minutes so far apart are one fault: the shortest window of an alert."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Established:
    """What a post-mortem established: from when to when something was broken, for whom, and why."""

    id: str
    when: Interval
    cause: str
    whom: Selected


def failing(minutes: Mapping[Minute, Counts], target: Decimal) -> frozenset[Minute]:
    """The minutes in which a larger share was bad than the objective allows."""
    return frozenset(at for at, counts in minutes.items() if not counts.meets(target))


def recorded(alert: Interval, failing: Iterable[Minute]) -> Interval | None:
    """The fault that the alert told of: the failing minutes that reach into it, and those before them.

    Pauses under five minutes belong to it. None where nothing failed by the minute.
    """
    bridged = {minute for at in failing for minute in range(at, at + _PAUSE)}
    found = [run for run in runs(bridged) if run.start < alert.end and alert.start <= run.end]
    if not found:
        return None
    beyond = timedelta(minutes=_PAUSE - 1)  # the bridge behind the last failing minute is no failure
    return Interval(start=found[0].start, end=found[-1].end - beyond)


def undetected(
    incidents: Iterable[Incident], known: Iterable[Established], among: Iterable[Tenant], span: Interval
) -> Iterator[Incident]:
    """Faults of the tenants within the span that a post-mortem established, and no alert told of."""
    told = {(incident.fault, incident.cause) for incident in incidents}
    tenants = tuple(among)
    for fault in known:
        inside = fault.when.clipped(span)
        touched = [tenant.id for tenant in tenants if fault.whom.holds(tenant)]
        if inside is None or not touched or (fault.when, fault.cause) in told:
            continue
        yield Incident(
            alert="",
            when=inside,
            tenant=touched[0] if len(touched) == 1 else "",
            cut=inside != fault.when,
            fault=fault.when,
            basis=Basis.ESTABLISHED,
            cause=fault.cause,
        )


def explained(incident: Incident, failing: frozenset[Minute], known: Iterable[Established]) -> Incident:
    """The incident with its fault: as a post-mortem established it, else as it was recorded by the minute."""
    for truth in known:
        if truth.when.start < incident.when.end and incident.when.start < truth.when.end:
            return incident.of_fault(truth.when, Basis.ESTABLISHED, truth.cause)
    near = Interval(start=incident.when.start - LOOK_BACK, end=incident.when.end)
    found = recorded(incident.when, (at for at in failing if minute_at(near.start) < at))
    return incident.of_fault(found, Basis.RECORDED, "") if found else incident
