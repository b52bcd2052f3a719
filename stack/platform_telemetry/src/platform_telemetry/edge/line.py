"""One line of the gateway's access log."""

from __future__ import annotations

import json
import re
from typing import Final, NamedTuple

_TENANT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}")
_UNKNOWN: Final = "unknown"
_CLIENT_GONE: Final = 499
_THROTTLED: Final = 429


class Answer(NamedTuple):
    """A request that the gateway has answered. at: Unix time. duration_s: None for a switched protocol."""

    tenant: str
    status_class: int
    duration_s: float | None
    at: float
    throttled: bool
    undecided: bool


def parse(line: bytes) -> Answer | None:
    """The answer that a line tells of; None for a line that is none of the gateway's.

    The tenant is what the decision service has proven, or ``unknown``; status 0 is a client that left.
    """
    try:
        fields = json.loads(line)
        status = int(fields["status"]) or _CLIENT_GONE
        duration_s, at = float(fields["duration"]), float(fields["ts"])
        tenant, decision = fields.get("tenant") or _UNKNOWN, fields.get("decision")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    if not 100 <= status < 600 or not isinstance(tenant, str) or not 0 <= duration_s < float("inf"):
        return None
    return Answer(
        tenant if _TENANT.fullmatch(tenant) else _UNKNOWN,
        status // 100,
        duration_s if status >= 200 else None,
        at,
        status == _THROTTLED and decision == "denied",
        decision == "none",
    )
