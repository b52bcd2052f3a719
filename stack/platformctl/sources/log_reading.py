"""What a pipeline makes of one line, told without an agent: the same fields, drops and redactions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Final, TypeAlias

from platformctl.model.log_query import LogLine, LogQuery
from platformctl.model.logs import LEVELS, TENANT, LogPipeline

_Fields: TypeAlias = Mapping[str, object]
_LEVEL_OF: Final = {spelling: level for level, spellings in LEVELS.items() for spelling in spellings}
_LEVEL_OF_LOGFMT: Final = re.compile(r"(?:^|\s)level=([a-zA-Z]+)")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d| UTC)", re.ASCII)
_TIME_WITHIN: Final = 60
_NS: Final = 10**9


@dataclass(frozen=True, kw_only=True)
class LineReader:
    """Reads lines of one pipeline and keeps those that a query asks for."""

    pipeline: LogPipeline
    query: LogQuery

    def read(self, text: str, *, file_service: str, before_ns: Callable[[], int]) -> LogLine | None:
        """The line as Loki would have it, or None; a line without a time has that of the line before."""
        if not self._may_match(text) or self._is_dropped(text):
            return None
        text = self._redacted(text)
        fields = _json(text)
        line = LogLine(
            time_ns=_time_ns(text, fields, self.pipeline) or before_ns(),
            tenant=self._tenant(fields),
            service=_text(fields, self.pipeline.service_field) or self.pipeline.service or file_service,
            level=self._level(text, fields),
            text=text,
            metadata=self._metadata(fields),
        )
        return line if self._matches(line) else None

    @cached_property
    def _needles(self) -> tuple[str, ...]:
        """What the raw line holds if it is asked for: cheaper to look for than to parse."""
        tenant = self.query.tenant if self.query.tenant != self.pipeline.default_tenant else ""
        return tuple(filter(None, (self.query.request_id, self.query.trace_id, tenant)))

    def _may_match(self, text: str) -> bool:
        return all(needle in text for needle in self._needles)

    def _is_dropped(self, text: str) -> bool:
        low = text.lower()
        return any(_has_word(low, d.only_with) and re.search(d.pattern, text) for d in self.pipeline.drops)

    def _redacted(self, text: str) -> str:
        low = text.lower()
        for redaction in self.pipeline.redactions:
            if _has_word(low, redaction.only_with):
                text = _replaced(redaction.pattern, redaction.replacement, text)
        return text

    def _tenant(self, fields: _Fields) -> str:
        given = _text(fields, self.pipeline.tenant_field)
        return given if re.fullmatch(TENANT, given) else self.pipeline.default_tenant

    def _level(self, text: str, fields: _Fields) -> str:
        found = None if fields else _LEVEL_OF_LOGFMT.search(text)
        given = found[1] if found else _text(fields, self.pipeline.level_field)
        return _LEVEL_OF.get(given.lower(), "unknown")

    def _metadata(self, fields: _Fields) -> dict[str, str]:
        found = {name: _text(fields, self.pipeline.path(name)) for name in self.pipeline.structured_metadata}
        return {name: value for name, value in found.items() if value}

    def _matches(self, line: LogLine) -> bool:
        query = self.query
        return (
            query.start_ns <= line.time_ns < query.end_ns
            and query.tenant in ("", line.tenant)
            and query.service in ("", line.service)
            and query.request_id in ("", line.metadata.get("request_id"))
            and query.trace_id in ("", line.metadata.get("trace_id"))
            and (query.level is None or line.level in query.level.and_graver)
            and (not query.grep or re.search(query.grep, line.text) is not None)
        )


def time_ns(text: str, pipeline: LogPipeline) -> int:
    """The time that a line bears, in Unix nanoseconds; 0 for none."""
    return _time_ns(text, _json(text), pipeline)


def _time_ns(text: str, fields: _Fields, pipeline: LogPipeline) -> int:
    given = fields.get(pipeline.timestamp_field)
    if isinstance(given, int | float):
        return int(given * _NS)
    if fields and not isinstance(given, str):
        return 0  # a time elsewhere in a JSON line is part of what it tells
    found = _TIME.search(given if isinstance(given, str) else text[:_TIME_WITHIN])
    return _nanoseconds(found[0]) if found else 0


def _has_word(low: str, words: tuple[str, ...]) -> bool:
    return not words or any(word in low for word in words)


def _replaced(pattern: str, replacement: str, text: str) -> str:
    """The text with the one group of every match replaced."""
    pieces, end = [], 0
    for found in re.finditer(pattern, text):
        if found.start(1) >= 0:
            pieces += [text[end : found.start(1)], replacement]
            end = found.end(1)
    return "".join((*pieces, text[end:]))


def _json(text: str) -> _Fields:
    if not text.startswith("{"):
        return {}
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _text(fields: _Fields, name: str) -> str:
    """A field as the agents write it; empty where it is missing or null."""
    value = fields.get(name)
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


def _nanoseconds(text: str) -> int:
    """Exactly: a float of this size would be some hundred nanoseconds off."""
    whole, _, rest = text.replace(" UTC", "Z").replace(",", ".").partition(".")
    zone = rest.lstrip("0123456789")
    digits = rest[: len(rest) - len(zone)]
    try:
        at = datetime.fromisoformat(whole + zone)
    except ValueError:
        return 0
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return int(at.timestamp()) * _NS + int(digits[:9].ljust(9, "0") or 0)
