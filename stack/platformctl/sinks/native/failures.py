"""Why a process would not start, read from what it said last."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformctl.errors import PlatformError


@dataclass(frozen=True, slots=True)
class _Cause:
    """A cause that servers state in much the same words; `fix` may name the folder of its data."""

    pattern: re.Pattern[str]
    what: str
    fix: str


_NOTHING_BYTES: Final = 4096
_DISK_FULL: Final = _Cause(
    re.compile(r"no space left on device|disk quota exceeded", re.IGNORECASE),
    "the disk is full",
    "df -h {data}  # free some space, then: platformctl deploy",
)
_CAUSES: Final = (
    _DISK_FULL,
    _Cause(
        re.compile(r"address already in use", re.IGNORECASE),
        "its port was taken meanwhile",
        "platformctl deploy  # picks another port",
    ),
    _Cause(
        re.compile(r"permission denied", re.IGNORECASE),
        "it may not read or write one of its files",
        "ls -ld {data}  # must belong to the account that runs it",
    ),
)


def start_failure(name: str, what: str, *, said: list[str], log: Path, data: Path) -> PlatformError:
    """The error for a process that did not come up, with the cause where its last lines give one."""
    text = "\n".join(said)
    cause = next((cause for cause in _CAUSES if cause.pattern.search(text)), None)
    if cause is None and min(_free_bytes(data), _free_bytes(log)) < _NOTHING_BYTES:
        cause = _DISK_FULL  # too full to say so
    quoted = "".join(f"\n    {line}" for line in said)
    if cause is None:
        return PlatformError(f"{name} {what}{quoted}", where=str(log), fix=f"platformctl logs {name}")
    return PlatformError(
        f"{name} {what}: {cause.what}{quoted}", where=str(log), fix=cause.fix.format(data=data)
    )


def _free_bytes(path: Path) -> int:
    return shutil.disk_usage(path).free
