"""Where the native runtime keeps its things, and how it writes them: whole or not at all."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from platformctl.sinks.releases import disk_error


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


def make_folder(path: Path, *, mode: int = 0o755) -> None:
    """Make a folder and those above it; an existing one keeps its mode."""
    if path.is_dir():
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(exist_ok=True)
        path.chmod(mode)  # whatever the umask
    except OSError as error:
        raise disk_error(error, path) from error


def write_atomically(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Replace a file by another with that mode; raises `PlatformError` and keeps the old one when it cannot."""
    draft = None
    try:
        make_folder(path.parent)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            os.fchmod(handle, mode)
            file.write(text)
            file.flush()
            os.fsync(handle)
        Path(draft).replace(path)
    except OSError as error:
        if draft:
            Path(draft).unlink(missing_ok=True)
        raise disk_error(error, path) from error
