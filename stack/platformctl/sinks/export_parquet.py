"""Samples as Parquet. Rows are held until they make a group, some 65,000, and no longer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from platformctl.sinks.export_formats import NAME, Columns, SeriesRows, heads

_ROWS_A_GROUP: Final = 65_536


def write(path: Path, columns: Columns, series: Iterable[SeriesRows]) -> int:
    """Write series to a file; gives the number of rows."""
    schema = _schema(columns)
    return _write_groups(path, schema, _tables(schema, columns, series))


def join(path: Path, columns: Columns, parts: list[Path]) -> None:
    """One file of the rows of many."""
    _write_groups(path, _schema(columns), (group for part in parts for group in _groups(part)))


def _groups(path: Path) -> Iterator[pa.Table]:
    with pq.ParquetFile(path) as file:
        for number in range(file.num_row_groups):
            yield file.read_row_group(number)


def _write_groups(path: Path, schema: pa.Schema, tables: Iterable[pa.Table]) -> int:
    total, count, waiting = 0, 0, []
    with pq.ParquetWriter(path, schema) as out:
        for table in tables:
            waiting.append(table)
            count += table.num_rows
            if count >= _ROWS_A_GROUP:
                out.write_table(pa.concat_tables(waiting))
                total, count, waiting = total + count, 0, []
        if waiting:
            out.write_table(pa.concat_tables(waiting))
    return total + count


def _schema(columns: Columns) -> pa.Schema:
    texts = [(name, pa.string()) for name in heads(columns)[:-2]]
    return pa.schema([*texts, ("time", pa.timestamp("ms", tz="UTC")), ("value", pa.float64())])


def _tables(schema: pa.Schema, columns: Columns, series: Iterable[SeriesRows]) -> Iterator[pa.Table]:
    """The rows in groups; plain lists until then, since a table of its own for each short series is large."""
    texts: list[list[str]] = [[] for _ in (NAME, *columns)]
    times: list[int] = []
    values: list[float] = []
    for labels, rows in series:
        for text, name in zip(texts, (NAME, *columns), strict=True):
            text.extend([labels.get(name, "")] * len(rows))
        times.extend(at for at, _ in rows)
        values.extend(float(value) for _, value in rows)
        if len(times) >= _ROWS_A_GROUP:
            yield pa.Table.from_arrays(_arrays(schema, [*texts, times, values]), schema=schema)
            texts, times, values = [[] for _ in texts], [], []
    if times:
        yield pa.Table.from_arrays(_arrays(schema, [*texts, times, values]), schema=schema)


def _arrays(
    schema: pa.Schema, lists: Sequence[Sequence[str] | Sequence[int] | Sequence[float]]
) -> list[pa.Array]:
    return [pa.array(values, field.type) for values, field in zip(lists, schema, strict=True)]
