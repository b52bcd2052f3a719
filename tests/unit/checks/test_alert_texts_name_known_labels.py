from dataclasses import replace

import pytest
from support import sample

from platformctl.checks.alert_texts_name_known_labels import alert_texts_name_known_labels
from platformctl.model.rules import AlertRule, DashboardLink, LogLink


def test_the_sample_platform_is_right() -> None:
    assert list(alert_texts_name_known_labels(sample.PLATFORM)) == []


@pytest.mark.parametrize(
    ("alert", "place"),
    [
        (replace(sample.SHOP_DOWN, summary="{{ $labels.tenant }} is down."), "summary"),
        (replace(sample.SHOP_DOWN, logs=LogLink(query='{tenant="{{ $labels.tenant }}"}')), "log query"),
        (
            replace(sample.SHOP_DOWN, dashboard=DashboardLink(uid="shop", variables={"service": "tenant"})),
            "dashboard link",
        ),
        (
            replace(
                sample.SHOP_DOWN, tests=(replace(sample.SHOP_DOWN.tests[0], firing=({"tenant": "hotel"},)),)
            ),
            "a test",
        ),
    ],
)
def test_a_label_that_would_be_empty_in_every_page_is_found(alert: AlertRule, place: str) -> None:
    (problem,) = alert_texts_name_known_labels(sample.with_alerts(alert))
    assert problem.what == f"{place} of ShopDown names the label 'tenant', which the alert does not have"
    assert problem.fix == "it has: alertname, instance, job, severity, signal, team"
