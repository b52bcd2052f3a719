"""LogQL of what a person asks for."""

from __future__ import annotations

import json
from collections.abc import Iterator

from platformctl.model.log_query import LogQuery


def logql(query: LogQuery) -> str:
    """The query without its time: labels first, then the text, and ids, which are no labels, last."""
    matchers = ", ".join(_matchers(query)) or 'service=~".+"'  # Loki wants one that does not match nothing
    return " ".join((f"{{{matchers}}}", *_filters(query)))


def _matchers(query: LogQuery) -> Iterator[str]:
    if query.tenant:
        yield f"tenant={_quoted(query.tenant)}"
    if query.service:
        yield f"service={_quoted(query.service)}"
    if query.level:
        yield f"level=~{_quoted('|'.join(query.level.and_graver))}"


def _filters(query: LogQuery) -> Iterator[str]:
    if query.grep:
        yield f"|~ {_quoted(query.grep)}"
    if query.request_id:
        yield f"| request_id={_quoted(query.request_id)}"
    if query.trace_id:
        yield f"| trace_id={_quoted(query.trace_id)}"


def _quoted(text: str) -> str:
    """A string as LogQL reads it; JSON's escapes are among Go's."""
    return json.dumps(text, ensure_ascii=False)
