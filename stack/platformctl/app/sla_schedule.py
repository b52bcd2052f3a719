"""Write what makes the report after each period."""

from __future__ import annotations

import pwd
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from os import geteuid
from pathlib import Path
from typing import Final

from platformctl.app.sla_report import ReportRequest, ScopeKind
from platformctl.errors import UsageError
from platformctl.render.sla.timers import Timer, TimerKind, render
from platformctl.sinks.files import write_atomically
from platformctl.sla import period as periods
from platformctl.sources import workspace

_PERIODS: Final = ("day", "week", "month")
_REPORTS: Final = "reports"
_THEN: Final = {
    "timer": "; next: copy both to /etc/systemd/system, systemctl enable --now {name}",
    "yml": "; next: docker compose up -d --build",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """The report that is made each time, with its other options; `at` is the time of day."""

    request: ReportRequest
    at: str
    options: tuple[str, ...]


def write(wanted: Wanted, kind: str, folder: Path) -> Iterator[tuple[Path, str]]:
    """Each file that was written, and what to do with it."""
    timer = _timer(wanted)
    for artifact in render(timer, _kind(kind)):
        path = folder / artifact.path
        write_atomically(path, artifact.content)
        yield path, _THEN.get(path.suffix.removeprefix("."), "").format(name=path.name)


def _kind(text: str) -> TimerKind:
    try:
        return TimerKind(text)
    except ValueError as error:
        raise UsageError(f"nothing is known of {text!r}", fix="use one of: systemd, cron, compose") from error


def _timer(wanted: Wanted) -> Timer:
    request = wanted.request
    if request.period not in _PERIODS:
        raise UsageError(f"{request.period} comes only once", fix="use --period day, week or month")
    periods.parse(request.period, zone=request.zone, now=datetime.now(UTC))  # refuses an unknown zone
    folder = workspace.find(request.workspace, start=request.start).state.parent
    owner, files = folder.stat(), (request.access.password_file, request.access.token_file)
    return Timer(
        period=request.period,
        at=_time_of_day(wanted.at),
        zone=request.zone,
        program=_program(),
        folder=folder,
        user=pwd.getpwuid(geteuid()).pw_name,
        owner=f"{owner.st_uid}:{owner.st_gid}",
        files=tuple(file.resolve() for file in files if file and not file.resolve().is_relative_to(folder)),
        arguments=("sla-report", *_arguments(request), *wanted.options),
    )


def _program() -> Path:
    """The command beside this Python, as pip lays it there; else the one that is found."""
    beside = Path(sys.executable).with_name("platformctl")
    return beside if beside.is_file() else Path(shutil.which("platformctl") or sys.argv[0]).resolve()


def _arguments(request: ReportRequest) -> Iterator[str]:
    yield from ("--period", request.period, "--zone", request.zone, "--out", _REPORTS)
    flags = {ScopeKind.TENANT: "--tenant", ScopeKind.TIER: "--tier", ScopeKind.VERTICAL: "--vertical"}
    if flag := flags.get(request.scope.kind):
        yield from (flag, request.scope.value)
    access = request.access
    files = (("--password-file", access.password_file), ("--token-file", access.token_file))
    texts = (("--prometheus", access.url), ("--org", access.organisation), ("--user", access.user))
    for option, value in (*texts, *((name, file.resolve() if file else None) for name, file in files)):
        if value:
            yield from (option, str(value))
    for name, text in access.headers:
        yield from ("--header", f"{name}={text}")


def _time_of_day(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"not a time of day: {text!r}", fix="write it like 06:00") from error
