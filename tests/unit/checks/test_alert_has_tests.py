from dataclasses import replace

from support import sample

from platformctl.checks.alert_has_tests import alert_has_tests
from platformctl.model.rules import Escalation, Severity
from platformctl.model.units import hours

FIRES, SILENT = sample.SHOP_DOWN.tests


def test_the_sample_platform_is_right() -> None:
    assert list(alert_has_tests(sample.PLATFORM)) == []


def test_an_alert_that_is_only_shown_to_fire_is_found() -> None:
    (problem,) = alert_has_tests(sample.with_alerts(replace(sample.SHOP_DOWN, tests=(FIRES,))))
    assert problem.what == "ShopDown has no test in which it must stay silent"


def test_an_alert_that_is_never_shown_to_fire_is_found() -> None:
    (problem,) = alert_has_tests(sample.with_alerts(replace(sample.SHOP_DOWN, tests=(SILENT,))))
    assert problem.what == "ShopDown has no test that fires it"


def test_an_escalation_that_was_never_seen_is_found() -> None:
    growing = replace(sample.SHOP_DOWN, escalation=Escalation(after=hours(1)))
    (problem,) = alert_has_tests(sample.with_alerts(growing))
    assert problem.what == "ShopDown has no test in which it lasts until it escalates"
    grown = replace(FIRES, firing=({"escalated": "true", "severity": "critical"},))
    shown = replace(growing, tests=(*growing.tests, grown))
    assert list(alert_has_tests(sample.with_alerts(shown))) == []


def test_a_watchdog_is_never_silent() -> None:
    watchdog = replace(sample.SHOP_DOWN, severity=Severity.NONE, tests=(FIRES,))
    assert list(alert_has_tests(sample.with_alerts(watchdog))) == []
