"""What has been counted, per tenant, and its exposition: cheap to scrape with ten thousand tenants.

A tenant's lines of text are kept until its numbers change. A tenant who is new, or comes back after having been
forgotten, is shown at zero first: ``increase`` does not see the step from no series to its first requests.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from time import time
from typing import Final

from platform_telemetry import contract
from platform_telemetry.edge.line import Answer, parse
from platform_telemetry.exposition import header, label_text, number
from platform_telemetry.spec import MetricSpec

_CLASSES: Final = ("1xx", "2xx", "3xx", "4xx", "5xx")
_ALWAYS: Final = frozenset({"2xx", "4xx", "5xx"})
_BOUNDS: Final = contract.TENANT_LATENCY_BUCKETS_S
_LE: Final = (*(repr(float(bound)) for bound in _BOUNDS), "+Inf")
_PER_TENANT: Final = (contract.EDGE_REQUESTS, contract.EDGE_DURATION, contract.EDGE_THROTTLED)
OUTCOMES: Final = ("counted", "malformed", "old", "overflow")

Blocks = tuple[str, str, str]


class TenantCounts:
    """One tenant's numbers. seen_at: of its last answer, shown_from: when they may be shown (Unix times)."""

    __slots__ = ("blocks", "buckets", "classes", "seconds", "seen_at", "shown_from", "throttled")

    def __init__(self, *, shown_from: float) -> None:
        self.classes = [0] * len(_CLASSES)
        self.buckets = [0] * (len(_BOUNDS) + 1)
        self.seconds = 0.0
        self.throttled = 0
        self.seen_at = 0.0
        self.shown_from = shown_from
        self.blocks: Blocks | None = None

    def add(self, answer: Answer) -> None:
        """Count one answer."""
        self.classes[answer.status_class - 1] += 1
        if answer.duration_s is not None:
            self.buckets[bisect_left(_BOUNDS, answer.duration_s)] += 1
            self.seconds += answer.duration_s
        self.throttled += answer.throttled
        self.seen_at = max(self.seen_at, answer.at)
        self.blocks = None


class EdgeCounts:
    """All tenants. Not for several threads at once.

    most_tenants: how many are kept apart; those beyond count together as ``overflow``.
    idle_s: who has been silent so long is forgotten. zero_s: how long a new tenant shows zeros.
    not_before: answers older than that (Unix time) are not counted.
    """

    def __init__(
        self,
        *,
        most_tenants: int = 10_000,
        idle_s: float = 3600.0,
        zero_s: float = 12.0,
        not_before: float = 0.0,
        now: Callable[[], float] = time,
    ) -> None:
        self._most, self._idle_s, self._zero_s = most_tenants, idle_s, zero_s
        self._not_before, self._now = not_before, now
        self.tenants: dict[str, TenantCounts] = {}
        self.lines = dict.fromkeys(OUTCOMES, 0)
        self.undecided = 0

    def add(self, lines: Iterable[bytes]) -> None:
        """Count lines of the log."""
        for line in lines:
            answer = parse(line)
            if answer is None:
                self.lines["malformed"] += 1
            elif answer.at < self._not_before:
                self.lines["old"] += 1
            else:
                self._counts_of(answer.tenant).add(answer)
                self.undecided += answer.undecided

    def forget_idle(self) -> None:
        """Drop the tenants that have been silent for long."""
        edge = self._now() - self._idle_s
        for name in [name for name, counts in self.tenants.items() if counts.seen_at < edge]:
            del self.tenants[name]

    def text(self, *, gaps: int, unread_bytes: int) -> str:
        """The exposition in Prometheus' text format 0.0.4."""
        now = self._now()
        blocks = [_blocks(name, counts, now) for name, counts in self.tenants.items()]
        parts = []
        for index, spec in enumerate(_PER_TENANT):
            parts.append(header(spec))
            parts.extend([block[index] for block in blocks])
        parts.extend(_single(contract.EDGE_UNDECIDED, self.undecided))
        parts.append(header(contract.EDGE_LINES))
        parts.extend(_line(contract.EDGE_LINES, (outcome,), count) for outcome, count in self.lines.items())
        parts.extend(_single(contract.EDGE_GAPS, gaps))
        parts.extend(_single(contract.EDGE_UNREAD, unread_bytes))
        return "".join(parts)

    def _counts_of(self, tenant: str) -> TenantCounts:
        is_new = tenant not in self.tenants
        if is_new and len(self.tenants) >= self._most and tenant != contract.UNKNOWN_TENANT:
            self.lines["overflow"] += 1
            tenant = contract.OVERFLOW
        else:
            self.lines["counted"] += 1
        counts = self.tenants.get(tenant)
        if counts is None:
            counts = self.tenants[tenant] = TenantCounts(shown_from=self._now() + self._zero_s)
        return counts


_ZERO: Final = TenantCounts(shown_from=0.0)


def _blocks(name: str, counts: TenantCounts, now: float) -> Blocks:
    if now < counts.shown_from:
        return _render(name, _ZERO)
    if counts.blocks is None:
        counts.blocks = _render(name, counts)
    return counts.blocks


def _render(name: str, counts: TenantCounts) -> Blocks:
    """The tenant's lines in each of the families."""
    requests = "".join(
        f'edge_requests_total{{tenant="{name}",status_class="{status_class}"}} {count}\n'
        for status_class, count in zip(_CLASSES, counts.classes, strict=True)
        if count or status_class in _ALWAYS
    )
    below, lines = 0, []
    for bound, count in zip(_LE, counts.buckets, strict=True):
        below += count
        lines.append(f'edge_request_duration_seconds_bucket{{tenant="{name}",le="{bound}"}} {below}\n')
    lines.append(f'edge_request_duration_seconds_sum{{tenant="{name}"}} {number(counts.seconds)}\n')
    lines.append(f'edge_request_duration_seconds_count{{tenant="{name}"}} {below}\n')
    return requests, "".join(lines), f'edge_requests_throttled_total{{tenant="{name}"}} {counts.throttled}\n'


def _single(spec: MetricSpec, value: float) -> tuple[str, str]:
    return header(spec), _line(spec, (), value)


def _line(spec: MetricSpec, labels: tuple[str, ...], value: float) -> str:
    return f"{spec.name}{label_text(spec.labels, labels)} {number(value)}\n"


def restored(entries: Mapping[str, list[float]]) -> dict[str, TenantCounts]:
    """Tenants from what `saved` has made of them."""
    tenants = {}
    for name, numbers in entries.items():
        seen_at, seconds, throttled, *counts = numbers
        tenant = tenants[name] = TenantCounts(shown_from=0.0)
        tenant.seen_at, tenant.seconds, tenant.throttled = seen_at, seconds, int(throttled)
        tenant.classes = [int(count) for count in counts[: len(_CLASSES)]]
        tenant.buckets = [int(count) for count in counts[len(_CLASSES) :]]
        if len(tenant.buckets) != len(_BOUNDS) + 1:
            raise ValueError(f"tenant {name!r} has {len(tenant.buckets)} buckets")
    return tenants


def saved(tenants: Mapping[str, TenantCounts]) -> dict[str, list[float]]:
    """Plain numbers of each tenant."""
    return {name: [c.seen_at, c.seconds, c.throttled, *c.classes, *c.buckets] for name, c in tenants.items()}
