"""One label combination of a metric: its numbers, and how the exposition shows them."""

from __future__ import annotations

import math
import time
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import TypeAlias

from platform_telemetry.exposition import Format, label_text, number
from platform_telemetry.spec import MetricSpec

Labels: TypeAlias = tuple[str, ...]
Cells: TypeAlias = "list[float] | memoryview[float]"
"""The numbers of one label combination: of this process alone, or where other workers can read them."""

Exemplar: TypeAlias = tuple[str, float, float]
"""A trace id, the value observed in it, and when (Unix time)."""


class Value:
    """One number with its label combination."""

    __slots__ = ("_cells", "_head", "_lock")

    def __init__(self, spec: MetricSpec, labels: Labels, cells: Cells) -> None:
        self._head = f"{spec.name}{label_text(spec.labels, labels)} "
        self._lock = Lock()
        self._cells = cells

    @property
    def value(self) -> float:
        """The number, as this process has it."""
        return self._cells[0]

    def inc(self, by: float = 1.0) -> None:
        """Add to the number."""
        with self._lock:
            self._cells[0] += by

    def set(self, value: float) -> None:
        """Replace the number."""
        self._cells[0] = value

    def hide(self) -> None:
        """Show nothing until the number is set again."""
        self._cells[0] = math.nan

    def lines(self, cells: Sequence[float] | None, style: Format) -> Iterator[str]:  # noqa: ARG002
        """The number as the exposition shows it: `cells`, or this process's own."""
        value = (self._cells if cells is None else cells)[0]
        if not math.isnan(value):
            yield self._head + number(value)


class Distribution:
    """One histogram with its label combination. Its cells: the count of each bucket, and the sum."""

    __slots__ = ("_bounds", "_cells", "_exemplars", "_heads", "_lock")

    def __init__(self, spec: MetricSpec, labels: Labels, cells: Cells) -> None:
        self._bounds = spec.buckets
        self._cells = cells
        self._lock = Lock()
        self._exemplars: dict[int, Exemplar] = {}
        names = (*spec.labels, "le")
        # "1.0" and not "1": Prometheus 3 writes it so, and matchers must fit 2.x as well
        bounds = (*(repr(float(bound)) for bound in spec.buckets), "+Inf")
        buckets = (f"{spec.name}_bucket{label_text(names, (*labels, bound))} " for bound in bounds)
        text = label_text(spec.labels, labels)
        self._heads = (*buckets, f"{spec.name}_sum{text} ", f"{spec.name}_count{text} ")

    def observe(self, value: float, *, trace_id: str = "") -> None:
        """Count one observation; the trace it was made in becomes its bucket's example."""
        index = bisect_left(self._bounds, value)
        with self._lock:
            self._cells[index] += 1
            self._cells[-1] += value
        if trace_id:
            self._exemplars[index] = (trace_id, value, time.time())

    def lines(self, cells: Sequence[float] | None, style: Format) -> Iterator[str]:
        """The buckets, the sum and the count as the exposition shows them: of `cells`, or of this process."""
        if cells is None:
            with self._lock:
                cells = tuple(self._cells)
        with_examples = self._exemplars and style is Format.OPENMETRICS
        below = 0
        for index, count in enumerate(cells[:-1]):
            below += int(count)
            line = f"{self._heads[index]}{below}"
            yield line + self._example(index) if with_examples else line
        yield self._heads[-2] + number(cells[-1])
        yield f"{self._heads[-1]}{below}"

    def _example(self, index: int) -> str:
        found = self._exemplars.get(index)
        if found is None:
            return ""
        trace_id, value, at = found
        return f' # {{trace_id="{trace_id}"}} {number(value)} {at:.3f}'
