"""A page as a value: every form (terminal, Markdown, HTML) shows the same one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """One figure that stands out: what it is, how much, and how it moved or what it is made of."""

    title: str
    value: str
    beside: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A table; `words` is how many of its first columns are words, the others are numbers."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """One query of the appendix."""

    figure: str
    definition: str
    query: str
    when: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One page: the message first, then figures, tables, what to mind, and where it comes from."""

    title: str
    subtitle: str
    message: tuple[str, ...]
    cards: tuple[Card, ...]
    tables: tuple[Table, ...]
    notes: tuple[str, ...]
    sources: tuple[Source, ...]
