"""Make SLA reports: what was promised, held against what was recorded."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeAlias

from platformctl.app.collecting import seldom_collecting
from platformctl.app.deployed import prometheus_url
from platformctl.app.sla_gather import Wanted, WantedPast, ask_ahead, gather
from platformctl.errors import DifferencesFound, PlatformError, UsageError
from platformctl.model.tenancy import Tenant, Vertical
from platformctl.sinks.sla_ledger import Ledger
from platformctl.sla import period as periods
from platformctl.sla.announced import exclusions
from platformctl.sla.assemble import Asked, Earlier, report
from platformctl.sla.exclusion import Exclusion
from platformctl.sla.ledger import held, recalled
from platformctl.sla.period import Period, PeriodKind
from platformctl.sla.queries import EVERYBODY, Selection
from platformctl.sla.report import Report
from platformctl.sla.terms import Terms
from platformctl.sla.timeline import Interval
from platformctl.sources import workspace
from platformctl.sources.history import Access, History, NoHistory
from platformctl.sources.maintenance import load_forgiveness, recorded_windows
from platformctl.sources.terms import load_terms

Say: TypeAlias = Callable[[str], None]
_SETTLED: Final = timedelta(minutes=2)
"""So long after a minute its rules have surely run."""

_MOST_SKEW: Final = timedelta(minutes=1)
_NONE: Final = timedelta(0)
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
    """What the user asked for. `period` as `sla.period.parse` reads it, in the calendar of `zone`.

    now: the server's clock, where it was asked for before.
    """

    workspace: Path | None
    start: Path
    access: Access
    period: str
    zone: str
    scope: Scope = Scope(ScopeKind.ALL)
    now: datetime | None = None


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

    fresh: the figures as the history has them, for the ledger to take; `report` tells those that were stated.
    """

    report: Report
    fresh: Report
    ledger: Ledger
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """Where reports on one period are made: contracts, ledger and history, and the clock they all go by.

    ahead: how far that clock, the server's, is before this machine's.
    """

    request: ReportRequest
    terms: Terms
    ledger: Ledger
    history: History
    now: datetime
    ahead: timedelta

    def make(self, scope: Scope, say: Say) -> Made:
        """A report, held against the ledger; raises `PlatformError` where no honest figure can be given.

        A closed period whose history is no longer kept is told from the ledger.
        """
        request = replace(self.request, scope=scope)
        chosen = choose(scope, self.terms)
        asked = self._asked(request, chosen)
        entries = self.ledger.entries(asked.period)
        try:
            evidence = gather(self.history, _wanted(request, asked, self.terms), say)
        except NoHistory:
            if not entries:
                raise
            names = frozenset(tenant.id for tenant in chosen)
            told = recalled(entries, scope=asked.scope, tenants=names, own=asked.detailed)
            return Made(report=told, fresh=entries[-1].report, ledger=self.ledger, at=self.now)
        fresh = report(asked, evidence, self.terms)
        return Made(report=held(fresh, entries), fresh=fresh, ledger=self.ledger, at=self.now)

    def refuse_wrong_clock(self) -> None:
        """Raise `PlatformError` where this machine and the server disagree on the time: one of them is wrong."""
        if abs(self.ahead) > _MOST_SKEW:
            raise PlatformError(
                f"the server's clock is {abs(self.ahead)} {'ahead of' if self.ahead > _NONE else 'behind'} "
                "this machine's: which periods are over is not known",
                where=self.history.url,
                fix="set the clock that is wrong",
            )

    def _asked(self, request: ReportRequest, chosen: tuple[Tenant, ...]) -> Asked:
        period, span = _period(request, self.now)
        detailed = request.scope.kind is ScopeKind.TENANT
        return Asked(
            period=period,
            until=span.end,
            scope=str(request.scope),
            tenants=chosen,
            detailed=detailed,
            earlier=tuple(
                Earlier(period=past, stated=self.ledger.availability(past))
                for past in _before(period, _PAST_OF_ONE if detailed else _PAST_OF_ALL)
            ),
        )

    def tenants(self) -> tuple[Tenant, ...]:
        """The tenants that the request is about."""
        return choose(self.request.scope, self.terms)


