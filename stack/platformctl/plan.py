"""Decide: from what should be and what is, to the changes between them. Pure.

`plan` prints what `deploy` walks: there is no second code path.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from platformctl.model.artifact import Artifact, digest
from platformctl.model.release import Actual, Release, RunningUnit, Unit


class FileAction(StrEnum):
    """What happens to a file."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class UnitAction(StrEnum):
    """What happens to a component."""

    START = "start"
    RELOAD = "reload"
    RESTART = "restart"
    STOP = "stop"


@dataclass(frozen=True, kw_only=True, slots=True)
class FileChange:
    """A file that differs; `before` is None for a new one, `after` for one that goes."""

    action: FileAction
    path: str
    before: Artifact | None
    after: Artifact | None


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitChange:
    """A component that must be touched, and why, in words for a person."""

    action: UnitAction
    name: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The changes, in the order they are made, and the fingerprint of what they were decided on."""

    files: tuple[FileChange, ...]
    units: tuple[UnitChange, ...]
    basis: str

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to change."""
        return not self.files and not self.units


def diff(desired: Release, actual: Actual) -> Plan:
    """The plan that makes `actual` into `desired`. Stops come before starts."""
    return Plan(
        files=tuple(_file_changes(desired, actual)),
        units=(*_stops(desired, actual), *_starts(desired, actual)),
        basis=fingerprint(actual),
    )


def fingerprint(actual: Actual) -> str:
    """A digest of everything a plan depends on; a plan on another basis is stale."""
    units = sorted(f"{u.name} {u.process} {u.config} {u.alive}" for u in actual.units.values())
    text = "\n".join((str(actual.number), digest(actual.files.values()), *units))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _file_changes(desired: Release, actual: Actual) -> Iterator[FileChange]:
    for path in sorted(desired.files.keys() | actual.files.keys()):
        before, after = actual.files.get(path), desired.files.get(path)
        if before == after:
            continue
        action = FileAction.UPDATE
        if before is None:
            action = FileAction.CREATE
        if after is None:
            action = FileAction.DELETE
        yield FileChange(action=action, path=path, before=before, after=after)


def _stops(desired: Release, actual: Actual) -> Iterator[UnitChange]:
    wanted = {unit.name for unit in desired.units}
    for name in sorted(actual.units.keys() - wanted):
        yield UnitChange(action=UnitAction.STOP, name=name, reason="no longer part of the stack")


def _starts(desired: Release, actual: Actual) -> Iterator[UnitChange]:
    for unit in desired.units:
        change = _unit_change(unit, actual.units.get(unit.name))
        if change is not None:
            yield change


def _unit_change(unit: Unit, running: RunningUnit | None) -> UnitChange | None:
    if running is None:
        return UnitChange(action=UnitAction.START, name=unit.name, reason="not running yet")
    if not running.alive:
        reason = f"has died{f': {running.detail}' if running.detail else ''}"
        return UnitChange(action=UnitAction.START, name=unit.name, reason=reason)
    if running.process != unit.process:
        return UnitChange(
            action=UnitAction.RESTART, name=unit.name, reason="its command, environment or image changes"
        )
    if running.config != unit.config:
        if unit.reloads:
            return UnitChange(action=UnitAction.RELOAD, name=unit.name, reason="its configuration changes")
        return UnitChange(
            action=UnitAction.RESTART, name=unit.name, reason="its configuration changes; it cannot reload"
        )
    return None
