"""Log lines as text, as JSON lines and as CSV: each is written as it comes."""

from __future__ import annotations

import csv
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from platformctl.app.logs_search import Explained
from platformctl.model.log_query import LogLine
from platformctl_cli import show

_NS: Final = 10**9
_COLORS: Final = {"debug": "2", "warning": "33", "error": "31", "critical": "1;31"}
_MESSAGES: Final = ("event", "message", "msg")
_SHOWN: Final = frozenset({"timestamp", "time", "ts", "level", "service", "tenant", "logger", *_MESSAGES})
# Lines come from outside, too: what would move a terminal's cursor is shown, not obeyed.
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_COLUMNS: Final = ("time", "tenant", "service", "level", "request_id", "trace_id", "line")


def show_text(lines: Iterable[LogLine]) -> None:
    """For a person: time, level, service, tenant, what happened, and the other fields of the line."""
    coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    for line in lines:
        show.result(text_of(line, coloured=coloured))


def show_json(lines: Iterable[LogLine]) -> None:
    """One JSON object a line: a document of all of them would have to wait for the last."""
    for line in lines:
        show.result(json.dumps(json_of(line), ensure_ascii=False))


def show_csv(lines: Iterable[LogLine]) -> None:
    """RFC 4180, with a header."""
    writer = csv.writer(sys.stdout)
    writer.writerow(_COLUMNS)
    for line in lines:
        values = json_of(line)
        writer.writerow([values.get(column, "") for column in _COLUMNS])


def json_of(line: LogLine) -> dict[str, str]:
    """All that is known of a line."""
    return {
        **line.metadata,
        "time": f"{_time(line.time_ns)}{line.time_ns % 10**6:06}Z",
        "tenant": line.tenant,
        "service": line.service,
        "level": line.level,
        "line": line.text,
    }


def text_of(line: LogLine, *, coloured: bool) -> str:
    """One line for a person; a traceback goes on below it, indented."""
    level = f"{line.level:<8}"
    if coloured and (color := _COLORS.get(line.level)):
        level = f"\x1b[{color}m{level}\x1b[0m"
    head = f"{_time(line.time_ns).replace('T', ' ')} {level} {line.service} {line.tenant}"
    return f"{head}  {_harmless(_message(line.text))}"


def _time(time_ns: int) -> str:
    at = datetime.fromtimestamp(time_ns // _NS, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{time_ns % _NS // 10**6:03}"


def _message(text: str) -> str:
    if not text.startswith("{"):
        return text.replace("\n", "\n    ")
    try:
        fields = json.loads(text)
    except ValueError:
        return text
    message = next((str(fields[name]) for name in _MESSAGES if name in fields), "")
    return " ".join(filter(None, (message, *_others(fields))))


def _others(fields: Mapping[str, object]) -> Iterator[str]:
    for name, value in fields.items():
        if name not in _SHOWN and value not in (None, ""):
            shown = value if isinstance(value, str) and " " not in value else json.dumps(value)
            yield f"{name}={shown}"


def _harmless(text: str) -> str:
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def show_explained(explained: Explained) -> None:
    """Where the search looks, and for what."""
    show.result(explained.query)
    if explained.command:
        times = len(explained.organisations)
        others = f", and {times - 1} times more as others" if times > 1 else ""
        show.result(f"  asked of Loki at {explained.place}, as {explained.organisations[0]}{others}")
        show.result(f"  {explained.command}")
    else:
        show.result(f"  no Loki runs here; the same filters over: {explained.place}")
