"""Every metric that a rule or a dashboard may name: what we emit, and what known exporters emit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import resources

from platform_ratelimit.metrics import catalogue as limiter
from platform_telemetry import contract
from platformctl.model.metric import Metric, MetricType


def load() -> tuple[Metric, ...]:
    """The platform's own catalogue and the lists of the known exporters, each family once."""
    families = {metric.name: metric for metric in _exporters()}
    families |= {metric.name: metric for metric in (*_own(), *_limiter())}
    return tuple(families[name] for name in sorted(families))


def _own() -> Iterator[Metric]:
    for spec in contract.METRICS:
        yield Metric(
            name=spec.name,
            type=MetricType(spec.type),
            help=spec.help,
            unit=spec.unit,
            labels=spec.labels,
            buckets=spec.buckets,
            max_series=spec.max_series,
            source="platform",
        )


def _limiter() -> Iterator[Metric]:
    """What the rate limiter publishes, wherever it runs: behind the gateway or within an application."""
    for spec in limiter.CATALOGUE:
        is_histogram = spec.type is limiter.MetricType.HISTOGRAM
        per_combination = len(spec.buckets) + 3 if is_histogram else 1
        yield Metric(
            name=spec.name,
            type=MetricType(spec.type),
            help=spec.help,
            unit=spec.unit,
            labels=spec.labels,
            buckets=spec.buckets,
            max_series=spec.max_combinations * per_combination,
            source="ratelimit",
        )


def _exporters() -> Iterator[Metric]:
    folder = resources.files("platformctl") / "sources" / "exporters"
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if not file.name.endswith(".json"):
            continue
        document = json.loads(file.read_text())
        for entry in document["metrics"]:
            yield Metric(
                name=entry["name"],
                type=MetricType(entry["type"]),
                help=entry["help"],
                labels=tuple(entry["labels"]),
                source=document["source"],
            )
