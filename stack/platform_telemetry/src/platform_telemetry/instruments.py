"""Counters, gauges and histograms built from the catalogue's specs, and their text exposition.

Own storage instead of prometheus-client's: a label combination is looked up once and then costs one
addition, no ``_created`` series are made, and a family cannot exceed the series that its spec allows.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from threading import Lock
from typing import Final, Generic, Protocol, TypeAlias, TypeVar

from platform_telemetry import contract
from platform_telemetry.child import Cells, Distribution, Labels, Value
from platform_telemetry.exposition import Format, header
from platform_telemetry.spec import MetricSpec, MetricType

__all__ = ["Cells", "Distribution", "Family", "Instruments", "Labels", "Reading", "Storage", "Value"]

Reading: TypeAlias = Callable[[], Mapping[Labels, float]]
"""Looks a gauge up when it is scraped: the value of each label combination."""

Totals: TypeAlias = Mapping[str, Mapping[Labels, Sequence[float]]]
"""The numbers of all workers together, by metric and label combination."""


class Storage(Protocol):
    """Where numbers are kept."""

    def cells(self, spec: MetricSpec, labels: Labels) -> Cells:
        """Zeros for a new label combination, `spec.cells` of them."""
        ...

    def totals(self) -> Totals | None:
        """What all workers have counted; None where this process is the only one."""
        ...


class OwnMemory:
    """The numbers of a process that serves alone."""

    def cells(self, spec: MetricSpec, labels: Labels) -> Cells:  # noqa: ARG002 - a Storage
        """Zeros."""
        return [0.0] * spec.cells

    def totals(self) -> Totals | None:
        """None: there is no other worker."""
        return None


class _Child(Protocol):
    def lines(self, cells: Sequence[float] | None, style: Format) -> Iterator[str]: ...


C = TypeVar("C", bound=_Child)


class Family(Generic[C]):
    """The label combinations of one spec, no more than the spec allows."""

    def __init__(
        self,
        spec: MetricSpec,
        make: Callable[[MetricSpec, Labels, Cells], C],
        storage: Storage,
        *,
        limit: int,
        overflowed: Callable[[], None],
    ) -> None:
        self.spec: Final = spec
        self._make = make
        self._storage = storage
        self._limit = limit
        self._overflowed = overflowed
        self._children: dict[Labels, C] = {}
        self._hidden: dict[Labels, C] = {}
        self._elsewhere: dict[Labels, C] = {}
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
            if len(self._children) >= self._limit and labels not in self._children:
                self._overflowed()
                labels = (contract.OVERFLOW,) * len(labels)
            if labels not in self._children:
                self._children[labels] = self._hidden.pop(labels, None) or self._new(labels)
            return self._children[labels]

    def _new(self, labels: Labels) -> C:
        return self._make(self.spec, labels, self._storage.cells(self.spec, labels))

    def hide_all_but(self, shown: Container[Labels]) -> list[C]:
        """Take the others out, to be hidden; they come back, and count to the limit, when they are asked for."""
        with self._lock:
            gone = [labels for labels in self._children if labels not in shown]
            for labels in gone:
                self._hidden[labels] = self._children.pop(labels)
            return [self._hidden[labels] for labels in gone]

    def lines(self, totals: Totals | None, style: Format) -> Iterator[str]:
        """The samples of all label combinations: of this process, or of all workers."""
        if totals is None:
            for child in tuple(self._children.values()):
                yield from child.lines(None, style)
            return
        for labels, cells in totals.get(self.spec.name, {}).items():
            child = self._children.get(labels) or self._of_others(labels)
            yield from child.lines(cells, style)

    def _of_others(self, labels: Labels) -> C:
        """What shows a combination that only other workers have counted; it counts nothing itself."""
        if labels not in self._elsewhere:
            self._elsewhere[labels] = self._make(self.spec, labels, [])
        return self._elsewhere[labels]


class Instruments:
    """The instruments of one process: one per spec, each made when it is first asked for.

    tenants: how many tenants the process may serve; it multiplies the limits of per-tenant families.
    storage: where the numbers are, `platform_telemetry.workers` for several processes behind one port.
    """

    def __init__(
        self, specs: Iterable[MetricSpec], *, tenants: int = 10_000, storage: Storage | None = None
    ) -> None:
        self.specs: Final = tuple(specs)
        self._tenants = tenants
        self._storage = storage or OwnMemory()
        self._values: dict[str, Family[Value]] = {}
        self._distributions: dict[str, Family[Distribution]] = {}
        self._readings: dict[str, Reading] = {}

    def value(self, spec: MetricSpec) -> Family[Value]:
        """The counter, gauge or info of that spec."""
        self._check(spec, is_histogram=False)
        if spec.name not in self._values:
            self._values[spec.name] = self._family(spec, Value)
        return self._values[spec.name]

    def histogram(self, spec: MetricSpec) -> Family[Distribution]:
        """The histogram of that spec."""
        self._check(spec, is_histogram=True)
        if spec.name not in self._distributions:
            self._distributions[spec.name] = self._family(spec, Distribution)
        return self._distributions[spec.name]

    def look_up(self, spec: MetricSpec, reading: Reading) -> None:
        """Fill the metric at each scrape from `reading`."""
        self._check(spec, is_histogram=False)
        self._readings[spec.name] = reading

    def read(self) -> None:
        """Look the gauges up now. Done before each scrape; workers do it by themselves for the others' scrapes."""
        for spec in self.specs:
            reading = self._readings.get(spec.name)
            if reading is not None:
                self._fill(spec, reading())

    def text(self, style: Format = Format.TEXT) -> str:
        """The exposition, families in the catalogue's order."""
        self.read()
        totals = self._storage.totals()
        lines: list[str] = []
        for spec in self.specs:
            lines.append(header(spec, style).rstrip("\n"))
            family = self._shown(spec, totals)
            if family is not None:
                lines.extend(family.lines(totals, style))
        if style is Format.OPENMETRICS:
            lines.append("# EOF")
        return "\n".join(lines) + "\n"

    def _shown(self, spec: MetricSpec, totals: Totals | None) -> Family[Value] | Family[Distribution] | None:
        """The family as far as it is used, here or by another worker."""
        if spec.type is MetricType.HISTOGRAM:
            used = spec.name in (self._distributions if totals is None else totals)
            return self.histogram(spec) if used else None
        used = spec.name in (self._values if totals is None else totals)
        return self.value(spec) if used else None

    def _fill(self, spec: MetricSpec, values: Mapping[Labels, float]) -> None:
        if spec.name not in self._values:
            self._values[spec.name] = self._family(spec, Value)
        family = self._values[spec.name]
        for child in family.hide_all_but(values.keys()):
            child.hide()
        for labels, value in values.items():
            family.at(*labels).set(value)

    def _family(self, spec: MetricSpec, make: Callable[[MetricSpec, Labels, Cells], C]) -> Family[C]:
        return Family(
            spec, make, self._storage, limit=spec.combinations(tenants=self._tenants),
            overflowed=lambda: self._overflowed(spec),
        )  # fmt: skip

    def _check(self, spec: MetricSpec, *, is_histogram: bool) -> None:
        if spec not in self.specs:
            raise ValueError(f"metric {spec.name!r} is not published by this process")
        if (spec.type is MetricType.HISTOGRAM) != is_histogram:
            raise ValueError(f"metric {spec.name!r} is a {spec.type}")

    def _overflowed(self, spec: MetricSpec) -> None:
        if contract.SERIES_OVERFLOW in self.specs:
            self.value(contract.SERIES_OVERFLOW).at(spec.name).inc()
