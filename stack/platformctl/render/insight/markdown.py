"""A page as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.render._markdown import table, text
from platformctl.render.insight.page import Page


def render(page: Page) -> str:
    """The whole page."""
    return "\n".join(_lines(page)) + "\n"


def _lines(page: Page) -> Iterator[str]:
    yield from (f"# {text(page.title)}", "", f"{text(page.subtitle)}.", "")
    yield from (f"- {text(line)}" for line in page.message)
    yield ""
    if page.cards:
        cards = ((card.title, card.value, card.beside) for card in page.cards)
        yield from table(("Figure", "Value", ""), cards, right=(False, True, False))
    for one in page.tables:
        yield from (f"## {text(one.title)}", "")
        yield from table(one.heads, one.rows, right=[n >= one.words for n in range(len(one.heads))])
    yield from (f"> {text(note)}\n" for note in page.notes)
    yield from ("## Appendix: where each figure comes from", "")
    for source in page.sources:
        yield f"- **{text(source.figure)}**: {text(source.definition)}"
        yield f"  `{source.query}`, {source.when}"
