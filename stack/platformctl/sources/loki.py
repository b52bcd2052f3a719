"""Log lines out of Loki: any number of them, a page at a time."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias, TypedDict, cast

from platformctl.errors import PlatformError
from platformctl.model.log_query import LogLine, LogQuery
from platformctl.render.logql import logql
from platformctl.sources.http import HttpServer

_PATH: Final = "/loki/api/v1/query_range"
_PAGE: Final = 5000  # as many as Loki gives by default
_SMALLEST_PAGE: Final = 500
_AT_A_TIME: Final = 100  # organisations of one query: Loki asks itself once for each
_LABELS: Final = ("tenant", "service", "level")
_NOT_TOLD: Final = frozenset({*_LABELS, "__tenant_id__", "environment"})
# The agents send what they have read within a second or two; a slow host may take longer.
_LATE_NS: Final = 15 * 10**9
_POLL_S: Final = 1.0

_Key: TypeAlias = int


class _Stream(TypedDict):
    stream: dict[str, str]
    values: list[tuple[str, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Loki:
    """A Loki, with the header of the tenants whose lines may be read already set."""

    server: HttpServer
    page: int = _PAGE

    def lines(self, query: LogQuery) -> Iterator[LogLine]:
        """All lines, the oldest first, holding one page in memory; raises `Unreachable`."""
        start, told = query.start_ns, frozenset[_Key]()
        while True:
            page = self._page(replace(query, start_ns=start))
            fresh = [line for line in page if _key(line) not in told]
            yield from fresh
            if len(page) < self.page:
                return
            last = page[-1].time_ns
            if not fresh:
                raise PlatformError(
                    f"more than {self.page} lines bear the same time, {last} ns",
                    fix="ask for less at once: --service, --level or --tenant",
                )
            told = frozenset(_key(line) for line in page if line.time_ns == last)
            start = last

    def follow(
        self, query: LogQuery, *, now_ns: Callable[[], int], sleep: Callable[[float], None]
    ) -> Iterator[LogLine]:
        """The lines so far and, for ever, those that arrive, also a little late; the query's end is not heeded."""
        return _follow(self.lines, query, now_ns, sleep)

    def _page(self, query: LogQuery) -> list[LogLine]:
        body = self.server.get_json(
            _PATH,
            query=logql(query),
            start=str(query.start_ns),
            end=str(query.end_ns),
            limit=str(self.page),
            direction="forward",
        )
        streams = cast("dict[str, dict[str, list[_Stream]]]", body)["data"]["result"]
        return sorted((line for stream in streams for line in _lines(stream)), key=lambda line: line.time_ns)


@dataclass(frozen=True, kw_only=True, slots=True)
class ManyLokis:
    """One Loki asked as many organisations, some at a time; holds a page of each batch in memory."""

    batches: tuple[Loki, ...]

    @classmethod
    def of(cls, address: str, timeout_s: float, organisations: Sequence[str]) -> ManyLokis:
        """In batches, so that no header outgrows what servers take."""
        headers = ["|".join(batch) for batch in _batches(organisations)]
        page = max(_PAGE // len(headers), _SMALLEST_PAGE)
        return cls(
            batches=tuple(
                Loki(server=HttpServer(address, timeout_s, {"X-Scope-OrgID": header}), page=page)
                for header in headers
            )
        )

    def lines(self, query: LogQuery) -> Iterator[LogLine]:
        """All lines of all organisations, the oldest first."""
        return heapq.merge(*(loki.lines(query) for loki in self.batches), key=lambda line: line.time_ns)

    def follow(
        self, query: LogQuery, *, now_ns: Callable[[], int], sleep: Callable[[float], None]
    ) -> Iterator[LogLine]:
        """As `Loki.follow`."""
        return _follow(self.lines, query, now_ns, sleep)


def _batches(organisations: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(organisations), _AT_A_TIME):
        yield organisations[start : start + _AT_A_TIME]


def _follow(
    read: Callable[[LogQuery], Iterator[LogLine]],
    query: LogQuery,
    now_ns: Callable[[], int],
    sleep: Callable[[float], None],
) -> Iterator[LogLine]:
    start, told = query.start_ns, dict[_Key, int]()
    while True:
        now = now_ns()
        for line in read(replace(query, start_ns=start, end_ns=max(now, start + 1))):
            if _key(line) not in told:
                told[_key(line)] = line.time_ns
                yield line
        start = max(query.start_ns, now - _LATE_NS)
        told = {key: time_ns for key, time_ns in told.items() if time_ns >= start}
        sleep(_POLL_S)


def _lines(stream: _Stream) -> Iterator[LogLine]:
    """The lines of one stream; with its labels Loki gives the structured metadata."""
    labels = stream["stream"]
    metadata = {name: value for name, value in sorted(labels.items()) if name not in _NOT_TOLD}
    tenant, service, level = (labels.get(name, "") for name in _LABELS)
    for time_ns, text in stream["values"]:
        yield LogLine(
            time_ns=int(time_ns), tenant=tenant, service=service, level=level, text=text, metadata=metadata
        )


def _key(line: LogLine) -> _Key:
    """Loki keeps one of lines that are alike in all of this."""
    return hash((line.time_ns, line.tenant, line.service, line.level, line.text, *line.metadata.items()))
