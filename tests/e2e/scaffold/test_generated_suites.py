"""What is laid down works at once: the generated suites really run, and the application's own checks still pass."""

from __future__ import annotations

import json

import pytest
from e2e.scaffold.harness import SampleApp

pytestmark = [pytest.mark.node, pytest.mark.slow, pytest.mark.e2e]


def test_types_and_lint_pass_the_frameworks_and_the_applications_own_as_before(built: SampleApp) -> None:
    # The application's own types were checked when it was built.
    for command in (
        ("tsc", "-p", "tests"),
        ("eslint", "--max-warnings", "0", "-c", "tests/eslint.config.mjs", "tests"),
        ("eslint", "."),
    ):
        ran = built.run(*command)
        assert ran.code == 0, (command, ran.output)


def test_every_unit_test_passes_and_those_that_assert_behaviour_reach_the_coverage_gate(
    app: SampleApp,
) -> None:
    behaviour, rendering = app.jest("--coverage"), app.jest("rendering")
    for ran in (behaviour, rendering):
        assert ran.code == 0, ran.output[-3000:]
        assert not ran.skipped
    assert len(behaviour.passed) > 100
    assert {name.split()[0] for name in rendering.passed} >= {"Checkout", "SeatMap", "StayBooking"}
    assert not any("renders for" in name for name in behaviour.passed)
    total = json.loads((app.root / "tests/reports/coverage/coverage-summary.json").read_text())["total"]
    assert all(total[kind]["pct"] >= 80 for kind in ("lines", "statements", "functions", "branches"))


def test_below_the_coverage_gate_the_run_fails(app: SampleApp) -> None:
    ran = app.jest("--coverage", "hooks")
    assert not ran.failed
    assert ran.code == 1
    assert 'does not meet "global" threshold (80%)' in ran.output


def test_the_browser_tests_pass_against_a_production_build(shown: SampleApp) -> None:
    names = ("chrome", "a11y", "visual", "performance", "security", "edge")
    ran = shown.playwright(*(f"--project={name}" for name in names), "--update-snapshots")
    assert not ran.failed, ran.output[-3000:]
    assert ran.code == 0
    assert len(ran.passed) > 50
    # A browser that this machine lacks is skipped by its own name; nothing stands in for it.
    assert {name.split(":")[0] for name in ran.skipped} <= {"edge"}


@pytest.mark.full
def test_the_browser_tests_pass_on_small_screens(shown: SampleApp) -> None:
    ran = shown.playwright("--project=mobile", "--project=tablet")
    assert ran.code == 0, ran.output[-3000:]
    assert {name.split(":")[0] for name in ran.passed} == {"mobile", "tablet"}


def test_a_missing_browser_is_an_error_where_it_is_required(app: SampleApp) -> None:
    ran = app.run(
        "playwright",
        "test",
        "-c",
        "tests/playwright.config.ts",
        "--list",
        PW_WEBKIT_PATH="none",
        REQUIRE_BROWSER="webkit",
    )
    assert ran.code != 0
    assert "webkit is not installed here, and it is required" in ran.output


def test_the_bundle_is_within_its_budget(built: SampleApp) -> None:
    ran = built.run("node", "tests/scripts/bundle-budget.mjs")
    assert ran.code == 0, ran.output
    assert "/hotels" in ran.output


def test_growth_against_the_base_branch_is_caught(built: SampleApp) -> None:
    base = built.root / "base.json"
    written = built.run("node", "tests/scripts/bundle-budget.mjs", "--write", str(base))
    assert written.code == 0
    base.write_text(base.read_text().replace("13", "1", 1))
    ran = built.run("node", "tests/scripts/bundle-budget.mjs", "--base", str(base))
    assert ran.code == 1
    assert "grew by" in ran.output
