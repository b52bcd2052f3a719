from dataclasses import replace

from support import sample

from platformctl.checks.alert_is_routed import alert_is_routed
from platformctl.model.oncall import Route
from platformctl.model.platform import Platform


def routed(*routes: Route) -> Platform:
    """The sample platform with these routes below its root."""
    return replace(
        sample.PLATFORM, oncall=replace(sample.ONCALL, route=replace(sample.ONCALL.route, routes=routes))
    )


PAGE, TICKET = sample.ONCALL.route.routes


def test_the_sample_platform_is_right() -> None:
    assert list(alert_is_routed(sample.PLATFORM)) == []


def test_a_critical_alert_that_pages_nobody_is_found() -> None:
    (problem,) = alert_is_routed(routed(TICKET))
    assert problem.what == "ShopDown is critical and pages nobody: it goes to shown-only"


def test_a_critical_alert_that_is_held_back_at_night_is_found() -> None:
    (problem,) = alert_is_routed(routed(replace(PAGE, mute_times=("nights",)), TICKET))
    assert problem.what == "ShopDown is critical and is held back in the quiet hours of page-shop"


def test_a_warning_that_reaches_nobody_is_found() -> None:
    (problem,) = alert_is_routed(routed(PAGE))
    assert problem.what == "ShopErrors is a warning and reaches nobody: it goes to shown-only"
