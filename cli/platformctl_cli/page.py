"""A Markdown page on the terminal.

Not rich's: importing `rich.markdown` alone takes longer than the whole look-up may. Our pages need little of Markdown.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import textwrap
from collections.abc import Iterator
from typing import Final

from platformctl_cli import show

_WIDEST: Final = 100
_FENCE: Final = "```"
_HEADING: Final = re.compile(r"^(#+) +(.*)$")
_ITEM: Final = re.compile(r"^ *(?:[-*]|\d+\.) +")
_COMMENT: Final = re.compile(r"<!-- (.*?) -->")
_CODE: Final = re.compile(r"`([^`]+)`", re.DOTALL)
_STRONG: Final = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
_LINK: Final = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")


def show_page(text: str) -> None:
    """The page as it is written where the output is piped; laid out and coloured on a terminal."""
    if sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
        width = min(shutil.get_terminal_size().columns, _WIDEST)
        laid = "\n".join(laid_out(text, width=width, colour="NO_COLOR" not in os.environ))
        show.result(laid)
    else:
        show.result(text.rstrip("\n"))


def laid_out(text: str, *, width: int, colour: bool) -> Iterator[str]:
    """The lines of the page: headings stand out, texts are wrapped, and code is indented and never broken."""
    code = False
    paragraph: list[str] = []
    for line in (*text.rstrip("\n").splitlines(), ""):
        fence = line.startswith(_FENCE)
        if fence or code or not line.strip() or _HEADING.match(line) or line.startswith("|"):
            yield from _wrapped(paragraph, width, colour=colour)
            paragraph = []
        elif _ITEM.match(line):
            yield from _wrapped(paragraph, width, colour=colour)
            paragraph = [line]
            continue
        if fence:
            code = not code
        elif code:
            yield _painted(f"    {line}", "36", colour=colour)
        elif heading := _HEADING.match(line):
            yield _painted(heading[2], "1;4" if len(heading[1]) == 1 else "1;33", colour=colour)
        elif line.strip() and not line.startswith("|"):
            paragraph.append(line.strip())
        else:
            yield line


def _wrapped(paragraph: list[str], width: int, *, colour: bool) -> Iterator[str]:
    if not paragraph:
        return
    text = " ".join(paragraph)
    item = _ITEM.match(text)
    indent = " " * len(item[0]) if item else ""
    lines = textwrap.wrap(
        text, width, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False
    )
    yield _inline("\n".join(lines), colour=colour)


def _inline(text: str, *, colour: bool) -> str:
    text = _LINK.sub(lambda link: _painted(link[1], "4", colour=colour), text)
    text = _STRONG.sub(lambda strong: _painted(strong[1], "1", colour=colour), text)
    text = _COMMENT.sub(lambda comment: _painted(f"({comment[1]})", "35", colour=colour), text)
    return _CODE.sub(lambda code: _painted(code[1], "36", colour=colour), text)


def _painted(text: str, style: str, *, colour: bool) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if colour else text
