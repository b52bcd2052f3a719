"""Why a decision could not be had from Redis."""

from __future__ import annotations

from typing import Final

import hiredis


class BackendUnavailable(Exception):
    """No decision: `reason` is one of refused, deadline, overload, server."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


class ServerRefusal(BackendUnavailable):
    """Redis answered with an error; `code` is its first word (NOSCRIPT, READONLY, MOVED...)."""

    def __init__(self, message: str) -> None:
        super().__init__("server", message)
        self.code = message.partition(" ")[0]
        self.message = message


# Errors that say the server cannot decide for anyone just now.
OUTAGES: Final = frozenset(
    {
        "READONLY",
        "LOADING",
        "MASTERDOWN",
        "CLUSTERDOWN",
        "OOM",
        "BUSY",
        "NOAUTH",
        "NOPERM",
        "NOREPLICAS",
        "MISCONF",
    }
)


def refusal(error: hiredis.ReplyError) -> ServerRefusal:
    """The failure an error reply stands for."""
    return ServerRefusal(str(error))
