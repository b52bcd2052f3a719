"""Reports' pages as PDF, printed by Chromium through Playwright."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from platformctl.app.chromium import arguments, chromium
from platformctl.errors import PlatformError


def print_pdfs(pages: Iterable[Path]) -> tuple[Path, ...]:
    """Print HTML files next to themselves; raises `PlatformError` where Playwright or Chromium is missing."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError as error:
        raise PlatformError(
            "printing PDF needs Playwright", fix="pip install 'platformctl[report]'"
        ) from error
    printed: list[Path] = []
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=arguments())
            tab = browser.new_page(java_script_enabled=False)
            for page in pages:
                tab.goto(page.resolve().as_uri())
                printed.append(page.with_suffix(".pdf"))
                tab.pdf(path=printed[-1], prefer_css_page_size=True, print_background=True)
            browser.close()
    except Error as error:
        raise PlatformError(
            f"Chromium cannot print: {error.message.splitlines()[0]}",
            fix="apt-get install chromium, or playwright install chromium",
        ) from error
    return tuple(printed)
