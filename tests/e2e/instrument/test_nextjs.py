"""A Next.js application with telemetry laid into it: built, tested by the tests it got, and looked at in a browser."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from e2e.scaffold.harness import SAMPLE, chromium, node_modules
from support import traces
from support.servers import free_port, start, stop, wait_for
from support.traces import Collector

from platformctl.app.instrument_nextjs import NEXTJS
from platformctl.app.publishing import Request, publish

pytestmark = [pytest.mark.e2e, pytest.mark.node, pytest.mark.slow]
METRICS = "/api/platform-telemetry/metrics"


@dataclass(frozen=True)
class Running:
    """The application as it serves."""

    root: Path
    url: str
    collector: Collector

    def shown(self) -> str:
        return httpx.get(f"{self.url}{METRICS}", trust_env=False, timeout=20).text


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, instrumented and built."""
    folder = tmp_path_factory.mktemp("next") / "sample"
    shutil.copytree(SAMPLE, folder)
    publish(NEXTJS, Request(root=folder), lambda _: True)
    packages = node_modules(folder / "package.json")
    subprocess.run(["cp", "-al", str(packages), str(folder)], check=True)
    done = subprocess.run(
        ["node_modules/.bin/next", "build"], cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "NEXT_TELEMETRY_DISABLED": "1"},
    )  # fmt: skip
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return folder


@pytest.fixture(scope="module")
def running(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder, port = tmp_path_factory.mktemp("serving"), free_port()
    with traces.collector(folder) as collector:
        process = start(
            ["node", "node_modules/next/dist/bin/next", "start", "-H", "127.0.0.1", "-p", str(port)],
            log=folder / "next.log", cwd=root,
            environment={"PATH": os.environ["PATH"], "TELEMETRY_TRACES": collector.endpoint},
        )  # fmt: skip
        made = Running(root, f"http://127.0.0.1:{port}", collector)
        try:
            wait_for(lambda: answers(made), what="Next.js answers", log=folder / "next.log")
            yield made
        finally:
            stop(process)


def answers(running: Running) -> bool:
    try:
        return bool(running.shown())
    except httpx.HTTPError:
        return False


def test_the_laid_tests_pass(root: Path) -> None:
    done = subprocess.run(
        ["node", "--test", "tests/telemetry"], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert "# pass 4" in done.stdout


def test_a_request_is_spans_of_the_callers_trace(running: Running) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    parent = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    assert httpx.get(f"{running.url}/login", headers=parent, trust_env=False, timeout=20).status_code == 200

    def arrived() -> str:
        return running.collector.get(f"/api/traces/{trace}").text

    # Spans come in batches as they end, and the request's own ends last.
    wait_for(lambda: "GET /login" in arrived(), what="the request's span is in the trace")
    assert "five-verticals" in arrived()


def test_a_browser_reports_views_vitals_and_errors_and_loads_what_measures_only_afterwards(
    running: Running,
) -> None:
    program = chromium()
    if program is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url) if request.url.endswith(".js") else None)
        page.goto(f"{running.url}/login", wait_until="load")
        at_load = set(asked)
        page.wait_for_load_state("networkidle")
        page.evaluate("setTimeout(() => { throw new Error('a fault of the page') }, 0)")
        page.evaluate("setTimeout(() => { Promise.reject(new Error('nobody catches it')) }, 0)")
        page.mouse.click(5, 5)
        page.wait_for_timeout(300)
        page.goto("about:blank")
        browser.close()
    late = [url for url in asked if url not in at_load]
    assert any("onINP" in text or "largest-contentful-paint" in text for text in scripts(running, late))
    assert not any("largest-contentful-paint" in text for text in scripts(running, sorted(at_load)))
    wait_for(
        lambda: 'web_page_views_total{tenant="unknown"} 1' in running.shown(), what="the view is counted"
    )
    shown = running.shown()
    for kind in ("error", "rejection"):
        assert f'web_client_errors_total{{tenant="unknown",kind="{kind}"}} 1' in shown
    for vital in ("ttfb", "fcp", "lcp"):
        assert f'web_vitals_seconds_count{{vital="{vital}",route="/login"}} 1' in shown
    assert 'web_vitals_layout_shift_count{route="/login"} 1' in shown


def scripts(running: Running, urls: list[str]) -> list[str]:
    return [httpx.get(url, trust_env=False, timeout=20).text for url in urls]
