from dataclasses import replace

from support import sample

from platformctl.checks.alert_dashboard_exists import alert_dashboard_exists
from platformctl.model.problem import Level
from platformctl.model.rules import DashboardLink


def test_the_sample_platform_is_right() -> None:
    assert list(alert_dashboard_exists(sample.PLATFORM)) == []


def test_a_link_to_no_dashboard_is_a_warning() -> None:
    lost = replace(sample.SHOP_DOWN, dashboard=DashboardLink(uid="gone"))
    (problem,) = alert_dashboard_exists(sample.with_alerts(lost))
    assert problem.what == "ShopDown links to the dashboard 'gone', which is not defined"
    assert problem.level is Level.WARNING


def test_a_link_that_fills_no_variable_of_the_dashboard_is_a_warning() -> None:
    lost = replace(sample.SHOP_DOWN, dashboard=DashboardLink(uid="shop", variables={"host": "job"}))
    (problem,) = alert_dashboard_exists(sample.with_alerts(lost))
    assert problem.what == "ShopDown fills the variable 'host', which shop does not have"
