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
from functools import partial
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


def availability(document: dict[str, Json]) -> dict[str, Counts]:
    """What `to_json` wrote of each known tenant's requests, without reading all the rest."""
    statements = cast(list[dict[str, dict[str, Json]]], document["statements"])
    return {
        str(one["tenant"]): _dataclass(Counts, cast(dict[str, Json], one["availability"]["counts"]))
        for one in statements
        if one["known"]
    }


Reader: TypeAlias = Callable[[Json], object]
Writer: TypeAlias = Callable[[object], Json]
_READERS: Final[dict[type, tuple[tuple[str, Reader], ...]]] = {}
_WRITERS: Final[dict[type, Writer]] = {}
"""How values of exactly this type are read and written; found once, since a report holds hundreds of thousands."""


def _plain(value: object) -> Json:
    kind = type(value)
    if kind in _ITSELF:
        return cast(Json, value)
    writer = _WRITERS.get(kind)
    if writer is None:
        writer = _WRITERS[kind] = _writer(kind)
    return writer(value)


def _writer(kind: type) -> Writer:
    if kind is tuple:
        return _list
    if is_dataclass(kind):
        return partial(_object, names=tuple(f.name for f in fields(kind)), derive=_DERIVED.get(kind))
    return next(write for of, write in _TEXTS if issubclass(kind, of))


def _list(value: object) -> Json:
    return [_plain(item) for item in cast(tuple[object, ...], value)]


def _object(
    value: object, *, names: tuple[str, ...], derive: Callable[[object], dict[str, Json]] | None
) -> Json:
    written = {
        name: cast(Json, given) if type(given := getattr(value, name)) in _ITSELF else _plain(given)
        for name in names
    }
    if derive:
        written |= derive(value)
    return written


_ITSELF: Final = frozenset((bool, int, str, type(None)))
_TEXTS: Final = cast(
    "tuple[tuple[type, Writer], ...]",
    (
        (StrEnum, str),
        (Decimal, "{:f}".format),
        (datetime, lambda at: at.astimezone(UTC).isoformat().replace("+00:00", "Z")),
        (date, date.isoformat),
        (time, "{:%H:%M}".format),
        (timedelta, lambda length: int(length.total_seconds())),
    ),
)
"""How scalars are written that JSON has none of; the first kind that fits."""


def _of_counts(counts: Counts) -> dict[str, Json]:
    return {"percent": wording.percent(counts.ratio).removesuffix(" %")} if counts.counted else {}


def _of_promise(promise: Promise) -> dict[str, Json]:
    counts, target = promise.counts, promise.target
    if target is None or not counts.counted:
        return {}
    certain: dict[str, Json] = {}
    if (truly := promise.between) is not None:
        least, most = wording.between(*truly).removesuffix(" %").split(" to ")
        certain = {"least_percent": least, "most_percent": most, "certain": not promise.is_close}
    return certain | {
        "kept": promise.kept,
        "budget_spent_percent": wording.spent(counts.spent(target)).removesuffix(" %"),
        "budget_left_percent": wording.left(counts.left(target)).removesuffix(" %"),
    }


def _of_statement(statement: Statement) -> dict[str, Json]:
    return {"kept": statement.kept if statement.known else None, "percentiles": _percentiles(statement)}


def _of_incident(incident: Incident) -> dict[str, Json]:
    return {"minutes_to_detect": incident.minutes_to_detect, "minutes_to_repair": incident.minutes_to_repair}


def _of_report(report: Report) -> dict[str, Json]:
    return {"provisional": report.provisional, "name": report.period.name}


_DERIVED: Final = cast(
    "dict[type, Callable[[object], dict[str, Json]]]",
    {
        Counts: _of_counts,
        Promise: _of_promise,
        Statement: _of_statement,
        Incident: _of_incident,
        Report: _of_report,
    },
)
"""Figures for readers, worked out from what stands beside them."""


def _percentiles(statement: Statement) -> Json:
    return [
        {
            "percent": found.percent,
            "over": f"{found.over:f}",
            "at_most": None if found.at_most is None else f"{found.at_most:f}",
        }
        for found in percentiles(statement.buckets, statement.latency.counts.total)
    ]


def _dataclass(kind: type[T], document: dict[str, Json]) -> T:
    readers = _READERS.get(kind)
    if readers is None:
        hints = get_type_hints(kind)
        readers = tuple((f.name, _reader(hints[f.name])) for f in fields(cast(type, kind)))
        _READERS[kind] = readers
    return kind(**{name: read(document[name]) for name, read in readers if name in document})


def _reader(kind: object) -> Reader:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        given = _reader(get_args(kind)[0])
        return lambda value: None if value is None else given(value)
    if origin is tuple:
        item = _reader(get_args(kind)[0])
        return lambda value: tuple(item(one) for one in cast(list[Json], value))
    if is_dataclass(kind) and isinstance(kind, type):
        return partial(_dataclass, kind)
    return _SCALARS[kind] if kind in _SCALARS else cast(Reader, kind)


def _seconds(value: Json) -> timedelta:
    return timedelta(seconds=cast(int, value))


_SCALARS: Final[dict[object, Reader]] = {
    datetime: lambda value: datetime.fromisoformat(str(value)),
    date: lambda value: date.fromisoformat(str(value)),
    time: lambda value: time.fromisoformat(str(value)),
    timedelta: _seconds,
}
