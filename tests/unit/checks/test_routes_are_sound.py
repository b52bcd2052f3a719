from dataclasses import replace

from support import sample

from platformctl.checks.routes_are_sound import routes_are_sound

PAGE, TICKET = sample.ONCALL.route.routes


def test_the_sample_platform_is_right() -> None:
    assert list(routes_are_sound(sample.PLATFORM)) == []


def test_a_route_that_pages_once_a_tenant_is_found() -> None:
    fine = replace(PAGE, group_by=("alertname", "tenant"))
    route = replace(sample.ONCALL.route, routes=(fine,))
    (problem,) = routes_are_sound(replace(sample.PLATFORM, oncall=replace(sample.ONCALL, route=route)))
    assert "groups by 'tenant'" in problem.what


def test_quiet_hours_that_nobody_defined_are_found() -> None:
    oncall = replace(sample.ONCALL, quiet_hours=())
    (problem,) = routes_are_sound(replace(sample.PLATFORM, oncall=oncall))
    assert problem.what == "the route to tickets-shop is muted in 'nights', which is not defined"
