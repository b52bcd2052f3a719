"""A page in its forms, in a folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from platformctl.render.insight import html, markdown
from platformctl.render.insight.page import Page
from platformctl.sinks.files import write_atomically


def write_page(page: Page, data: dict[str, object], folder: Path, stem: str) -> Iterator[Path]:
    """HTML, Markdown and JSON; gives each path once it is written."""
    for ending, text in (
        ("html", html.render(page)),
        ("md", markdown.render(page)),
        ("json", json.dumps(data, indent=2, ensure_ascii=False) + "\n"),
    ):
        path = folder / f"{stem}.{ending}"
        write_atomically(path, text)
        yield path
