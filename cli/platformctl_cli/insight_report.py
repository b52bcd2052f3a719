"""A page on a terminal: the message, the figures that stand out, the tables, what to mind."""

from __future__ import annotations

from platformctl.render.insight.page import Page
from platformctl_cli import show


def show_page(page: Page) -> None:
    """The page as a result; the appendix is left to the files and to --json."""
    show.result(page.title)
    show.result(page.subtitle)
    show.result("")
    for line in page.message:
        show.result(line)
    if page.cards:
        show.result("")
        show.table(("FIGURE", "VALUE", ""), ((card.title, card.value, card.beside) for card in page.cards))
    for table in page.tables:
        show.result("")
        show.result(table.title)
        show.table([head.upper() for head in table.heads], table.rows)
    for note in page.notes:
        show.result("")
        show.result(f"! {note}")
