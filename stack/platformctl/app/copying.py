"""The data of every component, each copied in the way that makes its copy whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformctl.app.applying import Talk
from platformctl.app.interrupts import uninterrupted
from platformctl.app.session import Prepared, Session
from platformctl.errors import PlatformError
from platformctl.model.backup import Backup, HttpSnapshot, PrintedCopy, StoppedCopy
from platformctl.model.component import keeps_data
from platformctl.model.release import Release
from platformctl.plan import UnitAction, UnitChange
from platformctl.sinks import backups
from platformctl.sinks.runtime import DataStore, PrintedCommand
from platformctl.sources.http import HttpServer, Unreachable

_SNAPSHOT_S: Final = 300.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Copying:
    """Copies the data of a release that is active."""

    session: Session
    prepared: Prepared
    release: Release
    talk: Talk

    def all(self, folder: Path) -> dict[str, str]:
        """Lay a part for each unit that has data worth keeping into `folder`; by unit, how it was copied."""
        data = self.session.runtime.data(self.release)
        alive = {name for name, unit in self.session.runtime.running().items() if unit.alive}
        ways = {}
        for unit in data.units():
            backup = self._defined(unit)
            if backup is not None:
                self.talk.wait(f"copying {unit}")
                ways[unit] = self._copy(unit, backup if unit in alive else None, data, folder)
                self.talk.say(f"{unit}: {ways[unit]}")
        return ways

    def _defined(self, unit: str) -> Backup | None:
        """How it is to be copied, if at all; what is defined no more is copied in the way that is always sound."""
        components = {component.name: component for component in self.prepared.platform.components}
        if unit not in components:
            return StoppedCopy()
        return components[unit].backup if keeps_data(components[unit]) else None

    def _copy(self, unit: str, backup: Backup | None, data: DataStore, folder: Path) -> str:
        """backup: None for a unit that does not run."""
        with backups.new_part(folder, backups.data_part(unit)) as part:
            match backup:
                case HttpSnapshot() if name := self._snapshot(unit, backup):
                    try:
                        data.pack(unit, part, folder=f"{backup.folder}/{name}")
                    finally:
                        data.discard(unit, f"{backup.folder}/{name}")
                    return "its own snapshot"
                case PrintedCopy():
                    data.pack(unit, part, leave_out=backup.folder)
                    data.pack_printed(unit, part, self._filled(unit, backup), into=backup.folder)
                    return backup.argv[0]
                case None:
                    data.pack(unit, part)
                    return "copied as it lay"
                case _:
                    with self._stopped(unit):
                        data.pack(unit, part)
                    return "stopped, copied, started"

    def _snapshot(self, unit: str, backup: HttpSnapshot) -> str | None:
        """The name of a new snapshot; None where the program refuses to make one."""
        server = HttpServer(self.prepared.site.published(unit, backup.port), timeout_s=_SNAPSHOT_S)
        try:
            answer = server.post_json(backup.path)
        except Unreachable as refusal:
            self.talk.say(f"{unit} makes no snapshot, so it is stopped for the copy: {refusal.what}")
            return None
        match answer:
            case {"data": {"name": str(name)}} if "/" not in name and name not in ("", ".", ".."):
                return name
        raise PlatformError(f"{unit} names no snapshot: {answer}")

    def _filled(self, unit: str, backup: PrintedCopy) -> PrintedCommand:
        return PrintedCommand(
            argv=tuple(self.prepared.site.fill(unit, text) for text in backup.argv), secrets=backup.secrets
        )

    @contextmanager
    def _stopped(self, unit: str) -> Iterator[None]:
        """A unit stopped for the length of the block, and started again whatever happens in it."""
        reason = "backup"
        self.session.runtime.apply(UnitChange(action=UnitAction.STOP, name=unit, reason=reason), self.release)
        try:
            yield
        finally:
            with uninterrupted():
                start = UnitChange(action=UnitAction.START, name=unit, reason=reason)
                self.session.runtime.apply(start, self.release)
