"""A dashboard as a PNG: the preview's page in a headless Chromium."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Final

from platformctl.app.chromium import arguments, chromium
from platformctl.app.preview import Preview
from platformctl.errors import PlatformError

_WIDTH: Final = 1600
_HEIGHT: Final = 1000
_PATIENCE_MS: Final = 60_000


def take_picture(preview: Preview, file: Path) -> None:
    """Write what the page shows once every panel has its answer; serves the page meanwhile."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        raise PlatformError(
            "a picture takes the extra 'preview'", fix="pip install 'platformctl[preview]'"
        ) from None
    thread = threading.Thread(target=preview.server.serve_forever, daemon=True)
    thread.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=arguments())
            page = browser.new_page(viewport={"width": _WIDTH, "height": _HEIGHT})
            page.goto(preview.url)
            page.wait_for_selector("body[data-ready=true]", timeout=_PATIENCE_MS)
            page.screenshot(path=file, full_page=True)
            browser.close()
    except Error as error:
        raise PlatformError(
            f"the browser took no picture: {error.message.splitlines()[0]}",
            fix="apt-get install chromium, or: playwright install chromium",
        ) from error
    finally:
        preview.server.shutdown()
        thread.join()
