"""As much of LogQL as can be told without a Loki: quotes and brackets that close, and selectors over known labels.

The whole grammar is Loki's to judge: the tests have a real one load every rule.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from platformctl.checks._expressions import filled
from platformctl.model.platform import Platform

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`|[{}()\[\]]|["`]')
_PAIRS: Final = {")": "(", "]": "[", "}": "{"}
_MATCHER: Final = re.compile(r'\s*([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|`[^`]*`)\s*')
_FILTER: Final = re.compile(r'\s*(\|=|!=|\|~|!~)\s*("(?:[^"\\]|\\.)*"|`[^`]*`)')
_LABEL_OF_LOKI: Final = frozenset({"__tenant_id__", "environment"})
_TEMPLATE: Final = re.compile(r"\{\{.*?\}\}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Matcher:
    """One condition on a stream label: ``level=~"error|critical"``."""

    label: str
    kind: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """A selector with the line filters right behind it, each with its kind, such as ``|~``."""

    text: str
    matchers: tuple[Matcher, ...]
    filters: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LogExpression:
    """A query in LogQL, what it belongs to, and where that is written; is_rule: evaluated by Loki's ruler."""

    owner: str
    text: str
    where: str
    is_rule: bool = False

    def problem(self) -> str:
        """What is wrong with its quotes, brackets or selectors; empty for nothing."""
        if fault := _unclosed(self.text):
            return fault
        selectors = list(_selectors(self.text))
        if not selectors:
            return "selects no log streams"
        return next(filter(None, map(_fault_of_selector, selectors)), "")

    def selections(self) -> Iterator[Selection]:
        """Which lines it asks for."""
        for start, end in _spans(self.text):
            filters, at = [], end + 1
            while found := _FILTER.match(self.text, at):
                filters.append((found[1], _unquoted(found[2])))
                at = found.end()
            matchers = tuple(
                Matcher(label=found[1], kind=found[2], value=_unquoted(found[3]))
                for found in _MATCHER.finditer(self.text, start, end)
            )
            text = self.text[start - 1 : at].strip()
            yield Selection(text=text, matchers=matchers, filters=tuple(filters))

    def labels(self) -> frozenset[str]:
        """The stream labels that its selectors name."""
        return frozenset(found[1] for text in _selectors(self.text) for found in _MATCHER.finditer(text))


def log_expressions(platform: Platform) -> Iterator[LogExpression]:
    """Those of rules, of links from alerts, and of panels."""
    for rule in platform.log_recording_rules:
        where = platform.origin("recording rule", rule.name)
        yield LogExpression(owner=rule.name, text=rule.expr, where=where, is_rule=True)
    for area in platform.log_areas:
        for alert in area.alerts:
            where = platform.origin("alert", alert.name)
            yield LogExpression(owner=alert.name, text=alert.expr, where=where, is_rule=True)
    for alert in platform.alerts:
        if alert.logs:
            text = _TEMPLATE.sub("any", alert.logs.query)
            where = platform.origin("alert", alert.name)
            yield LogExpression(owner=f"the log link of {alert.name}", text=text, where=where)
    for dashboard in platform.dashboards:
        for panel in (panel for panel in dashboard.panels if panel.reads_logs):
            for query in panel.queries:
                yield LogExpression(
                    owner=f"panel {panel.title!r} of {dashboard.uid}",
                    text=filled(query.expr),
                    where=platform.origin("dashboard", dashboard.uid),
                )


def stream_labels(platform: Platform) -> frozenset[str]:
    """The labels that lines have in Loki."""
    return _LABEL_OF_LOKI.union(*(pipeline.labels for pipeline in platform.log_pipelines))


def _unclosed(text: str) -> str:
    """The first quote or bracket without its other half."""
    opened: list[str] = []
    for found in _TOKEN.finditer(text):
        token = found[0]
        if token in ('"', "`"):
            return f"has a quote that does not end: {text[found.start() :][:20]}"
        if token in _PAIRS.values():
            opened.append(token)
        elif token in _PAIRS and (not opened or opened.pop() != _PAIRS[token]):
            return f"closes {token!r} that was not opened"
    return f"does not close {opened[-1]!r}" if opened else ""


def _selectors(text: str) -> Iterator[str]:
    """What stands between braces, outside of quotes."""
    for start, end in _spans(text):
        yield text[start:end]


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start = -1
    for found in _TOKEN.finditer(text):
        if found[0] == "{":
            start = found.end()
        elif found[0] == "}":
            yield start, found.start()


def _unquoted(text: str) -> str:
    """The string that a literal of LogQL stands for."""
    if text.startswith("`"):
        return text[1:-1]
    try:
        return str(json.loads(text))
    except ValueError:  # one of Go's escapes that JSON has not
        return text[1:-1]


def _fault_of_selector(text: str) -> str:
    """What Loki would refuse of the inside of ``{...}``; empty for nothing."""
    at, narrow = 0, False
    while found := _MATCHER.match(text, at):
        operator, value = found[2], found[3][1:-1]
        narrow |= operator == "=" and bool(value)
        narrow |= operator == "=~" and _matches_something_only(value)
        at = found.end()
        if at < len(text) and text[at] == ",":
            at += 1
    if text[at:].strip():
        return f"has a selector that cannot be read at: {text[at:].strip()[:20]}"
    return "" if narrow else f"selects every stream, which Loki refuses: {{{text}}}"


def _matches_something_only(pattern: str) -> bool:
    try:
        return re.fullmatch(pattern.replace("\\\\", "\\"), "") is None
    except re.error:
        return False
