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
    """

    period: str
    at: time
    zone: str
    program: PurePath
    folder: PurePath
    user: str
    arguments: tuple[str, ...]


Render: TypeAlias = Callable[[Timer], Iterator[Artifact]]
_ON: Final = {"day": "*-*-*", "week": "Mon *-*-*", "month": "*-*-01"}
_CRON: Final = {"day": "* * *", "week": "* * 1", "month": "1 * *"}
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
    """For /etc/cron.d; a percent sign would end the command there."""
    command = shlex.join((str(timer.program), *timer.arguments)).replace("%", "\\%")
    yield _text(
        f"platformctl-sla-{timer.period}",
        f"CRON_TZ={timer.zone}\n"
        f"{timer.at.minute} {timer.at.hour} {_CRON[timer.period]} {timer.user} "
        f"cd {shlex.quote(str(timer.folder))} && {command}\n",
    )


def _compose(timer: Timer) -> Iterator[Artifact]:
    """A service with the cron of its image; definitions and ledger are the mounted workspace's."""
    command = shlex.join(("platformctl", *timer.arguments))
    line = f"{timer.at.minute} {timer.at.hour} {_CRON[timer.period]} cd /workspace && {command}"
    service: Mapping[str, object] = {
        "build": {"context": ".", "dockerfile": "Dockerfile"},
        "environment": {"TZ": timer.zone},
        "volumes": [f"{timer.folder}:/workspace", "./crontabs:/etc/crontabs:ro"],
        "restart": "unless-stopped",
        "network_mode": "host",
    }
    yield yaml_artifact("docker-compose.yml", {"services": {f"sla-report-{timer.period}": service}})
    yield _text("crontabs/root", f"{line}\n")
    yield _text(
        "Dockerfile",
        "FROM python:3.13-alpine\nRUN apk add --no-cache tzdata && pip install --no-cache-dir platformctl\n"
        'CMD ["crond", "-f", "-l", "8"]\n',
    )


def _text(path: str, text: str) -> Artifact:
    return Artifact(path, text.encode())


_KINDS: Final[Mapping[TimerKind, Render]] = {
    TimerKind.SYSTEMD: _systemd,
    TimerKind.CRON: _cron,
    TimerKind.COMPOSE: _compose,
}
