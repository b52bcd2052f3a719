"""Files that run the report again and again: a systemd timer, a line for cron, a compose service. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from pathlib import PurePath
from typing import Final, TypeAlias

from platformctl.model.artifact import Artifact
from platformctl.render._yaml import yaml_artifact


class TimerKind(StrEnum):
    """What runs the report."""

    SYSTEMD = "systemd"
    CRON = "cron"
    COMPOSE = "compose"


@dataclass(frozen=True, kw_only=True, slots=True)
class Timer:
    """When: on the first day after each `period` (day, week or month), at a time of day in `zone`.

    program: the command's own path, for systemd and cron. arguments: what it is given.
    owner: the numbers of the user and group that the workspace's files belong to.
    files: those outside the folder that the arguments name.
    """

    period: str
    at: time
    zone: str
    program: PurePath
    folder: PurePath
    user: str
    owner: str
    files: tuple[PurePath, ...]
    arguments: tuple[str, ...]


Render: TypeAlias = Callable[[Timer], Iterator[Artifact]]
_ON: Final = {"day": "*-*-*", "week": "Mon *-*-*", "month": "*-*-01"}
_WHEN: Final = {"day": "Each day", "week": "Mondays", "month": "On the first of the month"}
_CLOCK: Final = {"day": ("", ""), "week": ("%u", "1"), "month": ("%d", "01")}
"""How ``date`` tells the day, and which one it is."""

_PERCENT: Final = "\\%"
_MARK: Final = ".platformctl/sla/.made"
_BREACH: Final = 3
"""With --fail-on-breach the report ends with 3: it was made, and is no failure of the service."""


def render(timer: Timer, kind: TimerKind) -> Iterator[Artifact]:
    """The files of one kind."""
    return _KINDS[kind](timer)


def _systemd(timer: Timer) -> Iterator[Artifact]:
    name = f"platformctl-sla-{timer.period}"
    command = " ".join(_unit_word(word) for word in (str(timer.program), *timer.arguments))
    yield _text(
        f"{name}.service",
        f"[Unit]\nDescription=SLA report of the last {timer.period}\n"
        "After=network-online.target\nWants=network-online.target\n\n"
        f"[Service]\nType=oneshot\nUser={timer.user}\nWorkingDirectory={timer.folder}\n"
        f"ExecStart={command}\nSuccessExitStatus={_BREACH}\n"
        "NoNewPrivileges=yes\nPrivateTmp=yes\nProtectSystem=full\n",
    )
    yield _text(
        f"{name}.timer",
        f"[Unit]\nDescription=SLA report after each {timer.period}\n\n"
        f"[Timer]\nOnCalendar={_ON[timer.period]} {timer.at:%H:%M}:00 {timer.zone}\nPersistent=true\n\n"
        "[Install]\nWantedBy=timers.target\n",
    )


def _unit_word(word: str) -> str:
    """One word of ExecStart: quoted, with what systemd would expand doubled."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if escaped != word or any(c in word for c in " \t;'") else word


def _cron(timer: Timer) -> Iterator[Artifact]:
    """For /etc/cron.d; a percent sign would end the command there.

    Not every cron knows zones (Debian's does not): it calls each quarter of an hour, and the zone's clock decides.
    """
    minutes = ",".join(str(minute) for minute in sorted((timer.at.minute + n) % 60 for n in (0, 15, 30, 45)))
    command = f"{_due(timer)} && cd {shlex.quote(str(timer.folder))} && {_command(timer, str(timer.program))}"
    yield _text(
        f"platformctl-sla-{timer.period}",
        f"# {_WHEN[timer.period]} at {timer.at:%H:%M} in {timer.zone}, whatever this machine's own zone is.\n"
        f"{minutes} * * * * {timer.user} {command.replace('%', _PERCENT)}\n",
    )


def _due(timer: Timer) -> str:
    """A test that holds in one minute of the period, by the clock of the zone."""
    form, value = _CLOCK[timer.period]
    return f'[ "$(TZ={timer.zone} date +{form}%H%M)" = {value}{timer.at:%H%M} ]'


def _command(timer: Timer, program: str) -> str:
    return shlex.join((program, *timer.arguments))


def _compose(timer: Timer) -> Iterator[Artifact]:
    """A service that waits for its time; definitions and ledger are the mounted workspace's, and so is its user."""
    service: Mapping[str, object] = {
        "build": {"context": ".", "dockerfile": "Dockerfile"},
        "user": timer.owner,
        "environment": {"TZ": timer.zone, "HOME": "/tmp"},  # noqa: S108 - in the container
        "volumes": [f"{timer.folder}:{timer.folder}", *(f"{file}:{file}:ro" for file in timer.files)],
        "working_dir": str(timer.folder),
        "read_only": True,
        "tmpfs": ["/tmp"],  # noqa: S108 - in the container
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "restart": "unless-stopped",
        "network_mode": "host",
    }
    yield yaml_artifact("docker-compose.yml", {"services": {f"sla-report-{timer.period}": service}})
    yield _text("run.sh", _script(timer))
    packages = " chromium" if "--pdf" in timer.arguments else ""
    wanted = "'platformctl[report]'" if packages else "platformctl"
    yield _text(
        "Dockerfile",
        "FROM python:3.12-slim\n"
        + (
            f"RUN apt-get update && apt-get install --yes --no-install-recommends{packages}\n"
            if packages
            else ""
        )
        + f"RUN pip install --no-cache-dir {wanted}\n"
        "COPY run.sh /usr/local/bin/run-sla-report\n"
        'CMD ["/bin/sh", "/usr/local/bin/run-sla-report"]\n',
    )


def _script(timer: Timer) -> str:
    """Looks at the clock each minute; a day on which it was not running at the time is made up for later that day."""
    form, value = _CLOCK[timer.period]
    on = f'[ "$(date +{form})" = {value} ]' if form else "true"
    return (
        "#!/bin/sh\n"
        f"# {_WHEN[timer.period]} at {timer.at:%H:%M} by the clock of $TZ; a report is made once a day at most.\n"
        f"mark={_MARK}-{timer.period}\n"
        "trap 'exit 0' TERM INT\n"
        "while true; do\n"
        "  today=$(date +%F)\n"
        f'  if {on} && [ "$(date +%H%M)" -ge {timer.at:%H%M} ] && [ "$(cat "$mark" 2>/dev/null)" != "$today" ]; then\n'
        '    mkdir -p "${mark%/*}" && echo "$today" >"$mark"\n'
        f"    {_command(timer, 'platformctl')}\n"
        '    echo "$today: ended with $?"\n'
        "  fi\n"
        "  sleep 20 & wait $!\n"
        "done\n"
    )


def _text(path: str, text: str) -> Artifact:
    return Artifact(path, text.encode())


_KINDS: Final[Mapping[TimerKind, Render]] = {
    TimerKind.SYSTEMD: _systemd,
    TimerKind.CRON: _cron,
    TimerKind.COMPOSE: _compose,
}
