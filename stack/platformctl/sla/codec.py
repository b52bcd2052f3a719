"""Reports as JSON and back, exactly: counts as numbers, decimals and instants as text.

Ratios are written beside the counts they are made of, for those who read the file; reading them back, only
the counts matter.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Final, TypeAlias, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from platformctl.sla import wording
from platformctl.sla.counts import Counts
from platformctl.sla.percentile import percentiles
from platformctl.sla.report import Incident, Promise, Report, Statement

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
T = TypeVar("T")
FORMAT: Final = 1


def to_json(report: Report) -> dict[str, Json]:
    """The report as plain data; `FORMAT` changes when a reader would have to."""
    return {"format": FORMAT, **cast(dict[str, Json], _plain(report))}


def from_json(document: dict[str, Json]) -> Report:
    """The report that `to_json` wrote; raises `ValueError` for another format."""
    if document.get("format") != FORMAT:
        raise ValueError(f"a report of format {document.get('format')}; this version reads {FORMAT}")
    return _dataclass(Report, document)


def _plain(value: object) -> Json:
    kind = type(value)
    if value is None or kind in (bool, int, str):
        return cast(Json, value)
    if kind is tuple:
        return [_plain(item) for item in cast(tuple[object, ...], value)]
    if is_dataclass(kind):
        written = {name: _plain(getattr(value, name)) for name in _names(kind)}
        return written | _derived(value)
    return _text(value)


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind))


def _text(value: object) -> str | int:
    match value:
        case StrEnum():
            return str(value)
        case Decimal():
            return f"{value:f}"
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case time():
            return f"{value:%H:%M}"
        case timedelta():
            return int(value.total_seconds())
    raise TypeError(f"cannot be written: {type(value).__name__}")


def _derived(value: object) -> dict[str, Json]:
    """Figures for readers, worked out from what stands beside them."""
    match value:
        case Counts():
            return {"percent": wording.percent(value.ratio).removesuffix(" %")} if value.counted else {}
        case Promise(target=Decimal() as target) if value.counts.counted:
            return {
                "kept": value.kept,
                "budget_spent_percent": wording.spent(value.counts.spent(target)).removesuffix(" %"),
                "budget_left_percent": wording.left(value.counts.left(target)).removesuffix(" %"),
            }
        case Statement():
            return {"kept": value.kept if value.known else None, "percentiles": _percentiles(value)}
        case Incident():
            return {
                "minutes_to_detect": value.minutes_to_detect,
                "minutes_to_repair": value.minutes_to_repair,
            }
        case Report():
            return {"provisional": value.provisional, "name": value.period.name}
        case _:
            return {}


def _percentiles(statement: Statement) -> Json:
    return [
        {
            "percent": int(found.share * 100),
            "over": f"{found.over:f}",
            "at_most": None if found.at_most is None else f"{found.at_most:f}",
        }
        for found in percentiles(statement.buckets, statement.latency.counts.total)
    ]


def _dataclass(kind: type[T], document: dict[str, Json]) -> T:
    hints = get_type_hints(kind)
    names = [f.name for f in fields(cast(type, kind)) if f.name in document]
    return kind(**{name: _read(hints[name], document[name]) for name in names})


def _read(kind: object, value: Json) -> object:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return None if value is None else _read(get_args(kind)[0], value)
    if origin is tuple:
        return tuple(_read(get_args(kind)[0], item) for item in cast(list[Json], value))
    if is_dataclass(kind) and isinstance(kind, type):
        return _dataclass(kind, cast(dict[str, Json], value))
    return _SCALARS[kind](value) if kind in _SCALARS else cast(Callable[[Json], object], kind)(value)


def _seconds(value: Json) -> timedelta:
    return timedelta(seconds=cast(int, value))


_SCALARS: Final[dict[object, Callable[..., object]]] = {
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    time: time.fromisoformat,
    timedelta: _seconds,
}
