"""What a journey of each vertical could be built on: the page that sounds like it, its fields and its buttons."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from platformctl.scaffold.nextjs.app import App
from platformctl.scaffold.nextjs.routes import page_files
from platformctl.scaffold.nextjs.source import Sources

_SOUNDS_LIKE: Final[Mapping[str, str]] = {
    "hotels": r"hotel|room|stay|booking|reservation",
    "cinemas": r"cinema|movie|film|seat|screening|showtime",
    "gyms": r"gym|member|fitness|class(es)?\b",
    "b2b": r"b2b|purchas|procure|quote|wholesale|bulk",
    "retail": r"retail|shop|store|cart|basket|checkout|product",
}
_LABEL: Final = re.compile(r"<label\b[^>]*>\s*(?:<(?:=>|[^>])*>\s*)?([^<{]*[A-Za-z][^<{]*?)\s*<")
_BUTTON: Final = re.compile(r"<button\b(?:=>|[^>])*>\s*([A-Z][^<{]*?)\s*(?:<|\{)")
_MOST: Final = 8


def notes(app: App, sources: Sources) -> Iterator[str]:
    """One line for each vertical that a page was found for."""
    files = page_files(sources, app.src)
    for vertical, pattern in _SOUNDS_LIKE.items():
        path = next((page for page in app.pages if re.search(pattern, page, re.IGNORECASE)), None)
        if path is None or path not in files:
            continue
        reached = [file for file in sources.reachable(files[path]) if file.endswith("x")]
        text = "\n".join(sources.text(file) for file in reached)
        parts = [f"{vertical} at {path}", *_named("fields", _LABEL, text), *_named("buttons", _BUTTON, text)]
        yield "; ".join(parts)


def _named(what: str, pattern: re.Pattern[str], text: str) -> Iterator[str]:
    found = dict.fromkeys(" ".join(words.split()) for words in pattern.findall(text))
    if found:
        yield f"{what} " + ", ".join(list(found)[:_MOST])
