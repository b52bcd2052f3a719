"""The way of one request: its spans, and what was logged about it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformctl.app.address import address
from platformctl.app.servers import what_runs
from platformctl.app.session import Request
from platformctl.errors import PlatformError, UsageError
from platformctl.model.trace import Branch, Span, tree
from platformctl.sources.http import HttpServer
from platformctl.sources.tempo import Tempo

_TRACE_ID: Final = re.compile(r"[0-9a-f]{32}")
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
_STORES: Final = ("tempo", "traces")
_TIMEOUT_S: Final = 10.0
_MOST_LINES: Final = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A request by its id, or a trace by its; `store` is the ``host:port`` of a Tempo elsewhere."""

    id: str
    base: Request
    store: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of a log; `at` as it was written."""

    at: str
    service: str
    level: str
    text: str
    fields: Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Journey:
    """One trace and its lines. `notes` says what could not be looked at."""

    trace_id: str
    branches: tuple[Branch, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()


def journeys(wanted: Wanted) -> tuple[Journey, ...]:
    """The traces of a request, the newest first; raises `PlatformError` where there is none."""
    text = wanted.id.strip().lower() if _TRACE_ID.fullmatch(wanted.id.strip().lower()) else wanted.id.strip()
    if not _TRACE_ID.fullmatch(text) and not _REQUEST_ID.fullmatch(text):
        raise UsageError(
            f"{wanted.id!r} is neither a request id nor a trace id",
            fix="take it from the answer's header X-Request-Id, or from a log line",
        )
    store, logs = _places(wanted)
    ids = (text,) if _TRACE_ID.fullmatch(text) else store.find(text)
    found = [(one, store.trace(one)) for one in ids]
    traced = tuple(_journey(trace_id, spans, logs) for trace_id, spans in found if spans)
    if traced:
        return traced
    lines = tuple(_lines(logs, {text}))
    if lines:
        note = "no spans: the request was not sampled, they have been dropped, or are still on their way"
        return (Journey(trace_id="", branches=(), lines=lines, notes=(note,)),)
    raise PlatformError(
        f"nothing is known of {text}",
        where=store.server.address,
        fix="spans arrive within seconds of the answer; or look elsewhere with --store HOST:PORT",
    )


def _places(wanted: Wanted) -> tuple[Tempo, Path | None]:
    if wanted.store:
        return Tempo(HttpServer(address(wanted.store), _TIMEOUT_S)), None
    running = what_runs(wanted.base)
    for name in _STORES:
        if found := running.address(name):
            return Tempo(HttpServer(found, _TIMEOUT_S)), running.workspace.state / "logs"
    raise PlatformError(
        "neither Tempo nor the local collector of traces runs here",
        fix="platformctl deploy, or name one with --store HOST:PORT",
    )


def _journey(trace_id: str, spans: tuple[Span, ...], logs: Path | None) -> Journey:
    ids = {trace_id} | {span.attributes["request.id"] for span in spans if span.attributes.get("request.id")}
    notes = () if logs and logs.is_dir() else ("log lines are not at hand here: platformctl logs",)
    return Journey(trace_id=trace_id, branches=tree(spans), lines=tuple(_lines(logs, ids)), notes=notes)


def _lines(logs: Path | None, ids: set[str]) -> Iterator[Line]:
    """The JSON lines of local processes that carry one of the ids, by time, up to a number."""
    if logs is None:
        return
    found = [line for path in sorted(logs.glob("*.log*")) for line in _of_file(path, ids)]
    yield from sorted(found, key=lambda line: line.at)[:_MOST_LINES]


def _of_file(path: Path, ids: set[str]) -> Iterator[Line]:
    sought = tuple(one.encode() for one in ids)
    with path.open("rb") as file:
        for raw in file:
            if any(one in raw for one in sought) and (line := _line(raw, path.name.partition(".")[0], ids)):
                yield line


def _line(raw: bytes, component: str, ids: set[str]) -> Line | None:
    try:
        fields = json.loads(raw)
    except ValueError:
        return None
    if not isinstance(fields, dict) or not ids & {fields.get("request_id"), fields.get("trace_id")}:
        return None
    return Line(
        at=str(fields.pop("timestamp", "")),
        service=str(fields.pop("service", component)),
        level=str(fields.pop("level", "")),
        text=str(fields.pop("event", fields.pop("msg", ""))),
        fields=fields,
    )
