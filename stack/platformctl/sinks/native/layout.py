"""Where the native runtime keeps its things."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of a state folder."""

    state: Path

    @property
    def machine(self) -> Path:
        """The recorded ports and paths of this machine."""
        return self.state / "machine.json"

    @property
    def secrets(self) -> Path:
        """The folder of secret files; a link where it had to go elsewhere."""
        return self.state / "secrets"

    @property
    def data(self) -> Path:
        """The folder of the data folders that did not have to go elsewhere."""
        return self.state / "data"

    @property
    def records(self) -> Path:
        """The folder of the records of started processes."""
        return self.state / "run"

    @property
    def logs(self) -> Path:
        """The folder of log files."""
        return self.state / "logs"

    def log(self, name: str) -> Path:
        """The log file of a component."""
        return self.logs / f"{name}.log"
