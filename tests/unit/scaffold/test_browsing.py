"""What a run of the browser tests comes to, by the report that Playwright writes."""

from __future__ import annotations

import json
from pathlib import Path

from platformctl.scaffold.nextjs.browsing import BrowserSuite


def spec(title: str, status: str, gate: str | None = None) -> dict[str, object]:
    annotations = [{"type": "browser", "description": "chromium"}]
    annotations += [{"type": "gate", "description": gate}] if gate else []
    return {
        "title": title,
        "tests": [{"projectName": "chrome", "status": status, "annotations": annotations}],
    }


def suite_writing(root: Path, report: object, *, build: tuple[str, ...] = ("true",)) -> BrowserSuite:
    """A suite whose Playwright does nothing but write a report."""
    (root / "report.json").write_text(json.dumps(report))
    program = root / "playwright"
    program.write_text(
        '#!/bin/sh\nif [ -n "$REQUIRE_BROWSER" ]; then exit 1; fi\ncp report.json "$PLAYWRIGHT_JSON_OUTPUT_FILE"\n'
    )
    program.chmod(0o755)
    return BrowserSuite(root=root, config="tests/x.ts", playwright=(str(program),), build=build)


def test_what_fails_under_a_gate_names_the_gate_and_all_else_is_named_itself(tmp_path: Path) -> None:
    inner = {"specs": [spec("headers", "unexpected", "security"), spec("/ opens", "unexpected")]}
    outer = {"suites": [inner], "specs": [spec("text", "expected", "a11y"), spec("journey", "skipped")]}
    run = suite_writing(tmp_path, {"suites": [outer], "errors": []}).run()
    assert run is not None
    assert (run.passed, run.skipped) == (1, 1)
    assert run.gates == {"security"}
    assert run.failures == ("chrome: / opens",)


def test_where_the_server_does_not_start_nothing_was_run(tmp_path: Path) -> None:
    timed_out = {"suites": [{"specs": [spec("/ opens", "skipped")]}], "errors": [{"message": "Timed out"}]}
    assert suite_writing(tmp_path, timed_out).run() is None
    assert suite_writing(tmp_path, {"suites": []}).run() is None


def test_a_build_that_is_there_is_not_made_again(tmp_path: Path) -> None:
    assert not suite_writing(tmp_path, {}, build=("false",)).is_built
    assert suite_writing(tmp_path, {}).is_built
    (tmp_path / ".next").mkdir()
    (tmp_path / ".next/BUILD_ID").write_text("one")
    assert suite_writing(tmp_path, {}, build=("false",)).is_built


def test_a_browser_that_playwright_asks_for_in_vain_is_not_here(tmp_path: Path) -> None:
    assert not suite_writing(tmp_path, {}).has_browser
