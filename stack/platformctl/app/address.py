"""Addresses of servers as a user gives them."""

from __future__ import annotations

from platformctl.errors import UsageError


def address(text: str) -> str:
    """``host:port`` of what was given, with or without ``http://``; raises `UsageError` for anything else."""
    bare = text.removeprefix("http://").rstrip("/")
    host, _, port = bare.rpartition(":")
    if not host or not port.isdigit() or "/" in bare or "@" in bare:
        raise UsageError(f"{text!r} is no address of a server", fix="write it as in 127.0.0.1:9090")
    return bare
