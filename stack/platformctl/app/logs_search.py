"""Log lines of services by tenant, request and more: from Loki where it runs, else from the same files."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from platformctl.app.address import address
from platformctl.app.session import Request, Session, open_session
from platformctl.errors import DefinitionError, PlatformError, UsageError
from platformctl.model.log_query import Level, LogLine, LogQuery
from platformctl.model.logs import FileSource
from platformctl.model.platform import Platform
from platformctl.model.site import RuntimeName, Site
from platformctl.model.units import Duration
from platformctl.render.logql import logql
from platformctl.render.loki import tenants_header
from platformctl.sinks.runtime import SurveyOptions
from platformctl.sources.definitions import load_platform
from platformctl.sources.http import HttpServer
from platformctl.sources.log_files import LogFiles
from platformctl.sources.loki import Loki

_TIMEOUT_S: Final = 60.0
_NS: Final = 10**9


@dataclass(frozen=True, kw_only=True, slots=True)
class Search:
    """What is asked for. since, until: ``15m`` ago, or an ISO 8601 time (UTC where it names no zone).

    loki: ``host:port`` of a Loki that is not of this deployment.
    """

    base: Request
    tenant: str = ""
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
    """How a search is answered: by which server or files, for which tenants, and the query in LogQL."""

    place: str
    organisations: str
    query: str
    command: str


def search_lines(search: Search, clock: Clock = _CLOCK) -> Iterator[LogLine]:
    """The lines, the oldest first; any number of them takes the same memory."""
    return _source(search).lines(_query(search, clock))


def follow_lines(search: Search, clock: Clock = _CLOCK) -> Iterator[LogLine]:
    """The lines so far and those to come, for ever."""
    if search.until:
        raise UsageError("lines to come have no end", fix="leave out --until, or --follow")
    return _source(search).follow(_query(search, clock), now_ns=clock.now_ns, sleep=clock.sleep)


def explain(search: Search, clock: Clock = _CLOCK) -> Explained:
    """The same search without running it."""
    query = _query(search, clock)
    text, source = logql(query), _source(search)
    if isinstance(source, LogFiles):
        files = ", ".join(str(file.path) for file in source.found())
        return Explained(place=files or "no file yet", organisations="", query=text, command="")
    organisations = source.server.headers["X-Scope-OrgID"]
    arguments = (
        "curl", "-sG", f"http://{source.server.address}/loki/api/v1/query_range",
        "-H", f"X-Scope-OrgID: {organisations}", "--data-urlencode", f"query={text}",
        "-d", f"start={query.start_ns}", "-d", f"end={query.end_ns}", "-d", "direction=forward",
    )  # fmt: skip
    return Explained(
        place=source.server.address, organisations=organisations, query=text, command=shlex.join(arguments)
    )


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


def _source(search: Search) -> Loki | LogFiles:
    session = open_session(search.base)
    platform = load_platform(session.workspace.content)
    if search.loki:
        return _loki(platform, address(search.loki), search.tenant)
    site = session.runtime.survey(platform, SurveyOptions(demo=search.base.demo))
    if "loki" in session.runtime.running():
        return _loki(platform, site.published("loki", "http"), search.tenant)
    if session.runtime.name is RuntimeName.NATIVE:
        return _files(session, platform, site)
    raise PlatformError("no Loki runs here", fix="platformctl deploy")


def _loki(platform: Platform, at: str, tenant: str) -> Loki:
    """One tenant's view where one is asked for: Loki itself then lets no other line through."""
    header = {"X-Scope-OrgID": tenant or tenants_header(platform)}
    return Loki(server=HttpServer(at, _TIMEOUT_S, header))


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
