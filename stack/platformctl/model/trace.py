"""A trace: the spans of one request, as a tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """One piece of work. Times in nanoseconds, `start_ns` since the epoch; ids in hexadecimal, a root has no parent."""

    trace_id: str
    id: str
    parent: str
    service: str
    name: str
    start_ns: int
    duration_ns: int
    is_error: bool
    attributes: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Branch:
    """A span and what was done within it, in the order it began."""

    span: Span
    children: tuple[Branch, ...]


def tree(spans: Iterable[Span]) -> tuple[Branch, ...]:
    """The spans below those whose parent is not among them: one of a whole trace, more where spans were lost."""
    known = {span.id: span for span in sorted(spans, key=lambda span: span.start_ns)}
    below: dict[str, list[Span]] = {}
    for span in known.values():
        parent = span.parent if span.parent in known and span.parent != span.id else ""
        below.setdefault(parent, []).append(span)
    return tuple(_branch(span, below) for span in below.get("", ()))


def _branch(span: Span, below: Mapping[str, list[Span]]) -> Branch:
    return Branch(span=span, children=tuple(_branch(child, below) for child in below.get(span.id, ())))
