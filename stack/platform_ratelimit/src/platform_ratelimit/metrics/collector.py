"""The tally as Prometheus metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import accumulate
from time import monotonic

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from platform_ratelimit.limiter import Limiter
from platform_ratelimit.metrics import catalogue
from platform_ratelimit.metrics.catalogue import MetricSpec
from platform_ratelimit.metrics.tally import Tally

Family = CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily
_SILENT_S = 60.0


class LimiterCollector(Collector):
    """Register it: ``REGISTRY.register(LimiterCollector(limiter, tally))``. One process, one registry."""

    def __init__(
        self, limiter: Limiter, tally: Tally, *, policy_fresh: Callable[[], bool] = lambda: True
    ) -> None:
        self._limiter, self._tally, self._policy_fresh = limiter, tally, policy_fresh

    def describe(self) -> list[Family]:
        """Nothing is known before the first scrape; registering must not need a running limiter."""
        return []

    def collect(self) -> Iterator[Family]:
        """Every family of the catalogue."""
        yield from self._decisions()
        yield from self._tenants()
        up = self._limiter.backend.available
        yield _gauge(catalogue.BACKEND_UP, float(up))
        yield _gauge(catalogue.FALLBACK_ACTIVE, float(not up))
        changes = _counter(catalogue.BACKEND_CHANGES)
        for state, count in self._tally.changes.items():
            changes.add_metric([state], count)
        yield changes
        misses = _counter(catalogue.BACKEND_MISSES)
        misses.add_metric([], self._limiter.unavailable)
        yield misses
        yield _gauge(catalogue.POLICY_VERSION, float(self._limiter.version))
        yield _gauge(catalogue.POLICY_FRESH, float(self._policy_fresh()))

    def _decisions(self) -> Iterator[Family]:
        decisions = _counter(catalogue.DECISIONS)
        for (allowed, source, mode), count in self._tally.outcomes.items():
            decisions.add_metric(["allowed" if allowed else "denied", source, mode], count)
        yield decisions
        spec = catalogue.DURATION
        durations = HistogramMetricFamily(spec.name, spec.help, labels=spec.labels)
        for source, row in self._tally.durations.items():
            bounds = [*(repr(bound) for bound in spec.buckets), "+Inf"]
            counts = list(zip(bounds, map(float, accumulate(row)), strict=True))
            durations.add_metric([source], counts, self._tally.seconds[source])
        yield durations

    def _tenants(self) -> Iterator[Family]:
        allowed, denied = _counter(catalogue.TENANT_ALLOWED), _counter(catalogue.TENANT_DENIED)
        spec = catalogue.UTILISATION
        used = GaugeMetricFamily(spec.name, spec.help, labels=spec.labels)
        edge = monotonic() - _SILENT_S
        for tenant, tally in self._tally.tenants():
            allowed.add_metric([tenant], tally.allowed)
            for (scope, limit), count in sorted(tally.denied.items()):
                denied.add_metric([tenant, scope, limit], count)
            if tally.seen_at >= edge:
                used.add_metric([tenant], tally.used)
        yield from (allowed, denied, used)


def _counter(spec: MetricSpec) -> CounterMetricFamily:
    return CounterMetricFamily(spec.name, spec.help, labels=spec.labels)


def _gauge(spec: MetricSpec, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(spec.name, spec.help, value=value)
