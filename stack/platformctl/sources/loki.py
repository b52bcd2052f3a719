"""Log lines out of Loki: any number of them, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeAlias, TypedDict, cast

from platformctl.errors import PlatformError
from platformctl.model.log_query import LogLine, LogQuery
from platformctl.render.logql import logql
from platformctl.sources.http import HttpServer

_PATH: Final = "/loki/api/v1/query_range"
_PAGE: Final = 5000  # as many as Loki gives by default
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
        start, told = query.start_ns, dict[_Key, int]()
        while True:
            now = now_ns()
            for line in self.lines(replace(query, start_ns=start, end_ns=max(now, start + 1))):
                if _key(line) not in told:
                    told[_key(line)] = line.time_ns
                    yield line
            start = max(query.start_ns, now - _LATE_NS)
            told = {key: time_ns for key, time_ns in told.items() if time_ns >= start}
            sleep(_POLL_S)

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
