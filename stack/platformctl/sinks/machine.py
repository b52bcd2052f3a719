"""``machine.json``: what was decided for this machine once, and holds for every deployment after."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from platformctl.errors import PlatformError
from platformctl.sinks.files import write_atomically


@dataclass(frozen=True, kw_only=True, slots=True)
class Machine:
    """ports: by component and port name.

    elsewhere: the folder of secrets and of some data folders, where an account that must read them
    cannot enter the state folder; empty where it can.
    """

    ports: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    elsewhere: str = ""


def load(path: Path) -> Machine:
    """What is recorded; nothing before the first deployment."""
    try:
        return Machine(**json.loads(path.read_text()))
    except FileNotFoundError:
        return Machine()
    except (ValueError, TypeError) as error:
        raise PlatformError(
            f"the recorded ports of this machine cannot be read: {error}",
            where=str(path),
            fix=f"rm {path}  # the next deployment chooses anew",
        ) from error


def save(path: Path, machine: Machine) -> None:
    """Record it, where it differs from what is recorded."""
    text = f"{json.dumps(asdict(machine), indent=2, sort_keys=True)}\n"
    if not path.exists() or path.read_text() != text:
        write_atomically(path, text)
