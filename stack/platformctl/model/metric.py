"""What is measured: the metrics that rules, dashboards and reports may name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from platformctl.model import _guard


class MetricType(StrEnum):
    """The four types of the exposition format, and the info-style gauge."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"
    SUMMARY = "summary"
    INFO = "info"


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric:
    """One metric family as it stands in the exposition.

    name: the family's name; counters end in ``_total``.
    unit: base unit by OpenMetrics (``seconds``, ``bytes``, ``ratio``), empty for plain counts.
    labels: what the emitter sets; ``job`` and ``instance`` come with every scrape.
    max_series: the most series the family may make in one process.
    source: the component or service that emits it.
    """

    name: str
    type: MetricType
    help: str
    source: str
    unit: str = ""
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()
    max_series: int = 1

    def __post_init__(self) -> None:
        _guard.matches(_guard.METRIC_NAME, self.name, what="metric", like="http_requests_total")
        for label in self.labels:
            _guard.matches(_guard.LABEL_NAME, label, what=f"label of {self.name}", like="tenant")

    @property
    def series_names(self) -> tuple[str, ...]:
        """The names under which the family's samples are stored."""
        match self.type:
            case MetricType.HISTOGRAM:
                return (f"{self.name}_bucket", f"{self.name}_sum", f"{self.name}_count")
            case MetricType.SUMMARY:
                return (self.name, f"{self.name}_sum", f"{self.name}_count")
            case _:
                return (self.name,)
