from dataclasses import replace

from support import sample

from platformctl.checks.alert_has_team import alert_has_team


def test_the_sample_platform_is_right() -> None:
    assert list(alert_has_team(sample.PLATFORM)) == []


def test_an_alert_of_an_unknown_team_is_found() -> None:
    (problem,) = alert_has_team(sample.with_alerts(replace(sample.SHOP_DOWN, team="nobody")))
    assert problem.what == "ShopDown belongs to the team 'nobody', which is not defined"
    assert "name one of: shop" in problem.fix
