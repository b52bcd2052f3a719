"""How one query fares on a live Prometheus or Loki: how much it gives, and how long it takes."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

from platformctl.sources.documents import Json
from platformctl.sources.http import HttpServer, Unreachable

PROMETHEUS_API: Final = "/api/v1"
LOKI_API: Final = "/loki/api/v1"
_REASON: Final = re.compile(r'"error":\s*"((?:[^"\\]|\\.)*)')


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """A stretch of time in Unix seconds, and the distance of two points in it."""

    start_s: float
    end_s: float
    step_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """What came back. series: those with a value that is a number (for logs: streams); error: why nothing did."""

    series: int
    took_s: float
    error: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class QueryServer:
    """A server that answers queries below `api`, which is one of the two prefixes above."""

    server: HttpServer
    api: str
    clock: Callable[[], float] = time.monotonic

    def measure(self, expr: str, window: Window, *, instant: bool) -> Measured:
        """Run the query once, over the window or at its end; never raises for what the server answers."""
        begin = self.clock()
        try:
            result = self._instant(expr, window) if instant else self._range(expr, window)
        except Unreachable as error:
            return Measured(series=0, took_s=self.clock() - begin, error=_reason(error.what))
        return Measured(series=sum(map(_has_value, result)), took_s=self.clock() - begin)

    def values_of(self, label: str, expr: str) -> tuple[str, ...]:
        """The values that a label has in the result of `expr` now, sorted; raises `Unreachable`."""
        result = _result(self.server.get_json(f"{self.api}/query", query=expr))
        metrics = [cast(dict[str, str], cast(dict[str, Json], entry)["metric"]) for entry in result]
        return tuple(sorted({metric[label] for metric in metrics if metric.get(label)}))

    def names(self, window: Window) -> frozenset[str]:
        """The names of the metrics that have samples in the window; raises `Unreachable`."""
        body = self.server.get_json(
            f"{self.api}/label/__name__/values", start=str(window.start_s), end=str(window.end_s)
        )
        return frozenset(cast(list[str], cast(dict[str, Json], body)["data"]))

    def _instant(self, expr: str, window: Window) -> list[Json]:
        return _result(self.server.get_json(f"{self.api}/query", query=expr, time=str(window.end_s)))

    def _range(self, expr: str, window: Window) -> list[Json]:
        bounds = {"start": str(window.start_s), "end": str(window.end_s), "step": str(window.step_s)}
        return _result(self.server.get_json(f"{self.api}/query_range", query=expr, **bounds))


def _result(body: Json) -> list[Json]:
    data = cast(dict[str, Json], cast(dict[str, Json], body)["data"])
    if data["resultType"] in ("scalar", "string"):
        return [{"metric": {}, "value": data["result"]}]
    return cast(list[Json], data["result"])


def _has_value(entry: Json) -> bool:
    """Whether a graph would show the series: a division of nothing by nothing is a NaN, and no line."""
    series = cast(dict[str, Json], entry)
    if "stream" in series:
        return bool(series["values"])
    points = series["values"] if "values" in series else [series["value"]]
    return any(not math.isnan(float(point[1])) for point in cast(list[tuple[float, str]], points))


def _reason(answer: str) -> str:
    """What the server says is wrong, without the JSON around it."""
    found = _REASON.search(answer)
    return found[1].replace('\\"', '"') if found else answer
