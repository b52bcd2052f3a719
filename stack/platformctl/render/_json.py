"""The only place that writes JSON files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final, TypeAlias

from platformctl.model.artifact import Artifact

Rows: TypeAlias = Mapping[str, object] | Sequence[object]

_row: Final = partial(json.dumps, ensure_ascii=False)


def json_artifact(path: str, data: object, *, sort_keys: bool = False) -> Artifact:
    """An indented JSON file, ending in a newline."""
    text = json.dumps(data, indent=2, ensure_ascii=False, sort_keys=sort_keys)
    return Artifact(path, f"{text}\n".encode())


def json_rows_artifact(path: str, data: Mapping[str, Rows]) -> Artifact:
    """A JSON file of tables that may be long: one row a line, which also takes a tenth of the time to write."""
    tables = (f"{_row(name)}: {_table(rows)}" for name, rows in data.items())
    return Artifact(path, f"{{{', '.join(tables)}}}\n".encode())


def _table(rows: Rows) -> str:
    if isinstance(rows, Mapping):
        return "{\n" + ",\n".join(f"{_row(name)}: {_row(row)}" for name, row in rows.items()) + "\n}"
    return "[\n" + ",\n".join(map(_row, rows)) + "\n]"
