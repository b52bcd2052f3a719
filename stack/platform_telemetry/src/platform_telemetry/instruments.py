"""Counters, gauges and histograms built from the catalogue's specs, and their text exposition.

Own storage instead of prometheus-client's: a label combination is looked up once and then costs one
addition, no ``_created`` series are made, and a family cannot exceed the series that its spec allows.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from threading import Lock
from typing import Final, Generic, Protocol, TypeAlias, TypeVar

from platform_telemetry import contract
from platform_telemetry.exposition import header, label_text, number
from platform_telemetry.spec import MetricSpec, MetricType

Labels: TypeAlias = tuple[str, ...]
Reading: TypeAlias = Callable[[], Mapping[Labels, float]]
"""Looks a gauge up when it is scraped: the value of each label combination."""


class Value:
    """One number with its label combination."""

    __slots__ = ("_head", "_lock", "value")

    def __init__(self, spec: MetricSpec, labels: Labels) -> None:
        self._head = f"{spec.name}{label_text(spec.labels, labels)} "
        self._lock = Lock()
        self.value = 0.0

    def inc(self, by: float = 1.0) -> None:
        """Add to the number."""
        with self._lock:
            self.value += by

    def set(self, value: float) -> None:
        """Replace the number."""
        self.value = value

    def lines(self) -> Iterator[str]:
        """The number as the exposition shows it."""
        yield self._head + number(self.value)


class Distribution:
    """One histogram with its label combination."""

    __slots__ = ("_bounds", "_counts", "_heads", "_lock", "_sum")

    def __init__(self, spec: MetricSpec, labels: Labels) -> None:
        self._bounds = spec.buckets
        self._counts = [0] * (len(spec.buckets) + 1)
        self._sum = 0.0
        self._lock = Lock()
        names = (*spec.labels, "le")
        # "1.0" and not "1": Prometheus 3 writes it so, and matchers must fit 2.x as well
        bounds = (*(repr(float(bound)) for bound in spec.buckets), "+Inf")
        buckets = (f"{spec.name}_bucket{label_text(names, (*labels, bound))} " for bound in bounds)
        text = label_text(spec.labels, labels)
        self._heads = (*buckets, f"{spec.name}_sum{text} ", f"{spec.name}_count{text} ")

    def observe(self, value: float) -> None:
        """Count one observation."""
        index = bisect_left(self._bounds, value)
        with self._lock:
            self._counts[index] += 1
            self._sum += value

    def lines(self) -> Iterator[str]:
        """The buckets, the sum and the count as the exposition shows them."""
        with self._lock:
            counts, total = tuple(self._counts), self._sum
        below = 0
        for head, count in zip(self._heads, counts, strict=False):
            below += count
            yield f"{head}{below}"
        yield self._heads[-2] + number(total)
        yield f"{self._heads[-1]}{below}"


class _Child(Protocol):
    def lines(self) -> Iterator[str]: ...


C = TypeVar("C", bound=_Child)


class Family(Generic[C]):
    """The label combinations of one spec, no more than the spec allows."""

    def __init__(
        self,
        spec: MetricSpec,
        make: Callable[[MetricSpec, Labels], C],
        limit: int,
        overflowed: Callable[[], None],
    ) -> None:
        self.spec: Final = spec
        self._make = make
        self._limit = limit
        self._overflowed = overflowed
        self._children: dict[Labels, C] = {}
        self._lock = Lock()
        if not spec.labels:
            self.at()

    def at(self, *labels: str) -> C:
        """The number for these label values, in the spec's order; beyond the limit, the overflow's."""
        child = self._children.get(labels)
        return child if child is not None else self._add(labels)

    def _add(self, labels: Labels) -> C:
        if len(labels) != len(self.spec.labels):
            raise ValueError(f"metric {self.spec.name!r} takes the labels {self.spec.labels}, not {labels}")
        with self._lock:
            overflow = (contract.OVERFLOW,) * len(labels)
            if len(self._children) >= self._limit and labels not in self._children:
                self._overflowed()
                labels = overflow
            return self._children.setdefault(labels, self._make(self.spec, labels))

    def lines(self) -> Iterator[str]:
        """The samples of all label combinations."""
        for child in tuple(self._children.values()):
            yield from child.lines()


class Looked:
    """A gauge or counter that is looked up when it is scraped."""

    def __init__(self, spec: MetricSpec, reading: Reading) -> None:
        self.spec: Final = spec
        self._reading = reading

    def lines(self) -> Iterator[str]:
        """The samples as they are now."""
        for labels, value in self._reading().items():
            yield f"{self.spec.name}{label_text(self.spec.labels, labels)} {number(value)}"


class Instruments:
    """The instruments of one process: one per spec, each made when it is first asked for.

    tenants: how many tenants the process may serve; it multiplies the limits of per-tenant families.
    """

    def __init__(self, specs: Iterable[MetricSpec], *, tenants: int = 10_000) -> None:
        self.specs: Final = tuple(specs)
        self._tenants = tenants
        self._values: dict[str, Family[Value]] = {}
        self._distributions: dict[str, Family[Distribution]] = {}
        self._looked: dict[str, Looked] = {}

    def value(self, spec: MetricSpec) -> Family[Value]:
        """The counter, gauge or info of that spec."""
        self._check(spec, is_histogram=False)
        if spec.name not in self._values:
            self._values[spec.name] = Family(spec, Value, self._limit(spec), lambda: self._overflowed(spec))
        return self._values[spec.name]

    def histogram(self, spec: MetricSpec) -> Family[Distribution]:
        """The histogram of that spec."""
        self._check(spec, is_histogram=True)
        if spec.name not in self._distributions:
            self._distributions[spec.name] = Family(
                spec, Distribution, self._limit(spec), lambda: self._overflowed(spec)
            )
        return self._distributions[spec.name]

    def look_up(self, spec: MetricSpec, reading: Reading) -> None:
        """Fill the metric at each scrape from `reading`."""
        self._check(spec, is_histogram=False)
        self._looked[spec.name] = Looked(spec, reading)

    def text(self) -> str:
        """The exposition in Prometheus' text format 0.0.4, families in the catalogue's order."""
        lines: list[str] = []
        for spec in self.specs:
            lines.append(header(spec).rstrip("\n"))
            for family in (self._values, self._distributions, self._looked):
                if spec.name in family:
                    lines.extend(family[spec.name].lines())
        return "\n".join(lines) + "\n"

    def _check(self, spec: MetricSpec, *, is_histogram: bool) -> None:
        if spec not in self.specs:
            raise ValueError(f"metric {spec.name!r} is not published by this process")
        if (spec.type is MetricType.HISTOGRAM) != is_histogram:
            raise ValueError(f"metric {spec.name!r} is a {spec.type}")

    def _limit(self, spec: MetricSpec) -> int:
        return spec.max_combinations * (self._tenants if spec.per_tenant else 1)

    def _overflowed(self, spec: MetricSpec) -> None:
        if contract.SERIES_OVERFLOW in self.specs:
            self.value(contract.SERIES_OVERFLOW).at(spec.name).inc()
