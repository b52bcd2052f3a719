from dataclasses import replace

from support import sample

from platformctl.checks.dashboard_variables_are_defined import dashboard_variables_are_defined


def test_the_sample_platform_is_right() -> None:
    assert list(dashboard_variables_are_defined(sample.PLATFORM)) == []


def test_a_query_with_a_variable_that_the_dashboard_lacks_is_found() -> None:
    dashboard = replace(sample.DASHBOARD, variables=())
    (problem,) = dashboard_variables_are_defined(replace(sample.PLATFORM, dashboards=(dashboard,)))
    assert problem.what == "panel 'Errors' of shop uses $service, which is not defined"
