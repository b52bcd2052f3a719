"""The ASGI specification's own types: its scopes and messages are open dictionaries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def raw_header(scope: Scope, name: bytes) -> bytes | None:
    """The only header of that name; none where there are several (nobody should choose between them)."""
    found: bytes | None = None
    for key, value in scope["headers"]:
        if key == name:
            if found is not None:
                return None
            found = value
    return found


def header(scope: Scope, name: bytes) -> str | None:
    """The same as text."""
    found = raw_header(scope, name)
    return found.decode("latin-1") if found is not None else None
