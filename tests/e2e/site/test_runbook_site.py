"""The runbook site in a real browser: served by a real Prometheus whose alert fires, and from a folder."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support import sample
from support.servers import free_port, start, stop, wait_for
from support.sites import native_site
from support.watch import get_json

from platformctl.model.platform import Platform
from platformctl.render import runbook_site
from platformctl.render.links import alert_annotations
from platformctl.sources.definitions import load_platform

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
)

NEEDED = ("prometheus", "chromium")
ABSENT = [name for name in NEEDED if shutil.which(name) is None]
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(bool(ABSENT), reason=f"not installed here: {', '.join(ABSENT)}"),
]
REPOSITORY = Path(__file__).parents[3]
CONFIG = "global: {evaluation_interval: 1s}\nrule_files: [rules.yml]\n"
RULES = """groups:
  - name: broken
    rules:
      - alert: RedisDown
        expr: vector(1)
        labels: {severity: critical}
        annotations: {summary: "Redis <b>does</b> not answer."}
"""
DARK = os.environ.get("SITE_SCREENSHOTS")  # a folder, for a person who wants to look


@pytest.fixture(scope="module")
def platform() -> Platform:
    """This repository's own definitions."""
    return load_platform(REPOSITORY)


@pytest.fixture(scope="module")
def folder(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as a release holds it."""
    made = tmp_path_factory.mktemp("site")
    for artifact in runbook_site.render(platform, native_site(sample.PLATFORM)):
        path = made / artifact.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(artifact.content)
    return made / "prometheus" / "assets"


@pytest.fixture(scope="module")
def served(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where Prometheus serves the site, once its alert fires."""
    home, port = tmp_path_factory.mktemp("prometheus"), free_port()
    (home / "prometheus.yml").write_text(CONFIG)
    (home / "rules.yml").write_text(RULES)
    command = [
        "prometheus", f"--config.file={home}/prometheus.yml", f"--storage.tsdb.path={home}/data",
        f"--web.listen-address=127.0.0.1:{port}", f"--web.user-assets={folder}",
    ]  # fmt: skip
    process = start(command, log=home / "log")

    def fires() -> bool:
        try:
            told = get_json(f"http://127.0.0.1:{port}/api/v1/alerts")
        except OSError:
            return False
        return "RedisDown" in str(told)

    try:
        wait_for(fires, what="the alert fires", log=home / "log")
        yield f"http://127.0.0.1:{port}/user/runbooks"
    finally:
        stop(process)


@pytest.fixture(scope="module")
def browser() -> Iterator[playwright.Browser]:
    with playwright.sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def page(browser: playwright.Browser) -> Iterator[playwright.Page]:
    """A page that fails the test for an error in its scripts, and for a request to anywhere else."""
    opened = browser.new_page(viewport={"width": 1200, "height": 900})
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("requestfailed", lambda request: faults.append(f"failed: {request.url}"))
    opened.on(
        "request",
        lambda request: (
            None
            if request.url.startswith(("http://127.0.0.1:", "file://", "data:"))
            else faults.append(f"asked elsewhere: {request.url}")
        ),
    )
    yield opened
    opened.close()
    assert faults == []


def breaches(page: playwright.Page) -> list[str]:
    """What axe-core finds wrong: rule and element."""
    found = axe.Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]]


def hits(page: playwright.Page) -> list[str]:
    return [str(name) for name in page.locator("#hits a").all_inner_texts()]


def test_the_link_of_an_alert_opens_its_page_and_tells_that_it_fires(
    page: playwright.Page, served: str, platform: Platform
) -> None:
    (alert,) = (a for a in platform.alerts if a.name == "RedisDown")
    link = alert_annotations(alert, native_site(sample.PLATFORM))["runbook_url"]
    page.goto(served.partition("/user/")[0] + "/user/" + link.partition("/user/")[2])
    assert page.locator("h1").inner_text() == "RedisDown"
    sections = page.locator("article > h2").all_inner_texts()
    assert sections == ["Meaning", "Impact", "Diagnosis", "Mitigation", "Escalation", "Verification"]
    page.locator("#firing li").wait_for()
    assert page.locator("#firing li").inner_text() == "Redis <b>does</b> not answer."
    page.get_by_role("navigation", name="On this page").get_by_role("link", name="Mitigation").click()
    assert page.url.endswith("#mitigation")


def test_the_page_of_another_alert_does_not_say_that_it_fires(page: playwright.Page, served: str) -> None:
    with page.expect_response("**/api/v1/alerts"):
        page.goto(f"{served}/PostgresDown.html")
    assert page.locator("#firing").is_hidden()


