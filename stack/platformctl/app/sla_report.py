"""Make SLA reports: what was promised, held against what was recorded."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeAlias

from platformctl.app.session import Request, open_session, prepare
from platformctl.app.sla_gather import Wanted, gather
from platformctl.errors import DifferencesFound, UsageError
from platformctl.model.tenancy import Tenant, Vertical
from platformctl.sinks.sla_ledger import Ledger
from platformctl.sla import period as periods
from platformctl.sla.announced import exclusions
from platformctl.sla.assemble import Asked, report
from platformctl.sla.ledger import recalled, restated
from platformctl.sla.queries import EVERYBODY, Selection
from platformctl.sla.report import Report
from platformctl.sla.terms import Terms
from platformctl.sources import workspace
from platformctl.sources.history import Access, History, NoHistory
from platformctl.sources.maintenance import load_maintenance, recorded_windows
from platformctl.sources.terms import load_terms

Say: TypeAlias = Callable[[str], None]
_SETTLED: Final = timedelta(minutes=2)
"""So long after a minute its rules have surely run."""

_PAST_OF_ONE, _PAST_OF_ALL = 4, 1


class ObjectiveBroken(DifferencesFound):
    """An objective was not met, and ``--fail-on-breach`` was asked for."""

    kind = "breach"


class ScopeKind(StrEnum):
    """Whom a report is on."""

    ALL = "all tenants"
    TENANT = "tenant"
    TIER = "tier"
    VERTICAL = "vertical"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom a report is on; `value` names the tenant, tier or vertical."""

    kind: ScopeKind
    value: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.value}".strip()


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportRequest:
    """What the user asked for. `period` as `sla.period.parse` reads it, in the calendar of `zone`."""

    workspace: Path | None
    start: Path
    access: Access
    period: str
    zone: str
    scope: Scope = Scope(ScopeKind.ALL)


def scope_of(*, tenant: str | None, tier: str | None, vertical: str | None) -> Scope:
    """The scope of the options; raises `UsageError` for more than one of them."""
    given = [
        Scope(kind, value)
        for kind, value in (
            (ScopeKind.TENANT, tenant),
            (ScopeKind.TIER, tier),
            (ScopeKind.VERTICAL, vertical),
        )
        if value
    ]
    if len(given) > 1:
        raise UsageError("a report is on one tenant, one tier, one vertical or all", fix="give one of them")
    return given[0] if given else Scope(ScopeKind.ALL)


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """A report, the ledger of its workspace, and the server's clock when it was made.

    stated: the bare figures, as a ledger takes them; `report` tells of restatements, too.
    """

    report: Report
    stated: Report
    ledger: Ledger
    at: datetime


def make_report(request: ReportRequest, say: Say) -> Made:
    """The report, held against the ledger; raises `PlatformError` where no honest figure can be given.

    A closed period whose history is no longer kept is told from the ledger.
    """
    found = workspace.find(request.workspace, start=request.start)
    terms = _with_maintenance(load_terms(found.content), found)
    chosen = _choose(request.scope, terms)
    history = History(replace(request.access, url=request.access.url or _deployed(request)))
    now = history.now()
    asked = _asked(request, chosen, now - _SETTLED)
    ledger = Ledger(found.state)
    entries = ledger.entries(asked.period)
    try:
        fresh = report(asked, gather(history, _wanted(request, asked, terms), say), terms)
    except NoHistory:
        if not entries:
            raise
        names = frozenset(tenant.id for tenant in chosen)
        told = recalled(entries, scope=asked.scope, tenants=names)
        return Made(report=told, stated=entries[-1].report, ledger=ledger, at=now)
    return Made(report=restated(fresh, entries), stated=fresh, ledger=ledger, at=now)


def _with_maintenance(terms: Terms, found: workspace.Workspace) -> Terms:
    """The terms with the windows that were opened, as far as contracts do not count them."""
    forgiveness = load_maintenance(found.content).forgiveness
    opened = exclusions(recorded_windows(found.state), forgiveness)
    return replace(terms, exclusions=(*terms.exclusions, *opened))


def _asked(request: ReportRequest, chosen: tuple[Tenant, ...], settled: datetime) -> Asked:
    period = periods.parse(request.period, zone=request.zone, now=settled)
    until = settled.replace(second=0, microsecond=0)
    if period.start >= until:
        raise UsageError(
            f"the period {period.name} has not begun", fix="platformctl sla-report --period week"
        )
    return Asked(
        period=period,
        until=min(period.end, until),
        scope=str(request.scope),
        tenants=chosen,
        detailed=request.scope.kind is ScopeKind.TENANT,
    )


def _wanted(request: ReportRequest, asked: Asked, terms: Terms) -> Wanted:
    return Wanted(
        period=asked.period,
        span=asked.span,
        selection=Selection(tenant=request.scope.value) if asked.detailed else EVERYBODY,
        exclusions=tuple(e for e in terms.exclusions if any(e.applies_to(t) for t in asked.tenants)),
        past=_PAST_OF_ONE if asked.detailed else _PAST_OF_ALL,
    )


def refuse_breach(made: Report) -> None:
    """Raise `ObjectiveBroken` when the report holds a broken objective."""
    if made.breaches:
        names = ", ".join(s.tenant for s in made.breaches[:5])
        more = f" and {len(made.breaches) - 5} more" if len(made.breaches) > 5 else ""
        raise ObjectiveBroken(f"{made.period.name}: objectives not met: {names}{more}")


def _deployed(request: ReportRequest) -> str:
    """Where the stack of this workspace has its Prometheus."""
    asked = Request(workspace=request.workspace, start=request.start)
    site = prepare(open_session(asked), asked).site
    return f"http://{site.published('prometheus', 'http')}"


def _choose(scope: Scope, terms: Terms) -> tuple[Tenant, ...]:
    match scope.kind:
        case ScopeKind.ALL:
            return terms.tenants
        case ScopeKind.TENANT:
            found = tuple(t for t in terms.tenants if t.id == scope.value)
            known = [t.id for t in terms.tenants]
        case ScopeKind.TIER:
            found = tuple(t for t in terms.tenants if t.tier == scope.value)
            known = [t.name for t in terms.tiers]
        case ScopeKind.VERTICAL:
            found = tuple(t for t in terms.tenants if t.vertical == scope.value)
            known = [str(v) for v in Vertical]
    if not found:
        raise _nobody(scope, known)
    return found


def _nobody(scope: Scope, known: list[str]) -> UsageError:
    if scope.value in known:
        return UsageError(f"no tenant is in {scope}", where="slas/tenants.yml")
    near = difflib.get_close_matches(scope.value, known, n=1)
    fix = f"did you mean {near[0]}?" if near else f"known: {', '.join(sorted(known)[:12])}"
    return UsageError(f"unknown {scope}", where="slas/", fix=fix)
