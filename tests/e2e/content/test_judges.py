"""The servers' own judges on this platform's rules, rule tests and routing."""

from pathlib import Path

import pytest
from support.sites import native_site

from platformctl.model.artifact import Artifact
from platformctl.render import alertmanager, loki, prometheus, promtail, rule_tests, rules
from platformctl.sources.definitions import load_platform
from platformctl.sources.judges import JUDGES, Judge

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def files() -> dict[str, Artifact]:
    platform = load_platform(ROOT)
    site = native_site(platform, secrets=("pagerduty-platform", "pagerduty-backend", "slack-webhook"))
    renderers = (prometheus, rules, rule_tests, alertmanager, loki, promtail)
    return {a.path: a for module in renderers for a in module.render(platform, site)}


@pytest.mark.parametrize("judge", JUDGES, ids=lambda judge: judge.name)
def test_the_servers_own_judges_agree(judge: Judge, files: dict[str, Artifact]) -> None:
    if judge.which(judge.binary) is None:
        pytest.skip(f"{judge.binary} is not installed")
    assert list(judge(files)) == []
