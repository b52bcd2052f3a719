"""`platformctl test-alerts` on a workspace, through the real promtool."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from platformctl.app.session import Request
from platformctl.app.test_alerts import AlertsReport, Result, run_alert_tests
from platformctl.errors import UsageError
from platformctl.sources.judges import RULE_TESTS, Judge

ROOT = Path(__file__).parents[3]
needs_promtool = pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "tests" / "platform", tmp_path / "workspace")
    return tmp_path / "workspace"


def edit(folder: Path, find: str, put: str) -> None:
    alerts = folder / "alerts_src" / "service.py"
    assert find in alerts.read_text()
    alerts.write_text(alerts.read_text().replace(find, put))


def report_of(folder: Path, area: str = "", judge: Judge = RULE_TESTS) -> AlertsReport:
    return run_alert_tests(Request(workspace=folder), area, tell=lambda _: None, judge=judge)


@needs_promtool
def test_claims_that_hold_pass(folder: Path) -> None:
    (alert,) = report_of(folder).alerts
    assert alert.result is Result.PASSED
    assert [(claim.fires, claim.result) for claim in alert.claims] == [
        (True, Result.PASSED),
        (False, Result.PASSED),
    ]


@needs_promtool
def test_an_alert_that_never_fires_fails_in_the_claim_that_it_does(folder: Path) -> None:
    edit(folder, "job:up:min == 0", "job:up:min == 7")
    (alert,) = report_of(folder).alerts
    assert alert.result is Result.FAILED
    assert [claim.result for claim in alert.claims] == [Result.FAILED, Result.PASSED]
    assert "got: nil" in alert.claims[0].detail
    assert alert.where == "alerts_src/service.py:12"


@needs_promtool
def test_an_alert_that_fires_too_easily_fails_in_the_claim_that_it_is_silent(folder: Path) -> None:
    edit(folder, "job:up:min == 0", "job:up:min >= 0")
    (alert,) = report_of(folder).alerts
    assert [claim.result for claim in alert.claims] == [Result.PASSED, Result.FAILED]


@needs_promtool
def test_an_alert_that_lacks_a_test_fails_though_its_other_claims_hold(folder: Path) -> None:
    edit(folder, 'values="1x4 0 1x8"', 'values="1x4 0x9"')
    edit(folder, "firing=(),", 'firing=({"job": "api"},),')
    (alert,) = report_of(folder).alerts
    assert [claim.result for claim in alert.claims] == [Result.PASSED, Result.PASSED]
    assert alert.result is Result.FAILED
    assert alert.lacking == ("ServiceDown has no test in which it must stay silent",)


def test_without_promtool_nothing_counts_as_passed(folder: Path) -> None:
    report = report_of(folder, judge=replace(RULE_TESTS, which=lambda _: None))
    assert [alert.result for alert in report.alerts] == [Result.SKIPPED]
    assert "promtool is not installed" in report.skipped
    assert "apt-get install prometheus" in report.skipped


def test_an_area_that_is_not_there_is_told_with_those_that_are(folder: Path) -> None:
    with pytest.raises(UsageError, match="no area 'servise'") as caught:
        report_of(folder, "servise")
    assert "service" in str(caught.value.fix)


@needs_promtool
def test_one_area_alone_is_tested_where_it_is_named() -> None:
    heard: list[str] = []
    report = run_alert_tests(Request(workspace=ROOT), "services", tell=heard.append)
    assert heard == ["services"]
    assert {alert.area for alert in report.alerts} == {"services"}
    assert report.count(Result.PASSED) == len(report.alerts) > 0
