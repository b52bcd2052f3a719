"""Which announced work a contract does not count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from platformctl.model.maintenance import Forgiveness, ScopeKind, Window
from platformctl.sla.exclusion import Exclusion, Selected
from platformctl.sla.timeline import Interval

_MINUTE = timedelta(minutes=1)


def exclusions(windows: Iterable[Window], forgiveness: tuple[Forgiveness, ...]) -> Iterator[Exclusion]:
    """One exclusion for each window that is forgiven to some tier; its whole minutes, never more than it was open."""
    for window in windows:
        when = _whole_minutes(window)
        tiers = _tiers(window, forgiveness)
        if when is None or not tiers:
            continue
        named = window.scope.kind is ScopeKind.TENANT
        yield Exclusion(
            id=window.id,
            when=when,
            reason=window.reason,
            whom=Selected(
                tenants=frozenset(window.scope.names) if named else frozenset(),
                tiers=tiers,
            ),
        )


def _tiers(window: Window, forgiveness: tuple[Forgiveness, ...]) -> frozenset[str]:
    forgiving = {tier for terms in forgiveness if terms.covers(window) for tier in terms.tiers}
    if window.scope.kind is ScopeKind.TIER:
        forgiving &= set(window.scope.names)
    return frozenset(forgiving)


def _whole_minutes(window: Window) -> Interval | None:
    start, end = _floor(window.start + _MINUTE - timedelta(microseconds=1)), _floor(window.end)
    return Interval(start=start, end=end) if start < end else None


def _floor(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)
