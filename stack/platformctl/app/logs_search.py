"""Log lines of services by tenant, request and more: from Loki where it runs, else from the same files.

Loki is asked as the one tenant, where one is named. Without, it is asked as the operators' organisation, which has
of every tenant what is grave, and the gateway's lines; by those a request's tenant is found, whose own lines follow.
"""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from platformctl.app.address import address
from platformctl.app.session import Request, Session, open_session
from platformctl.errors import DefinitionError, PlatformError, UsageError
from platformctl.model.log_query import Level, LogLine, LogQuery
from platformctl.model.logs import OPERATORS, FileSource
from platformctl.model.platform import Platform
from platformctl.model.site import RuntimeName, Site
from platformctl.model.units import Duration
from platformctl.render.logql import logql
from platformctl.render.loki import organisations
from platformctl.sinks.runtime import SurveyOptions
from platformctl.sources.definitions import load_platform
from platformctl.sources.http import HttpServer
from platformctl.sources.log_files import LogFiles
from platformctl.sources.loki import Loki, ManyLokis

_TIMEOUT_S: Final = 60.0
_NS: Final = 10**9


@dataclass(frozen=True, kw_only=True, slots=True)
class Search:
    """What is asked for. since, until: ``15m`` ago, or an ISO 8601 time (UTC where it names no zone).

    all_tenants: ask each tenant's own organisation for every line, instead of the operators' for the grave ones.
    loki: ``host:port`` of a Loki that is not of this deployment.
    """

    base: Request
    tenant: str = ""
    all_tenants: bool = False
    service: str = ""
    level: Level | None = None
    request_id: str = ""
    trace_id: str = ""
    grep: str = ""
    since: str = "1h"
    until: str = ""
    loki: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """The time in Unix nanoseconds, and a nap of some seconds."""

    now_ns: Callable[[], int] = time.time_ns
    sleep: Callable[[float], None] = time.sleep


_CLOCK: Final = Clock()


@dataclass(frozen=True, kw_only=True, slots=True)
class Explained:
    """How a search is answered: by which server or files, for which tenants, and the query in LogQL.

    organisations: the header of each time that Loki is asked. command: the first time as a call of curl.
    """

    place: str
    organisations: tuple[str, ...]
    query: str
    command: str


def search_lines(search: Search, clock: Clock = _CLOCK) -> Iterator[LogLine]:
    """The lines, the oldest first; any number of them takes the same memory."""
    query = _query(search, clock)
    return _found(_source(search), query).lines(query)


def follow_lines(search: Search, clock: Clock = _CLOCK) -> Iterator[LogLine]:
    """The lines so far and those to come, for ever."""
    if search.until:
        raise UsageError("lines to come have no end", fix="leave out --until, or --follow")
    query = _query(search, clock)
    return _found(_source(search), query).follow(query, now_ns=clock.now_ns, sleep=clock.sleep)


def explain(search: Search, clock: Clock = _CLOCK) -> Explained:
    """The same search without running it; of a request whose tenant has to be found first, that first step."""
    query = _query(search, clock)
    text, source = logql(query), _source(search)
    if isinstance(source, LogFiles):
        files = ", ".join(str(file.path) for file in source.found())
        return Explained(place=files or "no file yet", organisations=(), query=text, command="")
    lokis = source.everywhere.batches if source.as_all else (source.loki,)
    headers = tuple(loki.server.headers["X-Scope-OrgID"] for loki in lokis)
    place = source.loki.server.address
    arguments = (
        "curl", "-sG", f"http://{place}/loki/api/v1/query_range",
        "-H", f"X-Scope-OrgID: {headers[0]}", "--data-urlencode", f"query={text}",
        "-d", f"start={query.start_ns}", "-d", f"end={query.end_ns}", "-d", "direction=forward",
    )  # fmt: skip
    return Explained(place=place, organisations=headers, query=text, command=shlex.join(arguments))


def _found(source: _Lokis | LogFiles, query: LogQuery) -> Loki | ManyLokis | LogFiles:
    """Where the lines are."""
    if isinstance(source, LogFiles):
        return source
    if source.as_all:
        return source.everywhere
    if query.tenant or not (query.request_id or query.trace_id):
        return source.loki
    anything = replace(query, service="", level=None, grep="")
    tenants = {line.tenant for line in source.loki.lines(anything)}
    if not tenants:  # it is older than what operators keep, or no gateway has seen it
        return source.everywhere
    return source.of(sorted(tenants | source.own))


def _query(search: Search, clock: Clock) -> LogQuery:
    now_ns = clock.now_ns()
    return LogQuery(
        start_ns=moment_ns(search.since, now_ns),
        end_ns=moment_ns(search.until, now_ns) if search.until else now_ns,
        tenant=search.tenant,
        service=search.service,
        level=search.level,
        request_id=search.request_id,
        trace_id=search.trace_id,
        grep=search.grep,
    )


def moment_ns(text: str, now_ns: int) -> int:
    """Unix nanoseconds of ``15m`` (ago) or of an ISO 8601 time; raises `UsageError`."""
    try:
        return now_ns - Duration.parse(text).ms * 1_000_000
    except DefinitionError:
        pass
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"{text!r} is no time", fix="write 15m, 2h or 7d (ago), or 2026-11-23T14:05, in UTC"
        ) from error
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * _NS)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Lokis:
    """One Loki in the ways it may be asked. own: the organisations of lines without a tenant."""

    address: str
    loki: Loki
    organisations: tuple[str, ...]
    own: frozenset[str]
    as_all: bool

    @property
    def everywhere(self) -> ManyLokis:
        """As every organisation."""
        return self.of(self.organisations)

    def of(self, organisations: Sequence[str]) -> ManyLokis:
        """As these."""
        return ManyLokis.of(self.address, _TIMEOUT_S, organisations)


def _source(search: Search) -> _Lokis | LogFiles:
    if search.tenant and search.all_tenants:
        raise UsageError("one tenant and all tenants at once", fix="leave out --tenant, or --all-tenants")
    session = open_session(search.base)
    platform = load_platform(session.workspace.content)
    if search.loki:
        return _lokis(platform, address(search.loki), search)
    site = session.runtime.survey(platform, SurveyOptions(demo=search.base.demo))
    if "loki" in session.runtime.running():
        return _lokis(platform, site.published("loki", "http"), search)
    if session.runtime.name is RuntimeName.NATIVE:
        return _files(session, platform, site)
    raise PlatformError("no Loki runs here", fix="platformctl deploy")


def _lokis(platform: Platform, at: str, search: Search) -> _Lokis:
    """One tenant's view where one is asked for: Loki itself then lets no other line through."""
    header = {"X-Scope-OrgID": search.tenant or OPERATORS}
    return _Lokis(
        address=at,
        loki=Loki(server=HttpServer(at, _TIMEOUT_S, header)),
        organisations=organisations(platform),
        own=frozenset(pipeline.default_tenant for pipeline in platform.log_pipelines),
        as_all=search.all_tenants,
    )


def _files(session: Session, platform: Platform, site: Site) -> LogFiles:
    state = session.workspace.state
    named = {
        source.component
        for pipeline in platform.log_pipelines
        for source in pipeline.sources
        if isinstance(source, FileSource) and site.has(source.component)
    }
    folders = {name: state / Path(site.places[name].data) for name in named}
    return LogFiles(pipelines=platform.log_pipelines, folders={"": state / "logs", **folders})