def _clock() -> datetime:
    return datetime.now(UTC)


@contextmanager
def open_desk(request: ReportRequest, clock: Callable[[], datetime] = _clock) -> Iterator[Desk]:
    """Load the contracts, reach the history; raises `PlatformError` where either cannot be."""
    found = workspace.find(request.workspace, start=request.start)
    terms = None if request.scope.kind is ScopeKind.ALL else _terms(request, found)
    url = request.access.url or prometheus_url(request.workspace, request.start)
    with seldom_collecting(), closing(History(replace(request.access, url=url))) as history:
        now = request.now or history.now()
        if terms is None:
            ask_ahead(history, _period(request, now)[1], EVERYBODY)  # it works while the contracts are read
            terms = _terms(request, found)
        yield Desk(
            request=request,
            terms=terms,
            ledger=Ledger(found.state),
            history=history,
            now=now,
            ahead=now - clock(),
        )


def _period(request: ReportRequest, now: datetime) -> tuple[Period, Interval]:
    """The period that is meant, and as much of it as is over and surely recorded."""
    settled = now - _SETTLED
    period = periods.parse(request.period, zone=request.zone, now=settled)
    until = settled.replace(second=0, microsecond=0)
    if period.start >= now:
        raise UsageError(
            f"the period {period.name} has not begun", fix="platformctl sla-report --period week"
        )
    if period.start >= until:
        raise UsageError(
            f"of the period {period.name} no minute is surely recorded yet", fix="ask again in three minutes"
        )
    return period, Interval(start=period.start, end=min(period.end, until))


def make_report(request: ReportRequest, say: Say) -> Made:
    """The report that was asked for."""
    with open_desk(request) as desk:
        return desk.make(request.scope, say)


def _terms(request: ReportRequest, found: workspace.Workspace) -> Terms:
    """What contracts say, and which opened windows they do not count; refuses an unknown scope."""
    terms = load_terms(found.content)
    choose(request.scope, terms)
    opened = exclusions(recorded_windows(found.state), load_forgiveness(found.content))
    return replace(terms, exclusions=(*terms.exclusions, *opened))


def _before(period: Period, count: int) -> Iterator[Period]:
    """The periods before it; a span by the clock has none that compare with it."""
    for _ in range(count if period.kind is not PeriodKind.SPAN else 0):
        period = period.previous()
        yield period


def _wanted(request: ReportRequest, asked: Asked, terms: Terms) -> Wanted:
    def excluded(span: Interval) -> tuple[Exclusion, ...]:
        return tuple(e for e in terms.excluded(span) if any(e.applies_to(t) for t in asked.tenants))

    return Wanted(
        span=asked.span,
        selection=Selection(tenant=request.scope.value) if asked.detailed else EVERYBODY,
        exclusions=excluded(asked.span),
        past=tuple(
            WantedPast(name=one.period.name, span=one.span, exclusions=excluded(one.span))
            for one in asked.earlier
            if one.stated is None
        ),
        throttled_ours=bool(terms.throttled_ours),
    )


def refuse_breach(made: Report) -> None:
    """Raise `ObjectiveBroken` when the report holds a broken objective."""
    if made.breaches:
        names = ", ".join(s.tenant for s in made.breaches[:5])
        more = f" and {len(made.breaches) - 5} more" if len(made.breaches) > 5 else ""
        raise ObjectiveBroken(f"{made.period.name}: objectives not met: {names}{more}")


def choose(scope: Scope, terms: Terms) -> tuple[Tenant, ...]:
    """The tenants of a scope, at least one; raises `UsageError` for an unknown name, with the nearest known."""
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
