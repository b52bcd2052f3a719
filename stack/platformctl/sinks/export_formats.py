"""Samples as CSV and JSON lines; Parquet has a module of its own. Each writer holds one series at a time.

One row a sample: the metric, its labels, the time in UTC to the millisecond, the value.
"""

from __future__ import annotations

import csv
import io
import json
import math
import shutil
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from platformctl.errors import PlatformError
from platformctl.sla.extract import Format, Row

Columns: TypeAlias = tuple[str, ...]
SeriesRows: TypeAlias = tuple[Mapping[str, str], tuple[Row, ...]]
Writer: TypeAlias = Callable[[Path, Columns, Iterable[SeriesRows]], int]
Joiner: TypeAlias = Callable[[Path, Columns, list[Path]], None]


class ParquetModule(NamedTuple):
    """What the module that needs pyarrow gives."""

    write: Writer
    join: Joiner


NAME: Final = "__name__"
_OWN: Final = ("metric", "time", "value")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def writer(form: Format) -> Writer:
    """Write series to a file; gives the number of rows."""
    match form:
        case Format.CSV:
            return _csv
        case Format.JSONL:
            return _jsonl
        case Format.PARQUET:
            return _parquet().write


def joiner(form: Format) -> Joiner:
    """Make one file of pieces."""
    match form:
        case Format.CSV:
            return _join_csv
        case Format.JSONL:
            return _join_text
        case Format.PARQUET:
            return _parquet().join


def _parquet() -> ParquetModule:
    try:
        from platformctl.sinks import export_parquet
    except ImportError as error:
        raise PlatformError(
            "writing Parquet needs pyarrow", fix="pip install 'platformctl[export]'"
        ) from error
    return ParquetModule(write=export_parquet.write, join=export_parquet.join)


def heads(columns: Columns) -> tuple[str, ...]:
    """The columns of a table: a label that is named as one of our own gets ``label_`` before its name."""
    labels = (f"label_{name}" if name in _OWN else name for name in columns)
    return ("metric", *labels, "time", "value")


def _csv(path: Path, columns: Columns, series: Iterable[SeriesRows]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as out:
        for labels, rows in series:
            first = _csv_line([labels.get(NAME, ""), *(labels.get(name, "") for name in columns)])
            out.writelines(f"{first},{_time(at)},{value}\n" for at, value in rows)
            count += len(rows)
    return count


def _csv_line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()


def _join_csv(path: Path, columns: Columns, parts: list[Path]) -> None:
    head = path.with_name("head")
    head.write_text(_csv_line(heads(columns)) + "\n", encoding="utf-8")
    _join_text(path, columns, [head, *parts])


def _jsonl(path: Path, _columns: Columns, series: Iterable[SeriesRows]) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as out:
        for labels, rows in series:
            named = {name: value for name, value in labels.items() if name != NAME}
            first = json.dumps({"metric": labels.get(NAME, ""), "labels": named}, ensure_ascii=False)[:-1]
            out.writelines(
                f'{first}, "time": "{_time(at)}", "value": {_json_number(value)}}}\n' for at, value in rows
            )
            count += len(rows)
    return count


def _json_number(text: str) -> str:
    """JSON knows neither NaN nor infinity: they are written as text."""
    return text if math.isfinite(float(text)) else f'"{text}"'


def _join_text(path: Path, _columns: Columns, parts: list[Path]) -> None:
    with path.open("wb") as out:
        for part in parts:
            with part.open("rb") as piece:
                shutil.copyfileobj(piece, out, 1 << 20)


def _time(ms: int) -> str:
    return (_EPOCH + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