def test_a_query_of_a_page_is_asked_by_a_link(page: playwright.Page, served: str) -> None:
    page.goto(f"{served}/ServiceDown.html")
    link = str(page.get_by_role("link", name="Ask Prometheus").first.get_attribute("href"))
    assert link == "../../graph?g0.expr=min%20by%20%28job%29%20%28up%29%20%3D%3D%200&g0.tab=0"
    assert page.request.get(f"{served}/{link}").ok


def test_every_link_of_the_site_leads_to_a_page(folder: Path) -> None:
    pages = sorted((folder / "runbooks").glob("*.html"))
    links = {
        (page, link) for page in pages for link in re.findall(r'(?:href|src)="([^"]+)"', page.read_text())
    }
    own = {
        (page, link) for page, link in links if not link.startswith(("#", "http:", "data:", "../../graph?"))
    }
    lost = [
        f"{page.name}: {link}" for page, link in own if not (page.parent / link.partition("#")[0]).is_file()
    ]
    assert (lost, len(own) > 3 * len(pages)) == ([], True)


def test_a_page_is_found_by_its_name_by_symptoms_and_with_the_keyboard_alone(
    page: playwright.Page, folder: Path
) -> None:
    page.goto(f"file://{folder}/runbooks/index.html")
    page.keyboard.press("/")
    page.keyboard.type("redis mem")
    assert hits(page)[0] == "RedisMemorySaturated"
    page.keyboard.press("Escape")
    assert page.locator("#results").is_hidden()
    page.keyboard.type("evaluates delivers")
    assert "Watchdog" in hits(page)
    page.keyboard.press("Escape")
    page.keyboard.type("moonlight")
    assert page.get_by_role("status").inner_text() == "Nothing fits “moonlight”."
    page.keyboard.press("Escape")
    page.keyboard.type("servicedown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ServiceDown.html")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["index", "RedisDown"])
def test_a_page_is_accessible_in_both_schemes(
    page: playwright.Page, served: str, scheme: str, name: str
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{served}/{name}.html")
    page.locator("#firing li").wait_for()
    page.fill("#query", "redis")
    assert breaches(page) == []
    if DARK:
        page.fill("#query", "")
        page.screenshot(path=f"{DARK}/{name}-{scheme}.png")


def test_the_theme_that_was_chosen_is_kept(page: playwright.Page, served: str) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(f"{served}/index.html")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.get_by_role("button", name="Dark").click()
    dark = page.evaluate(paper)
    page.goto(f"{served}/ServiceDown.html")
    assert (page.evaluate(paper), dark != light) == (dark, True)


def test_paper_gets_the_page_and_nothing_of_the_site(page: playwright.Page, folder: Path) -> None:
    page.goto(f"file://{folder}/runbooks/ServiceDown.html")
    page.emulate_media(media="print", color_scheme="dark")
    hidden = (".bar", ".contents", ".code button", ".ask")
    assert [s for s in hidden if page.locator(s).first.is_visible()] == []
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    cut = "[...document.querySelectorAll('pre')].filter(p => p.scrollWidth > p.clientWidth).length"
    page.set_viewport_size({"width": 700, "height": 900})
    assert page.evaluate(cut) == 0
    assert page.pdf().startswith(b"%PDF")


def test_a_telephone_needs_no_sideways_scrolling(page: playwright.Page, folder: Path) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    for name in ("index", "HighErrorRate", "PrometheusMissesEvaluations"):
        page.goto(f"file://{folder}/runbooks/{name}.html")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
    if DARK:
        page.screenshot(path=f"{DARK}/telephone.png")


def test_markup_in_definitions_is_text(page: playwright.Page, tmp_path: Path) -> None:
    evil = "<img src=x onerror=document.title='broken'></script>"
    alert = replace(sample.SHOP_DOWN, summary=f"{evil} {{{{ $labels.job }}}}", description=evil)
    (_, other) = sample.PLATFORM.runbooks
    book = replace(
        other, name="ShopDown", text=f"# ShopDown\n\n## Meaning\n\n{evil}\n\n[x](javascript:alert(1))\n"
    )
    hostile = replace(sample.with_alerts(alert), runbooks=(book,))
    for artifact in runbook_site.render(hostile, native_site(sample.PLATFORM)):
        (tmp_path / Path(artifact.path).name).write_bytes(artifact.content)
    for name in ("index", "ShopDown"):
        page.goto(f"file://{tmp_path}/{name}.html")
        page.fill("#query", "shop")
        assert hits(page) == ["ShopDown"]
        assert page.locator("img, a[href^='javascript:']").count() == 0
        assert "broken" not in page.title()
