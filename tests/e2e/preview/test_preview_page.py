"""The preview's page in a real browser, against a real Prometheus that scrapes itself."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from platformctl.app.preview import Preview
from platformctl.app.preview_picture import take_picture
from platformctl.app.preview_server import Page, PreviewServer
from platformctl.model.dashboard import Audience, Dashboard, Row, Variable
from platformctl.model.panel import Color, Panel, PanelKind, Query, Threshold, Unit, ValueText
from platformctl.render.grafana_dashboard import to_json

pytestmark = pytest.mark.e2e
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

QUERIES = {
    PanelKind.TIMESERIES: "sum by (job) (rate(prometheus_tsdb_head_samples_appended_total[$__rate_interval]))",
    PanelKind.HEATMAP: "sum by (le) (increase(prometheus_http_request_duration_seconds_bucket[$__rate_interval]))",
    PanelKind.TABLE: "count by (job, instance) (up)",
}


def _panel(kind: PanelKind) -> Panel:
    expr = QUERIES.get(kind, 'up{job=~"$job"}')
    return Panel(
        title=f"kind {kind}",
        description="Is it drawn?",
        kind=kind,
        queries=()
        if kind is PanelKind.TEXT
        else (Query(expr=expr, legend="{{job}}" if kind != "heatmap" else "{{le}}"),),
        text="Hello" if kind is PanelKind.TEXT else "",
        unit=Unit.SECONDS,
        thresholds=(Threshold(value=0.5, color=Color.YELLOW),),
        texts=(ValueText(value=1, text="up", color=Color.GREEN),) if kind is PanelKind.STATE_TIMELINE else (),
        minimum=0,
        maximum=10,
        stacked=kind is PanelKind.TIMESERIES,
        height=6,
    )


DASHBOARD = Dashboard(
    uid="sample",
    title="A <b>sample</b>",
    question="Is every kind of panel drawn?",
    audience=Audience.OPERATIONS,
    variables=(Variable(name="job", label="Job", metric="up", of="job"),),
    rows=(
        Row(title="Open", panels=tuple(_panel(kind) for kind in list(PanelKind)[:6])),
        Row(title="Closed", panels=tuple(_panel(kind) for kind in list(PanelKind)[6:]), collapsed=True),
        Row(
            title="Troubled",
            panels=(
                Panel(title="broken", description="x", kind=PanelKind.STAT, queries=(Query(expr="sum(("),)),
                Panel(
                    title="empty", description="x", kind=PanelKind.STAT, empty_reason="nothing to see",
                    queries=(Query(expr="no_such_metric"),),
                ),
            ),
        ),
    ),
)  # fmt: skip


@pytest.fixture
def preview(prometheus: str) -> Iterator[Preview]:
    page = Page(uid=DASHBOARD.uid, title=DASHBOARD.title, dashboard=to_json(DASHBOARD))
    with PreviewServer(pages=(page,), prometheus=prometheus, port=0) as server:
        yield Preview(server=server, url=f"{server.url}/d/sample?range=300", prometheus=prometheus)


def _chromium() -> str:
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("chromium is not installed (apt-get install chromium)")
    return found


@pytest.fixture
def page(preview: Preview) -> Iterator[object]:
    """The sample's page, drawn; nothing may have gone wrong in the browser."""
    thread = threading.Thread(target=preview.server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    faults: list[str] = []
    try:
        with playwright.sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
            opened = browser.new_page(viewport={"width": 1400, "height": 900})
            opened.on("pageerror", lambda error: faults.append(str(error)))
            opened.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
            opened.on("dialog", lambda dialog: faults.append(f"dialog: {dialog.message}"))
            opened.goto(preview.url)
            opened.wait_for_selector("body[data-ready=true]")
            yield opened
            browser.close()
    finally:
        preview.server.shutdown()
        thread.join()
    assert [fault for fault in faults if "400 (Bad Request)" not in fault] == []


def test_every_kind_of_panel_is_drawn_and_troubled_ones_say_why(page) -> None:
    drawn = {
        section.query_selector("h3").inner_text(): section for section in page.query_selector_all("section")
    }
    assert len(drawn) == len(PanelKind) + 2
    for kind in (
        PanelKind.TIMESERIES,
        PanelKind.GAUGE,
        PanelKind.HEATMAP,
        PanelKind.PIE,
        PanelKind.STATE_TIMELINE,
    ):
        assert drawn[f"kind {kind}"].query_selector("canvas"), kind
    assert "1 s" in drawn["kind stat"].inner_text()
    assert len(drawn["kind table"].query_selector_all("tbody tr")) == 2
    assert len(drawn["kind bargauge"].query_selector_all(".bar")) == 2
    assert drawn["kind text"].query_selector(".body").inner_text() == "Hello"
    assert "parse error" in drawn["broken"].inner_text()
    assert "nothing to see" in drawn["empty"].inner_text()


def test_text_from_outside_stays_text(page) -> None:
    assert page.title().startswith("A <b>sample</b>")
    assert "<script>alert(1)</script>" in page.inner_text("main")
    assert page.query_selector("main script") is None


def test_choosing_a_value_narrows_the_panels(page) -> None:
    page.select_option("select[name=job]", "second")
    playwright.expect(page.locator(".bar")).to_have_count(1)
    assert page.inner_text(".bar span") == "second"


def test_a_picture_is_written(preview: Preview, tmp_path: Path) -> None:
    _chromium()
    file = tmp_path / "sample.png"
    take_picture(preview, file)
    assert file.read_bytes().startswith(b"\x89PNG")
    assert file.stat().st_size > 20_000
