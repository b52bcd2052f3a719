"""What one metric of the catalogue is: its name, type, labels and the most series it may make."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_NAME: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


class MetricType(StrEnum):
    """The types of the exposition format; an info is a gauge that is always 1."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"
    INFO = "info"


class Merge(StrEnum):
    """What a gauge of several worker processes is together; counters and histograms are always added up."""

    SUM = "sum"
    MAX = "max"


class Group(StrEnum):
    """What a metric is about; a process publishes whole groups."""

    HTTP = "http"
    EDGE = "edge"
    AUTH = "auth"
    WEB = "web"
    TRACES = "traces"
    DATABASE = "database"
    CACHE = "cache"
    FLAGS = "flags"
    BUSINESS = "business"
    TENANTS = "tenants"
    RUNTIME = "runtime"
    DEMO = "demo"
    TRAFFIC = "traffic"


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricSpec:
    """One metric family as it stands in the exposition.

    name: the family's name; counters end in ``_total``, others in their unit where they have one.
    unit: base unit (``seconds``, ``bytes``), empty for plain counts.
    buckets: upper bounds of a histogram, ascending, without the ``+Inf`` that is always there.
    max_combinations: the most label combinations in one process; of one tenant, in a per-tenant family.
    over_workers: how the workers of one service are put together.
    """

    name: str
    type: MetricType
    group: Group
    help: str
    unit: str = ""
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()
    max_combinations: int = 1
    over_workers: Merge = Merge.SUM

    def __post_init__(self) -> None:
        if problem := _problem(self):
            raise ValueError(f"metric {self.name!r} {problem}")

    @property
    def per_tenant(self) -> bool:
        """Whether the family grows with the number of tenants."""
        return "tenant" in self.labels

    @property
    def series_per_combination(self) -> int:
        """How many series one label combination stores: for a histogram its buckets, sum and count."""
        return len(self.buckets) + 3 if self.type is MetricType.HISTOGRAM else 1

    @property
    def max_series(self) -> int:
        """The most series in one process; of one tenant, in a per-tenant family."""
        return self.max_combinations * self.series_per_combination

    @property
    def cells(self) -> int:
        """How many numbers one label combination keeps: for a histogram its buckets with ``+Inf``, and the sum."""
        return len(self.buckets) + 2 if self.type is MetricType.HISTOGRAM else 1

    def combinations(self, *, tenants: int) -> int:
        """The most label combinations in one process that serves so many tenants."""
        return self.max_combinations * (tenants if self.per_tenant else 1)

    def series_limit(self, *, tenants: int) -> int:
        """The most series in one process that serves so many tenants."""
        return self.max_series * (tenants if self.per_tenant else 1)


def _problem(spec: MetricSpec) -> str | None:
    is_histogram = spec.type is MetricType.HISTOGRAM
    if not _NAME.fullmatch(spec.name):
        return "is not written in snake_case"
    if (spec.type is MetricType.COUNTER) != spec.name.endswith("_total"):
        return "ends in _total exactly when it is a counter"
    if (spec.type is MetricType.INFO) != spec.name.endswith("_info"):
        return "ends in _info exactly when it is an info"
    if spec.unit and not spec.name.removesuffix("_total").endswith(f"_{spec.unit}"):
        return f"does not name its unit {spec.unit}"
    if is_histogram != bool(spec.buckets) or list(spec.buckets) != sorted(set(spec.buckets)):
        return "has ascending buckets exactly when it is a histogram"
    if is_histogram and {"tenant", "route"} <= set(spec.labels):
        return "is a histogram with both tenant and route"
    if len(set(spec.labels)) != len(spec.labels) or spec.max_combinations < 1:
        return "repeats a label or may have no series"
    return None


def counter(
    name: str, group: Group, help: str, labels: tuple[str, ...] = (), most: int = 1, unit: str = ""
) -> MetricSpec:
    """A counter."""
    return MetricSpec(
        name=name, type=MetricType.COUNTER, group=group, help=help, labels=labels, max_combinations=most,
        unit=unit,
    )  # fmt: skip


def gauge(
    name: str,
    group: Group,
    help: str,
    labels: tuple[str, ...] = (),
    most: int = 1,
    unit: str = "",
    *,
    over_workers: Merge = Merge.SUM,
) -> MetricSpec:
    """A gauge."""
    return MetricSpec(
        name=name, type=MetricType.GAUGE, group=group, help=help, labels=labels, max_combinations=most,
        unit=unit, over_workers=over_workers,
    )  # fmt: skip


def seconds(
    name: str, group: Group, help: str, labels: tuple[str, ...], buckets: tuple[float, ...], most: int
) -> MetricSpec:
    """A histogram of times."""
    return MetricSpec(
        name=name, type=MetricType.HISTOGRAM, group=group, help=help, unit="seconds", labels=labels,
        buckets=buckets, max_combinations=most,
    )  # fmt: skip


def info(name: str, group: Group, help: str, labels: tuple[str, ...]) -> MetricSpec:
    """An info: facts as labels, always 1."""
    return MetricSpec(
        name=name, type=MetricType.INFO, group=group, help=help, labels=labels, over_workers=Merge.MAX
    )
