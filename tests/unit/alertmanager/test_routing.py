"""Where alerts go: our own walk through the tree, held against Alertmanager's."""

from dataclasses import replace
from pathlib import Path

import pytest
from support import sample
from support.amtool import lay, receivers
from support.sites import native_site

from platformctl.model.oncall import EmailTarget, Matcher, OnCall, PagerDutyTarget, Receiver, Route
from platformctl.model.platform import Platform
from platformctl.model.routing import omitted, routes_for
from platformctl.sources.definitions import load_platform

ROOT = Path(__file__).parents[3]
SECRETS = ("pagerduty-platform", "pagerduty-backend", "slack-webhook")

TABLE = [
    ("ServiceDown", "critical", "backend", "availability", ["page-backend"]),
    ("HighErrorRate", "critical", "backend", "errors", ["page-backend"]),
    ("PostgresDown", "critical", "platform", "availability", ["page-platform"]),
    ("NobodysAlert", "critical", "no-such-team", "errors", ["page-platform"]),
    ("HostCpuSaturated", "warning", "platform", "saturation", ["tickets-platform"]),
    ("ServiceRestarting", "warning", "backend", "availability", ["tickets-backend"]),
    ("NobodysTicket", "warning", "no-such-team", "errors", ["tickets-platform"]),
    ("SomethingToKnow", "info", "backend", "errors", ["shown-only"]),
    ("Watchdog", "none", "platform", "", ["heartbeat"]),
]


TIERS = [
    # alert, severity, tier; the quiet hours that hold it back, and how long its group waits
    ("ErrorBudgetBurnSlow", "warning", "bronze", ("nights", "weekends"), 60),
    ("ErrorBudgetBurnSlow", "warning", "platinum", (), 60),
    ("TenantHighErrorRate", "warning", "gold", (), 60),
    ("TenantHighErrorRate", "warning", "trial", ("nights", "weekends"), 60),
    ("ErrorBudgetBurnFast", "critical", "trial", (), 90),
    ("ErrorBudgetBurnServiceFast", "critical", "", (), 90),
    ("ErrorBudgetBurnServiceSlow", "warning", "", ("nights", "weekends"), 60),
    ("HighErrorRate", "critical", "", (), 20),
    ("LoginsFailEverywhere", "critical", "", (), 5),
]


@pytest.fixture(scope="module")
def own() -> Platform:
    """This platform's own definitions."""
    return load_platform(ROOT)


@pytest.mark.parametrize(("name", "severity", "team", "signal", "expected"), TABLE)
def test_alerts_go_where_the_table_says(
    name: str, severity: str, team: str, signal: str, expected: list[str], tmp_path: Path, own: Platform
) -> None:
    path = lay(own, native_site(own, secrets=SECRETS), tmp_path)
    labels = {"alertname": name, "severity": severity, "team": team, "signal": signal, "job": "api"}
    assert receivers(path, labels) == expected
    assert [route.receiver for route in routes_for(own.oncall.route, labels)] == expected


@pytest.mark.parametrize(("name", "severity", "tier", "held_back_by", "waits_s"), TIERS)
def test_a_tier_has_its_nights_and_an_incident_its_wait(
    name: str,
    severity: str,
    tier: str,
    held_back_by: tuple[str, ...],
    waits_s: int,
    tmp_path: Path,
    own: Platform,
) -> None:
    signal = {"HighErrorRate": "errors", "LoginsFailEverywhere": "auth"}.get(name, "")
    labels = {"alertname": name, "severity": severity, "team": "backend", "tier": tier, "signal": signal}
    (route,) = routes_for(own.oncall.route, labels)
    assert (route.mute_times, route.group_wait.seconds) == (held_back_by, waits_s)
    assert receivers(lay(own, native_site(own, secrets=SECRETS), tmp_path), labels) == [route.receiver]


def test_a_route_that_continues_tells_the_next_one_as_well(tmp_path: Path) -> None:
    first = replace(sample.ONCALL.route.routes[0], continue_=True, matchers=())
    oncall = replace(sample.ONCALL, route=replace(sample.ONCALL.route, routes=(first, first)))
    platform = replace(sample.PLATFORM, oncall=oncall)
    path = lay(platform, native_site(platform), tmp_path)
    assert receivers(path, {"alertname": "ShopDown"}) == ["page-shop", "page-shop"]
    assert len(routes_for(oncall.route, {"alertname": "ShopDown"})) == 2


def test_a_dead_service_is_paged_sooner_than_its_symptoms(own: Platform) -> None:
    route = own.oncall.route
    labels = {"severity": "critical", "team": "backend", "job": "api"}
    (cause,) = routes_for(route, labels | {"alertname": "ServiceDown", "signal": "availability"})
    (symptom,) = routes_for(route, labels | {"alertname": "HighErrorRate", "signal": "errors"})
    assert cause.group_wait < symptom.group_wait


def test_what_a_site_lacks_is_named() -> None:
    found = [(name, lacks) for name, _, lacks in omitted(sample.ONCALL, native_site(sample.PLATFORM))]
    assert found == [
        ("page-shop", "the secret pagerduty-shop"),
        ("page-shop", "the secret slack-webhook"),
        ("tickets-shop", "the secret mail-password"),
    ]


def test_mail_without_a_mail_server_is_lacking_one() -> None:
    receiver = Receiver(name="mail", targets=(EmailTarget(to="a@example.com"),))
    oncall = OnCall(teams=(), receivers=(receiver,), route=Route(receiver="mail"))
    assert [lacks for *_, lacks in omitted(oncall, native_site(sample.PLATFORM))] == [
        "a mail server (`mail` of ONCALL)"
    ]


def test_a_target_with_its_secret_is_not_lacking() -> None:
    receiver = Receiver(name="page", targets=(PagerDutyTarget(routing_key_secret="key"),))
    oncall = OnCall(teams=(), receivers=(receiver,), route=Route(receiver="page"))
    assert list(omitted(oncall, native_site(sample.PLATFORM, secrets=("key",)))) == []


def test_the_secrets_of_on_call_are_those_of_its_targets_and_of_mail() -> None:
    assert sample.ONCALL.secrets == sample.SECRETS


@pytest.mark.parametrize("value", ['say "no"', "back\\slash", "a{b}=c, d", "ünïcode"])
def test_any_text_can_be_matched(value: str, tmp_path: Path) -> None:
    route = replace(sample.ONCALL.route.routes[0], matchers=(Matcher("job", value),))
    oncall = replace(sample.ONCALL, route=replace(sample.ONCALL.route, routes=(route,)))
    platform = replace(sample.PLATFORM, oncall=oncall)
    path = lay(platform, native_site(platform), tmp_path)
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    assert receivers(path, {"job": f'"{quoted}"'}) == ["page-shop"]
