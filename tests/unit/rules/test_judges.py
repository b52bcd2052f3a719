"""What the servers' own judges say, and what is said where they are absent."""

import shutil
from dataclasses import replace

import pytest
from support import sample
from support.sites import native_site
from unit.logs.conftest import SAMPLE

from platformctl.model.artifact import Artifact
from platformctl.model.component import Port
from platformctl.model.platform import Platform
from platformctl.model.problem import Level
from platformctl.render import alertmanager, alloy, loki, prometheus, promtail, rule_tests, rules
from platformctl.sources.judges import (
    ALERTMANAGER_CONFIG,
    JUDGES,
    PROMETHEUS_CONFIG,
    PROMETHEUS_RULES,
    RULE_TESTS,
    Files,
    Judge,
)

needs_promtool = pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
needs_amtool = pytest.mark.skipif(shutil.which("amtool") is None, reason="amtool is not installed")


LOGGED = replace(
    sample.PLATFORM,
    components=(
        *sample.PLATFORM.components,
        replace(
            sample.component("loki", 3100),
            ports=(Port(name="http", number=3100), Port(name="grpc", number=9096)),
        ),
        sample.component("promtail", 9080),
        sample.component("alloy", 12345),
    ),
    log_pipelines=(SAMPLE,),
)


def rendered(platform: Platform) -> Files:
    site = native_site(platform)
    modules = (prometheus, rules, rule_tests, alertmanager, loki, promtail, alloy)
    return {a.path: a for module in modules for a in module.render(platform, site)}


def spoilt(path: str, find: str, put: str) -> Files:
    """The rendered sample platform with one text replaced in one file."""
    files = dict(rendered(sample.PLATFORM))
    text = files[path].content.decode()
    assert find in text
    files[path] = Artifact(path, text.replace(find, put).encode())
    return files


@pytest.mark.parametrize("judge", JUDGES, ids=lambda judge: judge.name)
def test_the_sample_platform_is_right(judge: Judge) -> None:
    if judge.which(judge.binary) is None:
        pytest.skip(f"{judge.binary} is not installed")
    assert list(judge(rendered(LOGGED))) == []


@needs_promtool
def test_prometheus_names_the_line_it_does_not_understand() -> None:
    (problem,) = PROMETHEUS_CONFIG(
        spoilt("prometheus/prometheus.yml", "scrape_timeout: 10s", "scrape_timeout: 9y9")
    )
    assert problem.level is Level.ERROR
    assert problem.where == "prometheus/prometheus.yml"
    assert "9y9" in problem.what


@needs_promtool
def test_a_rule_file_that_the_configuration_names_must_be_there() -> None:
    files = dict(rendered(sample.PLATFORM))
    del files["prometheus/rules/shop.yml"]
    (problem,) = PROMETHEUS_CONFIG(files)
    assert "shop.yml" in problem.what


@needs_promtool
def test_a_template_that_cannot_be_filled_is_found() -> None:
    alert = replace(sample.SHOP_DOWN, summary="{{ $labels.job | noSuchFunction }}")
    (problem,) = PROMETHEUS_RULES(rendered(sample.with_alerts(alert)))
    assert "noSuchFunction" in problem.what


@needs_promtool
def test_a_failing_rule_test_says_what_was_expected_and_what_came() -> None:
    deaf = replace(sample.SHOP_DOWN, expr='up{job="shop"} == 2')
    (problem,) = RULE_TESTS(rendered(sample.with_alerts(deaf)))
    assert 'alertname="ShopDown"' in problem.what
    assert "got: nil" in problem.what


@needs_amtool
def test_alertmanager_refuses_a_receiver_that_is_not_there() -> None:
    (problem,) = ALERTMANAGER_CONFIG(spoilt("alertmanager/alertmanager.yml", "name: page-shop", "name: page"))
    assert "page-shop" in problem.what


@pytest.mark.parametrize("judge", JUDGES, ids=lambda judge: judge.name)
def test_an_absent_judge_is_a_skip_that_names_it(judge: object) -> None:
    absent = replace(judge, which=lambda _: None)  # type: ignore[type-var]
    (problem,) = absent(rendered(LOGGED))  # type: ignore[operator]
    assert problem.level is Level.SKIPPED
    assert problem.what == f"not checked: {absent.binary} is not installed"  # type: ignore[attr-defined]


def test_a_release_without_such_files_is_not_judged() -> None:
    assert [problem for judge in JUDGES for problem in judge({})] == []
