"""``run/<name>.json``: what was started, so that nothing else is ever stopped."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

from platformctl.errors import PlatformError
from platformctl.sinks.files import write_atomically
from platformctl.sinks.native.layout import Layout
from platformctl.sinks.native.procfs import Identity, environment_has, is_alive, session_members

PREPARING: Final = "preparing"
_MARK: Final = "PLATFORMCTL_PROCESS"


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One started process: its number, its start in clock ticks, and the boot it belongs to.

    process and config: the fingerprints of the unit as it was started and last loaded; `process` is
    ``preparing`` while a step before the start runs.
    mark: a word in the environment of the process and its children that no other process has.
    """

    name: str
    pid: int
    start_ticks: int
    boot_id: str
    mark: str
    process: str
    config: str
    ports: Mapping[str, str]
    stop_signal: str
    stop_timeout_s: float

    @property
    def identity(self) -> Identity:
        """The process that cannot be taken for another."""
        return Identity(pid=self.pid, start_ticks=self.start_ticks, boot_id=self.boot_id)

    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return is_alive(self.identity)

    def leftovers(self) -> tuple[int, ...]:
        """The living processes of its session, the process itself among them.

        Once the process is gone, its session's number may have gone to others: then the mark decides.
        """
        members = session_members(self.pid)
        if self.is_alive():
            return tuple(members)
        return tuple(pid for pid in members if environment_has(pid, mark_entry(self.mark)))


def mark_entry(mark: str) -> str:
    """The environment entry that carries a mark."""
    return f"{_MARK}={mark}"


class RecordStore:
    """The records of one state folder."""

    def __init__(self, layout: Layout) -> None:
        self._folder = layout.records

    def all(self) -> dict[str, Record]:
        """Every record by name."""
        found = (self.get(path.stem) for path in sorted(self._folder.glob("*.json")))
        return {record.name: record for record in found if record is not None}

    def get(self, name: str) -> Record | None:
        """The record of a unit; None where none was started."""
        path = self._folder / f"{name}.json"
        try:
            return Record(**json.loads(path.read_text()))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError) as error:
            raise PlatformError(
                f"the record of the process {name!r} cannot be read: {error}",
                where=str(path),
                fix=f"stop {name} by hand if it runs, then: rm {path}",
            ) from error

    def put(self, record: Record) -> None:
        """Write a record, replacing the former one."""
        write_atomically(self._folder / f"{record.name}.json", f"{json.dumps(asdict(record), indent=2)}\n")

    def remove(self, name: str) -> None:
        """Forget a unit."""
        (self._folder / f"{name}.json").unlink(missing_ok=True)
