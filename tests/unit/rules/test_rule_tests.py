"""The generated unit tests, run by promtool itself."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from support import sample
from support.sites import native_site

from platformctl.model.platform import Platform
from platformctl.model.rules import AlertArea, RecordingRule
from platformctl.render import rule_tests, rules


def promtool(platform: Platform, folder: Path) -> subprocess.CompletedProcess[str]:
    """`promtool test rules` on everything that is rendered."""
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool is not installed")
    site = native_site(platform)
    for artifact in (*rules.render(platform, site), *rule_tests.render(platform, site)):
        path = folder / artifact.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(artifact.content)
    files = sorted(str(path) for path in folder.glob("prometheus/tests/*.yml"))
    assert files
    return subprocess.run([program, "test", "rules", *files], capture_output=True, text=True, check=False)


def test_the_alerts_keep_what_their_tests_claim(tmp_path: Path) -> None:
    done = promtool(sample.PLATFORM, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_alert_that_does_not_fire_when_it_should_is_found(tmp_path: Path) -> None:
    deaf = replace(sample.SHOP_DOWN, expr='up{job="shop"} == 2')
    done = promtool(sample.with_alerts(deaf), tmp_path)
    assert done.returncode == 1
    assert 'alertname="ShopDown"' in done.stdout + done.stderr


def test_an_alert_that_fires_when_it_should_not_is_found(tmp_path: Path) -> None:
    nervous = replace(sample.SHOP_ERRORS, expr="job:http_errors:ratio_rate1m > 0.01")
    assert promtool(sample.with_alerts(nervous), tmp_path).returncode == 1


def test_a_recorded_series_of_another_area_is_there_by_way_of_a_third(tmp_path: Path) -> None:
    doubled = RecordingRule(
        name="job:http_errors_doubled:ratio", expr="job:http_errors:ratio_rate1m * 2", help="Twice."
    )
    alert = replace(sample.SHOP_ERRORS, expr="job:http_errors_doubled:ratio > 0.1")
    platform = replace(
        sample.PLATFORM,
        areas=(
            AlertArea(name="far", recording_rules=(sample.ERROR_RATIO,)),
            AlertArea(name="middle", recording_rules=(doubled,)),
            AlertArea(name="near", alerts=(alert,)),
        ),
    )
    done = promtool(platform, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
