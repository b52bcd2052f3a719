"""The page in a real browser: it shows, it fits, it prints, and it asks nothing of the network."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Reports

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [pytest.mark.e2e, pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed")]

CONTRAST = (Path(__file__).parent / "contrast.js").read_text()


@pytest.fixture(scope="module")
def written(week: Reports, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    for arguments in ((), ("--tenant", "upgraded", "--pdf")):
        ran = week.run("--out", str(folder), *arguments)
        assert ran.code == 0, ran.stderr
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with playwright.sync_playwright() as engine:
        started = engine.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["sla-2026-W43", "sla-2026-W43-upgraded"])
def test_the_page_is_readable_and_asks_for_nothing(
    written: Path, browser: object, name: str, scheme: str
) -> None:
    page = browser.new_page(color_scheme=scheme, viewport={"width": 1000, "height": 800})
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto((written / f"{name}.html").as_uri())
    assert len(asked) == 1
    assert said == []
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate(CONTRAST) == []
    page.close()


def test_a_narrow_screen_scrolls_the_table_and_not_the_page(written: Path, browser: object) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto((written / "sla-2026-W43.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.close()


def test_the_heat_map_has_a_cell_for_every_hour_of_the_week(written: Path, browser: object) -> None:
    """169 hours; the one whose sum was never recorded is drawn as such and shifts no other."""
    page = browser.new_page()
    page.goto((written / "sla-2026-W43-upgraded.html").as_uri())
    days = [page.locator(".day").nth(n).locator(".cell").count() for n in range(7)]
    assert days == [24, 24, 24, 24, 24, 24, 25]
    assert page.locator(".day .cell.none").count() == 1
    assert page.locator(".day .cell.down").count() == 2
    page.close()


def test_the_pdf_is_one(written: Path) -> None:
    pdf = (written / "sla-2026-W43-upgraded.pdf").read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert b"/Type /Page" in pdf
