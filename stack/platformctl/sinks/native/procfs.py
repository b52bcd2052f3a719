"""What Linux tells about processes: who they are, beyond a number that comes round again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_GONE: Final = frozenset("ZX")


@dataclass(frozen=True, slots=True)
class Identity:
    """A process that cannot be taken for another: its number, its start in clock ticks, and the boot it belongs to."""

    pid: int
    start_ticks: int
    boot_id: str


def boot_id() -> str:
    """The name of this boot; start times of another one mean nothing."""
    return (_PROC / "sys/kernel/random/boot_id").read_text().strip()


def identify(pid: int) -> Identity | None:
    """The process that has the number now, be it one that has ended and was not waited for; None for none."""
    fields = _stat(pid)
    if fields is None:
        return None
    return Identity(pid=pid, start_ticks=int(fields[19]), boot_id=boot_id())


def is_alive(identity: Identity) -> bool:
    """Whether this very process still runs; one that has ended and was not waited for does not."""
    fields = _stat(identity.pid)
    return fields is not None and not _has_ended(fields) and identify(identity.pid) == identity


def session_members(session: int) -> Iterator[int]:
    """The numbers of the living processes of a session."""
    for pid in pids():
        fields = _stat(pid)
        if fields is not None and not _has_ended(fields) and int(fields[3]) == session:
            yield pid


def pids() -> Iterator[int]:
    """The numbers of all processes."""
    return (int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit())


def environment_has(pid: int, entry: str) -> bool:
    """Whether the process was started with ``NAME=value`` in its environment; false where we may not look."""
    try:
        return entry.encode() in (_PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return False


def _has_ended(fields: list[str]) -> bool:
    """Whether all threads are gone: a first thread that ends before the others is shown as a zombie, too.

    Until the last of them is gone, the process holds its files and ports.
    """
    return fields[0] in _GONE and int(fields[17]) <= 1


def _stat(pid: int) -> list[str] | None:
    """The fields of ``/proc/PID/stat`` from the third (state) on; the second may hold spaces and parentheses."""
    try:
        text = (_PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return None
    return text.rpartition(")")[2].split()
