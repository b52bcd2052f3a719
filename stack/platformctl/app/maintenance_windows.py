"""Which maintenance windows there are to be, and which PagerDuty services they hold still."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from platformctl.model.maintenance import Scope, ScopeKind, Window
from platformctl.model.oncall import OnCall
from platformctl.model.units import Duration
from platformctl.sla.timeline import Interval
from platformctl.sources.maintenance import recurring_services
from platformctl.sources.terms import load_terms


def upcoming(content: Path, at: datetime, ahead: Duration) -> Iterator[Window]:
    """The occurrences that start within `ahead`, for their components or else for the tenants they are for."""
    terms, services = load_terms(content), recurring_services(content)
    span = Interval(start=at, end=at + timedelta(milliseconds=ahead.ms))
    for recurring in terms.recurring:
        for found in recurring.within(span):
            if found.when.start < at:
                continue
            tenants = tuple(tenant.id for tenant in terms.tenants if found.applies_to(tenant))
            yield Window(
                id=found.id,
                scope=_recurring_scope(services.get(recurring.id, ()), tenants),
                start=found.when.start,
                end=found.when.end,
                reason=found.reason,
                author="slas/maintenance.yml",
                announced=at,
            )


def _recurring_scope(services: tuple[str, ...], tenants: tuple[str, ...]) -> Scope:
    if services:
        return Scope(kind=ScopeKind.SERVICE, names=services)
    return Scope(kind=ScopeKind.TENANT, names=tenants)


def services_of(oncall: OnCall, scope: Scope) -> tuple[str, ...]:
    """The PagerDuty services that stand for nothing but what a window is for."""
    if scope.kind is not ScopeKind.SERVICE:
        return ()
    return tuple(s.name for s in oncall.services if s.components and set(s.components) <= set(scope.names))
