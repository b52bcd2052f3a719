from dataclasses import replace

from support import sample

from platformctl.checks.names_are_unique import names_are_unique
from platformctl.model.rules import AlertArea


def test_the_sample_platform_is_right() -> None:
    assert list(names_are_unique(sample.PLATFORM)) == []


def test_the_same_alert_in_two_areas_is_found() -> None:
    other = AlertArea(name="other", alerts=(sample.SHOP_DOWN,))
    (problem,) = names_are_unique(replace(sample.PLATFORM, areas=(*sample.PLATFORM.areas, other)))
    assert problem.what == "the alert ShopDown is defined in shop and in other"
    assert problem.where == "alerts_src/shop.py:7"


def test_a_recorded_series_may_come_twice_with_other_labels_only() -> None:
    rule = sample.ERROR_RATIO
    labelled = replace(rule, labels={"slo": "errors"})
    assert list(names_are_unique(sample.with_alerts(recording_rules=(rule, labelled)))) == []
    assert len(list(names_are_unique(sample.with_alerts(recording_rules=(rule, rule))))) == 1
