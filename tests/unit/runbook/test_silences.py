"""Which alerts a silence holds back, by Alertmanager's own rules of matching."""

import pytest

from platformctl.sources.alertmanager import Silence, SilenceMatcher


def matcher(label: str, operator: str, value: str) -> SilenceMatcher:
    return SilenceMatcher(label=label, value=value, is_regex="~" in operator, is_equal="!" not in operator)


def silence(*matchers: SilenceMatcher) -> Silence:
    return Silence(
        id="1", state="active", matchers=matchers, comment="", created_by="", starts_at="", ends_at=""
    )


@pytest.mark.parametrize(
    ("operator", "value", "held"),
    [
        ("=", "api", True),
        ("=", "ap", False),
        ("!=", "api", False),
        ("!=", "web", True),
        ("=~", "a.*|web", True),
        ("=~", "ap", False),
        ("!~", "a.*", False),
        ("!~", "ap", True),
    ],
)
def test_each_operator_holds_what_it_says(operator: str, value: str, held: bool) -> None:
    assert silence(matcher("job", operator, value)).silences({"job": "api"}) is held


def test_all_conditions_must_hold() -> None:
    both = silence(matcher("job", "=", "api"), matcher("tenant", "=", "grand-hotel"))
    assert both.silences({"job": "api", "tenant": "grand-hotel"})
    assert not both.silences({"job": "api", "tenant": "corner-gym"})


def test_a_label_that_an_alert_has_not_is_empty() -> None:
    assert not silence(matcher("tenant", "=", "grand-hotel")).silences({"job": "api"})
    assert silence(matcher("tenant", "!=", "grand-hotel")).silences({"job": "api"})


def test_of_an_alert_that_does_not_fire_only_what_is_known_can_speak_against() -> None:
    of_a_tenant = silence(matcher("alertname", "=", "ServiceDown"), matcher("tenant", "=", "grand-hotel"))
    assert of_a_tenant.may_silence({"alertname": "ServiceDown"})
    assert not of_a_tenant.may_silence({"alertname": "RedisDown"})


def test_a_matcher_is_shown_as_it_is_written() -> None:
    shown = [str(matcher("job", operator, "api")) for operator in ("=", "!=", "=~", "!~")]
    assert shown == ['job="api"', 'job!="api"', 'job=~"api"', 'job!~"api"']
