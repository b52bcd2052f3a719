"""The part of TraceQL that is understood: conditions on spans, joined by ``&&``.

{ span.request.id = "edge-12345678" }      { span.tenant.id = "lumiere" && status = error && duration > 500ms }
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_COLUMNS: Final = {
    "span.request.id": "request_id", "span.tenant.id": "tenant", "resource.service.name": "service",
    "name": "name",
}  # fmt: skip
_EQUALS: Final = re.compile(r'([a-z._]+)\s*=\s*"((?:[^"\\]|\\.)*)"')
_LONGER: Final = re.compile(r"duration\s*>\s*(\d+(?:\.\d+)?)(ms|s)")
_NANOSECONDS: Final = {"ms": 1e6, "s": 1e9}


class NotUnderstood(ValueError):
    """The query is more than this collector answers."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition in SQL with one parameter, and the parameter's value."""

    sql: str
    value: str | int


def parse(query: str) -> tuple[Condition, ...]:
    """The conditions of a query; raises `NotUnderstood`."""
    text = query.strip()
    if not (text.startswith("{") and text.endswith("}")):
        raise NotUnderstood('write the query as { span.request.id = "..." }')
    body = text[1:-1].strip()
    return tuple(_condition(part.strip()) for part in body.split("&&")) if body else ()


def _condition(text: str) -> Condition:
    if (match := _EQUALS.fullmatch(text)) and match[1] in _COLUMNS:
        return Condition(f"{_COLUMNS[match[1]]} = ?", re.sub(r"\\(.)", r"\1", match[2]))
    if re.fullmatch(r"status\s*=\s*error", text):
        return Condition("is_error = ?", 1)
    if match := _LONGER.fullmatch(text):
        return Condition("duration_ns > ?", int(float(match[1]) * _NANOSECONDS[match[2]]))
    raise NotUnderstood(f"{text!r} is not understood: ask for {', '.join(_COLUMNS)}, status or duration")
