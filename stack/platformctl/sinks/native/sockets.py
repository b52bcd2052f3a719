"""What processes listen on and whose they are, as Linux tells it."""

from __future__ import annotations

import contextlib
import ipaddress
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_LISTENING: Final = "0A"
_SOCKET: Final = re.compile(r"socket:\[(\d+)\]")


def listened(pids: Iterable[int]) -> tuple[str, ...]:
    """The ``host:port`` of every TCP socket that these processes listen on, each once; sorted."""
    found: set[str] = set()
    for pid in pids:
        inodes = set(_sockets(pid))
        for table in ("tcp", "tcp6"):
            found.update(address for inode, address in _listening(pid, table) if inode in inodes)
    return tuple(sorted(found))


def is_roots(pid: int) -> bool:
    """Whether the process runs as root."""
    try:
        return (_PROC / str(pid)).stat().st_uid == 0
    except OSError:
        return False


def _sockets(pid: int) -> Iterator[str]:
    try:
        entries = tuple((_PROC / str(pid) / "fd").iterdir())
    except OSError:  # it has ended, or is another account's
        return
    for entry in entries:
        with contextlib.suppress(OSError):  # closed meanwhile
            if found := _SOCKET.fullmatch(str(entry.readlink())):
                yield found[1]


def _listening(pid: int, table: str) -> Iterator[tuple[str, str]]:
    """(inode, address) of the listening sockets in the network of the process."""
    try:
        lines = (_PROC / str(pid) / "net" / table).read_text().splitlines()[1:]
    except OSError:
        return
    for fields in map(str.split, lines):
        if fields[3] == _LISTENING:
            host, _, port = fields[1].partition(":")
            yield fields[9], f"{_host(host)}:{int(port, 16)}"


def _host(text: str) -> str:
    """The address that the kernel prints as words of four bytes in the machine's own order."""
    raw = bytes.fromhex(text)
    words = (raw[at : at + 4] for at in range(0, len(raw), 4))
    ordered = b"".join(word[::-1] if sys.byteorder == "little" else word for word in words)
    host = ipaddress.ip_address(ordered)
    return f"[{host}]" if host.version == 6 else str(host)
