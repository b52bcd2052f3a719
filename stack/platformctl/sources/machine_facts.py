"""What this machine has: memory, disk, clock, file limits. Linux; what cannot be read is None."""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
from pathlib import Path
from typing import Final

_UNSYNCHRONISED: Final = 0x40  # STA_UNSYNC of adjtimex(2)
_STATUS_OFFSET: Final = 40  # of struct timex.status on 64-bit Linux
_TIMEX_BYTES: Final = 208
_MEGABYTE: Final = 1024 * 1024


def memory_available_mb(meminfo: Path = Path("/proc/meminfo")) -> int | None:
    """Memory that new processes can have without swapping, as the kernel reckons it."""
    try:
        lines = meminfo.read_text().splitlines()
        return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError, IndexError):
        return None


def cpus() -> int:
    """How many CPUs there are."""
    return os.cpu_count() or 1


def disk_free_mb(folder: Path) -> int:
    """Free space where `folder` is, or will be."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free // _MEGABYTE


def is_writable(folder: Path) -> bool:
    """Whether this user can make files in `folder`, or make the folder."""
    while not folder.exists():
        folder = folder.parent
    return os.access(folder, os.W_OK | os.X_OK)


def open_files_limit() -> int:
    """How many files a process may open at once; the hard limit, which servers raise theirs to."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return 2**31 if hard == resource.RLIM_INFINITY else hard


def clock_is_synchronised() -> bool | None:
    """Whether the kernel's clock is kept right by NTP or the like."""
    try:
        timex = ctypes.create_string_buffer(_TIMEX_BYTES)
        if ctypes.CDLL(None, use_errno=True).adjtimex(timex) < 0:
            return None
    except (OSError, AttributeError):
        return None
    status = int.from_bytes(timex.raw[_STATUS_OFFSET : _STATUS_OFFSET + 4], "little")
    return not status & _UNSYNCHRONISED
