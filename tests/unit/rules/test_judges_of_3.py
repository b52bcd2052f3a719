"""The shipped platform before the judges of Prometheus 3.x; those of 2.42 see it with every `platformctl check`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support.servers import built
from support.sites import native_site

from platformctl.render import blackbox, prometheus, rule_tests, rules, runbook_site
from platformctl.sources.definitions import load_platform
from platformctl.sources.judges import PROMETHEUS_CONFIG, PROMETHEUS_RULES, RULE_TESTS, Files

PROMTOOL = built("promtool3")
pytestmark = pytest.mark.skipif(
    PROMTOOL is None, reason="no promtool 3.x: python scripts/build_servers.py promtool"
)


JUDGES = (
    pytest.param(PROMETHEUS_CONFIG, id="configuration"),
    pytest.param(PROMETHEUS_RULES, id="rules"),
    pytest.param(RULE_TESTS, id="rule tests", marks=pytest.mark.full),  # half a minute
)


@pytest.fixture(scope="module")
def files() -> Files:
    platform = load_platform(Path(__file__).parents[3])
    site = native_site(platform)
    renderers = (prometheus, rules, rule_tests, runbook_site, blackbox)
    return {artifact.path: artifact for module in renderers for artifact in module.render(platform, site)}


@pytest.mark.parametrize("judge", JUDGES)
def test_what_2_42_accepts_3_accepts_and_decides_alike(files: Files, judge: object) -> None:
    judged = replace(judge, which=lambda _: PROMTOOL)  # type: ignore[type-var]
    assert list(judged(files)) == []  # type: ignore[operator]
