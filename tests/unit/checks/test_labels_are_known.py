from dataclasses import replace

import pytest
from support import sample

from platformctl.checks.labels_are_known import labels_are_known
from platformctl.model.rules import RecordingRule


def unknown(expr: str) -> list[str]:
    """The labels that are found unknown in the expression of an alert."""
    problems = labels_are_known(sample.with_alerts(replace(sample.SHOP_DOWN, expr=expr)))
    return [problem.what.split("'")[1] for problem in problems]


def test_the_sample_platform_is_right() -> None:
    assert list(labels_are_known(sample.PLATFORM)) == []


@pytest.mark.parametrize(
    ("expr", "labels"),
    [
        ('http_requests_total{status="500"}', ["status"]),
        ("sum by (tenant) (rate(http_requests_total[5m]))", ["tenant"]),
        ("sum without (tenant) (http_requests_total)", ["tenant"]),
        ("up / on (tenant) up", ["tenant"]),
        ("up * on (job) group_left (tier) http_requests_total", ["tier"]),
        ("histogram_quantile(0.9, sum by (job) (rate(http_request_duration_seconds_bucket[5m])))", ["le"]),
        ("sum by (code) (sum by (job) (http_requests_total))", ["code"]),
        ("sum by (route) (job:http_errors:ratio_rate1m)", ["route"]),
    ],
)  # fmt: skip
def test_a_label_that_nothing_there_carries_is_found(expr: str, labels: list[str]) -> None:
    assert unknown(expr) == labels


@pytest.mark.parametrize(
    "expr",
    [
        'http_requests_total{code=~"5..", job="shop", instance="shop"}',
        "histogram_quantile(0.9, sum by (le, route) (rate(http_request_duration_seconds_bucket[5m])))",
        'sum by (site) (label_replace(up, "site", "$1", "job", "(.*)"))',
        'sum by (version) (count_values by (job) ("version", up))',
        "up * on (job) group_right (instance) http_requests_total",
        "sum by (route) (topk(3, http_requests_total) or up)",
        'sum by (job) (absent(up{job="shop"}))',
        "sum by (tenant, tier) (max_over_time((tenant_info)[1h:1m]) * 1)",
        "sum by (route) (http_requests_total and on (job) up)",
        "sum by (whatever) (ALERTS)",
        "-sum by (job) (up) + vector(1)",
    ],
)
def test_a_label_that_can_be_there_is_not_found(expr: str) -> None:
    assert unknown(expr) == []


def test_a_label_that_the_recording_rule_sets_is_known() -> None:
    rule = RecordingRule(name="job:up:sum", expr="sum by (job) (up)", help="Targets.", labels={"kind": "all"})
    alert = replace(sample.SHOP_DOWN, expr="sum by (kind) (job:up:sum)")
    platform = replace(sample.with_alerts(alert, recording_rules=(rule,)), dashboards=())
    assert list(labels_are_known(platform)) == []
