"""An alert in shadow tells nobody, a share of the tenants is paged, and what lasts grows more severe."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from support.amtool import lay, receivers
from support.sites import native_site

from platformctl.errors import DefinitionError
from platformctl.model.platform import Platform
from platformctl.model.rollout import variants
from platformctl.model.rules import AlertRule, AlertTest, Escalation, InputSeries, Rollout, Severity
from platformctl.model.units import minutes
from platformctl.render import rule_tests, rules
from platformctl.sources.definitions import load_platform
from platformctl.sources.judges import RULE_TESTS

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def own() -> Platform:
    return load_platform(ROOT)


def alert(own: Platform, name: str) -> AlertRule:
    return next(a for a in own.alerts if a.name == name)


def complaints(own: Platform, changed: AlertRule) -> list[str]:
    """What promtool says of the alert's own tests, with the alert as it is given here."""
    (area,) = (a for a in own.areas if changed.name in {x.name for x in a.alerts})
    only = replace(area, alerts=(changed,))
    platform = replace(own, areas=tuple(only if a is area else a for a in own.areas))
    site = native_site(platform)
    files = {a.path: a for a in (*rules.render(platform, site), *rule_tests.render(platform, site))}
    judge = replace(RULE_TESTS, subjects=rule_tests.test_path(only))
    return [problem.what for problem in judge(files)]


def labels(rule: AlertRule) -> dict[str, str]:
    return {**rule.labels, "alertname": rule.name, "severity": str(rule.severity), "team": rule.team}


def test_an_alert_in_shadow_fires_as_it_would_and_reaches_nobody(own: Platform, tmp_path: Path) -> None:
    shadowed = replace(alert(own, "HighErrorRate"), rollout=Rollout(shadow=True))
    (rule,) = variants(shadowed)
    assert (rule.severity, rule.labels["intended_severity"]) == (Severity.INFO, "critical")
    assert receivers(lay(own, native_site(own), tmp_path), labels(rule)) == ["shown-only"]
    assert complaints(own, shadowed) == []


def test_an_alert_in_shadow_silences_nothing(own: Platform, tmp_path: Path) -> None:
    config = yaml.safe_load(lay(own, native_site(own), tmp_path).read_text())
    assert all('rollout!="shadow"' in rule["source_matchers"] for rule in config["inhibit_rules"])


def test_a_share_of_the_tenants_is_paged_and_the_others_are_in_shadow(own: Platform) -> None:
    burn = alert(own, "ErrorBudgetBurnFast")
    series = burn.tests[0].series  # strict-inn (tier test) burns at 20, loose-inn (tier loose) is silent
    inn = {"tenant": "strict-inn", "slo": "availability", "tier": "test", "vertical": "hotels"}
    shadow = {"severity": "info", "rollout": "shadow", "intended_severity": "critical"}

    def claim(firing: dict[str, str]) -> AlertTest:
        return AlertTest(
            claim="one burns", interval=minutes(1), series=series, at=minutes(65), firing=(firing,)
        )

    chosen = replace(burn, rollout=Rollout(tiers=("test",)), tests=(claim(inn),))
    others = replace(
        burn, rollout=Rollout(tiers=("gold",), verticals=("hotels",)), tests=(claim(inn | shadow),)
    )
    assert complaints(own, chosen) == []
    assert complaints(own, others) == []
    assert complaints(own, replace(others, tests=(claim(inn),))) != []


def test_an_escalation_counts_from_the_first_pending_moment(own: Platform) -> None:
    """Pending at 0:15, firing after 2 minutes, critical after 10 and not a quarter of a minute before."""
    pool = alert(own, "DatabasePoolSaturated")
    assert pool.escalation == Escalation(after=minutes(10))
    api = {"job": "api", "instance": "api"}
    series = tuple(
        InputSeries(series=f'db_pool_connections_{name}{{job="api", instance="api"}}', values=values)
        for name, values in (("in_use", "10 90x90"), ("max", "100x99"))
    )
    just_before = AlertTest(claim="before", series=series, at=minutes(10), firing=(api,))
    after = replace(
        just_before, at=minutes(11), firing=(api, api | {"severity": "critical", "escalated": "true"})
    )
    assert complaints(own, replace(pool, tests=(just_before, after))) == []


def test_an_alert_cannot_escalate_before_it_fires(own: Platform) -> None:
    with pytest.raises(DefinitionError, match="escalates after 1m, before it has fired"):
        replace(alert(own, "DatabasePoolSaturated"), escalation=Escalation(after=minutes(1)))


def test_a_shadow_for_some_tenants_is_a_contradiction() -> None:
    with pytest.raises(DefinitionError, match="in shadow pages for no tenant"):
        Rollout(shadow=True, tiers=("gold",))
