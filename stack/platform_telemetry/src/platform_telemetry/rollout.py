"""The flags that introduce telemetry step by step: off, a share of the tenants, named tenants, or segments of them.

The flags are a JSON file that is read again when it has changed, so a switch takes effect within a second and
without a restart, in every worker. A file that cannot be read or understood leaves the last good flags in force.

    {"metrics": {"percent": 100},
     "access_log": {"percent": 100, "tenants": {"grand-hotel": "off"}},
     "tracing": {"percent": 10, "segments": {"gold": "on"}}}
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeAlias
from zlib import crc32

_LOOK_EVERY_S: Final = 1.0
log = logging.getLogger("platform_telemetry.rollout")

SegmentsOf: TypeAlias = Callable[[str], Iterable[str]]
"""The segments that a tenant is in, such as its tier and its vertical."""


class Switch(StrEnum):
    """What is said of a tenant or a segment by name."""

    ON = "on"
    OFF = "off"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rollout:
    """Who one kind of telemetry is on for.

    tenants win over segments, segments over `percent`; a tenant is always on the same side of a percentage.
    """

    percent: int = 100
    tenants: Mapping[str, Switch] = field(default_factory=dict)
    segments: Mapping[str, Switch] = field(default_factory=dict)
    is_full: bool = field(init=False)
    """Whether everybody has it."""

    def __post_init__(self) -> None:
        if not 0 <= self.percent <= 100:
            raise ValueError(f"{self.percent} percent: use 0 to 100")
        named = {*self.tenants.values(), *self.segments.values()}
        object.__setattr__(self, "is_full", self.percent == 100 and Switch.OFF not in named)

    def covers(self, subject: str, segments_of: SegmentsOf) -> bool:
        """Whether it is on for a tenant; for a request without one, `subject` is the request's id."""
        if self.is_full:
            return True
        if subject in self.tenants:
            return self.tenants[subject] is Switch.ON
        if self.segments:
            said = {self.segments[name] for name in segments_of(subject) if name in self.segments}
            if said:
                return Switch.OFF not in said
        return crc32(subject.encode()) % 100 < self.percent


@dataclass(frozen=True, kw_only=True, slots=True)
class Flags:
    """One rollout for each kind of telemetry."""

    metrics: Rollout = field(default_factory=Rollout)
    access_log: Rollout = field(default_factory=Rollout)
    tracing: Rollout = field(default_factory=Rollout)


ALL_ON: Final = Flags()


def parse(text: str) -> Flags:
    """The flags of a document; ValueError says what is wrong with it."""
    document = json.loads(text)
    if not isinstance(document, dict):
        raise ValueError("an object is expected")
    names = {one.name for one in fields(Flags)}
    if unknown := sorted(set(document) - names):
        raise ValueError(f"unknown flag {unknown[0]!r}: use one of {', '.join(sorted(names))}")
    return Flags(**{name: _rollout(name, value) for name, value in document.items()})


def _rollout(name: str, value: object) -> Rollout:
    match value:
        case "on":
            return Rollout()
        case "off":
            return Rollout(percent=0)
        case {**said} if set(said) <= {"percent", "tenants", "segments"}:
            percent = said.get("percent", 0)
            if not isinstance(percent, int) or isinstance(percent, bool):
                raise ValueError(f"{name}: percent is no whole number")
            return Rollout(
                percent=percent, tenants=_switches(name, said.get("tenants", {})),
                segments=_switches(name, said.get("segments", {})),
            )  # fmt: skip
        case _:
            raise ValueError(f'{name}: write "on", "off" or {{"percent", "tenants", "segments"}}')


def _switches(name: str, value: object) -> dict[str, Switch]:
    if not isinstance(value, dict):
        raise ValueError(f'{name}: write {{"name": "on"}}')
    return {str(key): Switch(said) for key, said in value.items()}


class LiveFlags:
    """The flags as the file has them now; a file that is not there says `absent`."""

    def __init__(
        self,
        path: Path | None = None,
        *,
        absent: Flags = ALL_ON,
        segments_of: SegmentsOf = lambda _tenant: (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path = path
        self._absent = absent
        self._segments_of = segments_of
        self._clock = clock
        self._look_at = 0.0
        self._seen: tuple[int, int, int] | None = None
        self._flags = absent

    @property
    def now(self) -> Flags:
        """The flags in force, at most a second old."""
        if self._path is not None and (now := self._clock()) >= self._look_at:
            self._look_at = now + _LOOK_EVERY_S
            self._look(self._path)
        return self._flags

    def counts(self, subject: str) -> bool:
        """Whether a request is counted."""
        return self.now.metrics.covers(subject, self._segments_of)

    def logs(self, subject: str) -> bool:
        """Whether a request has a line in the access log."""
        return self.now.access_log.covers(subject, self._segments_of)

    def traces(self, subject: str) -> bool:
        """Whether a request may be traced; the sampler has its say as well."""
        return self.now.tracing.covers(subject, self._segments_of)

    def _look(self, path: Path) -> None:
        try:
            stat = path.stat()
            seen = (stat.st_mtime_ns, stat.st_ino, stat.st_size)
            if seen != self._seen:
                self._seen = seen
                self._flags = parse(path.read_text(encoding="utf-8"))
                log.info("telemetry flags are read")
        except FileNotFoundError:
            self._seen, self._flags = None, self._absent
        except (OSError, ValueError) as error:
            log.warning("telemetry flags stay as they were: %s", error)
