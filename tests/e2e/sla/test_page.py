"""The page in a real browser: it shows, it fits, it prints, and it asks nothing of the network."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from reports import Reports
from support.pictures import assert_looks_as_stored

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [pytest.mark.e2e, pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed")]

CONTRAST = (Path(__file__).parent / "contrast.js").read_text()


@pytest.fixture(scope="module")
def written(week: Reports, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    for arguments in ((), ("--tenant", "upgraded", "--pdf")):  # beside the test's own browser: a new process
        where = ("--prometheus", week.url, "--period", "2026-W43", "--zone", "Europe/Berlin")
        ran = week.workspace.run("sla-report", *where, "--out", str(folder), *arguments)
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


def test_the_chart_has_a_place_for_every_hour(written: Path, browser: object) -> None:
    """169 hours, each with its answered and its failed requests; the one that was never summed is empty."""
    page = browser.new_page()
    page.goto((written / "sla-2026-W43-upgraded.html").as_uri())
    assert page.locator(".chart svg[role=img]").count() == 1
    assert page.locator(".chart .bar rect").count() == 2 * 169
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.chart .color-1 rect')).fill")
        == "rgb(164, 14, 38)"
    )
    page.close()


SCREENS = Path(__file__).parent / "screens"
"""Pictures that a person has looked at. --update-golden takes new ones."""


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
@pytest.mark.parametrize("name", ["sla-2026-W43", "sla-2026-W43-upgraded"])
def test_the_page_looks_as_it_did(
    written: Path, browser: object, name: str, scheme: str, pytestconfig: pytest.Config, tmp_path: Path
) -> None:
    page = browser.new_page(viewport={"width": 1100, "height": 1400})
    page.emulate_media(
        media="print" if scheme == "print" else "screen", color_scheme=scheme.replace("print", "light")
    )
    page.goto((written / f"{name}.html").as_uri())
    stored, update = SCREENS / f"{name}-{scheme}.png", pytestconfig.getoption("--update-golden")
    assert_looks_as_stored(page, stored, tmp_path, update=update)
    page.close()


def test_the_pdf_shows_every_figure_on_whole_pages(written: Path) -> None:
    import pypdfium2

    pdf = pypdfium2.PdfDocument(written / "sla-2026-W43-upgraded.pdf")
    texts = [page.get_textpage().get_text_bounded() for page in pdf]
    assert "99.8999 %" in texts[0]
    assert "Upgrade of the database" in "".join(texts)
    for page in pdf:
        assert [round(side) for side in page.get_size()] == [595, 842]  # A4 in points
        picture = page.render(scale=0.5, grayscale=True).to_pil()
        margin = picture.crop((0, 0, 12, picture.height))
        assert margin.getextrema()[0] > 250, "something is cut at the left edge"
    pdf.close()


def test_a_table_of_all_tenants_fits_on_paper(written: Path, browser: object) -> None:
    page = browser.new_page(viewport={"width": 680, "height": 960})  # A4 less its margins, at 96 dpi
    page.emulate_media(media="print")
    page.goto((written / "sla-2026-W43.html").as_uri())
    assert page.evaluate("(t => t.scrollWidth <= t.clientWidth)(document.querySelector('.scroll'))")
    page.close()
