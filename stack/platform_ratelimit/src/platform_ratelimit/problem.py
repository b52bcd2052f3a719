"""The refusal as problem+json (RFC 9457), with the draft's problem types."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Final

from platform_ratelimit.decision import Decision, Source
from platform_ratelimit.policy import Limit, Scope

_TYPES: Final = "https://iana.org/assignments/http-problem-types#"
CONTENT_TYPE: Final = (b"content-type", b"application/problem+json")


def problem(decision: Decision) -> tuple[int, bytes]:
    """Status and body of a refusal."""
    planned = decision.limit
    if decision.source is Source.CLOSED:
        return 503, _body(
            503, "temporary-reduced-capacity", "Temporarily unavailable", "Limits cannot be checked now."
        )
    if decision.source is Source.BLOCKED:
        return 429, _body(
            429, "abnormal-usage-detected", "Blocked", "This tenant is blocked for the time being."
        )
    if planned is None or planned.scope is Scope.PLATFORM:
        return 429, _body(
            429, "temporary-reduced-capacity", "Platform busy", "The platform is at its ceiling."
        )
    return 429, _exceeded(planned.limit)


@lru_cache(maxsize=4096)
def _exceeded(limit: Limit) -> bytes:
    detail = f"More than {limit.quota} requests in {limit.window_s:g} s."
    return _body(429, "quota-exceeded", "Too many requests", detail, limit.name)


def _body(status: int, kind: str, title: str, detail: str, *violated: str) -> bytes:
    fields: dict[str, object] = {"type": _TYPES + kind, "title": title, "status": status, "detail": detail}
    if violated:
        fields["violated-policies"] = list(violated)
    return json.dumps(fields).encode()
