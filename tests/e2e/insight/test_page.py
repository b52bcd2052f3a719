"""The pages in a real browser: they show, they fit, they ask nothing of the network, and look as they did."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from insights import Insights
from support.pictures import assert_looks_as_stored

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [pytest.mark.e2e, pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed")]

SCREENS = Path(__file__).parent / "screens"
"""Pictures that a person has looked at. --update-golden takes new ones."""

CONTRAST = (Path(__file__).parents[1] / "sla" / "contrast.js").read_text()
PAGES = {
    "executive-2026-W46": ("executive",),
    "verticals-2026-W46": ("verticals",),
    "peers-2026-W46-h1": ("peers", "--tenant", "h1"),
}


@pytest.fixture(scope="module")
def written(insights: Insights, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    for arguments in PAGES.values():
        insights.run(*arguments, "--out", str(folder))
    return folder


@pytest.fixture(scope="module")
def browser(written: Path) -> Iterator[object]:
    with playwright.sync_playwright() as engine:
        started = engine.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_readable_and_looks_as_it_did(
    written: Path, browser: object, name: str, scheme: str, pytestconfig: pytest.Config, tmp_path: Path
) -> None:
    page = browser.new_page(viewport={"width": 1100, "height": 1400})
    page.emulate_media(
        media="print" if scheme == "print" else "screen", color_scheme=scheme.replace("print", "light")
    )
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((written / f"{name}.html").as_uri())
    assert len(asked) == 1
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if scheme != "print":
        assert page.evaluate(CONTRAST) == []
    stored, update = SCREENS / f"{name}-{scheme}.png", pytestconfig.getoption("--update-golden")
    assert_looks_as_stored(page, stored, tmp_path, update=update)
    page.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_narrow_screen_scrolls_the_table_and_not_the_page(
    written: Path, browser: object, name: str
) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto((written / f"{name}.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.close()


@pytest.mark.parametrize("name", PAGES)
def test_every_table_fits_on_paper(written: Path, browser: object, name: str) -> None:
    page = browser.new_page(viewport={"width": 1030, "height": 700})  # A4 across less its margins, at 96 dpi
    page.emulate_media(media="print")
    page.goto((written / f"{name}.html").as_uri())
    assert page.evaluate("[...document.querySelectorAll('table')].every(t => t.scrollWidth <= innerWidth)")
    page.close()
