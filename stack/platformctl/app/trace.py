"""The way of one request: its spans, and what was logged about it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Final

from platformctl.app.address import address
from platformctl.app.logs_search import Search, search_lines
from platformctl.app.servers import what_runs
from platformctl.app.session import Request
from platformctl.errors import PlatformError, UsageError
from platformctl.model.log_query import LogLine
from platformctl.model.trace import Branch, Span, tree
from platformctl.sources.http import HttpServer
from platformctl.sources.tempo import Tempo

_TRACE_ID: Final = re.compile(r"[0-9a-f]{32}")
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
_STORES: Final = ("tempo", "traces")
_TIMEOUT_S: Final = 10.0
_MOST_LINES: Final = 500
_AROUND_NS: Final = 60 * 10**9
_WITHOUT_SPANS: Final = "24h"
_ELSEWHERE: Final = "its log lines are where it ran: platformctl logs --trace-id"
_NO_SPANS: Final = "no spans: it was not sampled, they have been dropped, or they are still on their way"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A request by its id, or a trace by its; `store` is the ``host:port`` of a Tempo elsewhere."""

    id: str
    base: Request
    store: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Journey:
    """One trace and its lines. `notes` says what could not be looked at."""

    trace_id: str
    branches: tuple[Branch, ...]
    lines: tuple[LogLine, ...]
    notes: tuple[str, ...] = ()


def journeys(wanted: Wanted) -> tuple[Journey, ...]:
    """The traces of a request, the newest first; raises `PlatformError` where nothing is known of it."""
    text = _id(wanted.id)
    is_trace = bool(_TRACE_ID.fullmatch(text))
    store = _store(wanted)
    found = [(one, store.trace(one)) for one in ((text,) if is_trace else store.find(text))]
    traced = tuple(_journey(wanted, trace_id, spans) for trace_id, spans in found if spans)
    if traced:
        return traced
    if not wanted.store:
        search = Search(base=wanted.base, since=_WITHOUT_SPANS)
        lines = _first(
            _lines(search, trace_ids=(text,) if is_trace else (), request_ids=() if is_trace else (text,))
        )
        if lines:
            return (Journey(trace_id="", branches=(), lines=lines, notes=(_NO_SPANS,)),)
    raise PlatformError(
        f"nothing is known of {text}",
        where=store.server.address,
        fix="spans arrive within seconds of the answer; or look elsewhere with --store HOST:PORT",
    )


def _id(given: str) -> str:
    """A trace id in lower case, or a request id as it is; raises `UsageError` for anything else."""
    text = given.strip()
    if _TRACE_ID.fullmatch(text.lower()):
        return text.lower()
    if _REQUEST_ID.fullmatch(text):
        return text
    raise UsageError(
        f"{given!r} is neither a request id nor a trace id",
        fix="take it from the answer's header X-Request-Id, or from a log line",
    )


def _store(wanted: Wanted) -> Tempo:
    if wanted.store:
        return Tempo(HttpServer(address(wanted.store), _TIMEOUT_S))
    running = what_runs(wanted.base)
    for name in _STORES:
        if found := running.address(name):
            return Tempo(HttpServer(found, _TIMEOUT_S))
    raise PlatformError(
        "neither Tempo nor the local collector of traces runs here",
        fix="platformctl deploy, or name one with --store HOST:PORT",
    )


def _journey(wanted: Wanted, trace_id: str, spans: tuple[Span, ...]) -> Journey:
    if wanted.store:
        return Journey(trace_id=trace_id, branches=tree(spans), lines=(), notes=(f"{_ELSEWHERE} {trace_id}",))
    began, ended = min(s.start_ns for s in spans), max(s.start_ns + s.duration_ns for s in spans)
    search = Search(base=wanted.base, since=_moment(began - _AROUND_NS), until=_moment(ended + _AROUND_NS))
    requests = {span.attributes["request.id"] for span in spans if span.attributes.get("request.id")}
    lines = _first(_lines(search, trace_ids=(trace_id,), request_ids=sorted(requests)))
    return Journey(trace_id=trace_id, branches=tree(spans), lines=lines)


def _lines(search: Search, *, trace_ids: Iterable[str], request_ids: Iterable[str]) -> list[LogLine]:
    """The lines that carry one of the ids; one that carries two is there once."""
    searches = [replace(search, trace_id=one) for one in trace_ids]
    searches += [replace(search, request_id=one) for one in request_ids]
    return [line for one in searches for line in islice(search_lines(one), _MOST_LINES)]


def _first(lines: Iterable[LogLine]) -> tuple[LogLine, ...]:
    unique = {(line.time_ns, line.service, line.text): line for line in lines}
    return tuple(sorted(unique.values(), key=lambda line: line.time_ns)[:_MOST_LINES])


def _moment(at_ns: int) -> str:
    return datetime.fromtimestamp(at_ns / 1e9, UTC).isoformat()
