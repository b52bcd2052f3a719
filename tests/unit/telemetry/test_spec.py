"""A spec that would cost too much or read wrongly cannot be written."""

from __future__ import annotations

from collections import Counter

import pytest

from platform_telemetry import contract
from platform_telemetry.contract import Group, MetricSpec, MetricType


def spec(
    name: str,
    type: MetricType = MetricType.COUNTER,
    *,
    labels: tuple[str, ...] = (),
    buckets: tuple[float, ...] = (),
    unit: str = "",
    most: int = 1,
) -> MetricSpec:
    return MetricSpec(
        name=name, type=type, group=Group.HTTP, help="A test.", labels=labels, buckets=buckets, unit=unit,
        max_combinations=most,
    )  # fmt: skip


def test_a_histogram_with_both_tenant_and_route_is_refused() -> None:
    with pytest.raises(ValueError, match="both tenant and route"):
        spec("x_seconds", MetricType.HISTOGRAM, labels=("tenant", "route"), buckets=(1.0,))


@pytest.mark.parametrize(
    "name", ["requests", "requestsTotal", "Requests_total", "requests__total", "1_total"]
)
def test_a_counter_is_named_in_snake_case_and_ends_in_total(name: str) -> None:
    with pytest.raises(ValueError, match="metric"):
        spec(name)


def test_a_gauge_may_not_look_like_a_counter() -> None:
    with pytest.raises(ValueError, match="_total"):
        spec("requests_total", MetricType.GAUGE)


def test_a_unit_is_part_of_the_name() -> None:
    with pytest.raises(ValueError, match="unit seconds"):
        spec("latency", MetricType.GAUGE, unit="seconds")


@pytest.mark.parametrize("buckets", [(), (2.0, 1.0), (1.0, 1.0)])
def test_a_histogram_has_ascending_buckets(buckets: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="buckets"):
        spec("x_seconds", MetricType.HISTOGRAM, buckets=buckets)


def test_a_histogram_stores_a_series_for_each_bucket_infinity_sum_and_count() -> None:
    histogram = spec("x_seconds", MetricType.HISTOGRAM, labels=("tenant",), buckets=(1.0, 2.0), most=1)
    assert histogram.max_series == 5
    assert histogram.series_limit(tenants=1000) == 5000


def test_tenants_do_not_multiply_a_family_without_a_tenant() -> None:
    assert spec("x_total", labels=("route",), most=60).series_limit(tenants=1000) == 60


def test_the_catalogue_names_each_metric_once() -> None:
    counts = Counter(metric.name for metric in contract.METRICS)
    assert max(counts.values()) == 1


def test_every_spec_of_the_module_is_in_the_catalogue() -> None:
    defined = {value.name for value in vars(contract).values() if isinstance(value, MetricSpec)}
    assert defined == {metric.name for metric in contract.METRICS}


def test_a_thousand_tenants_cost_less_than_a_hundred_series_each() -> None:
    fixed = sum(metric.series_limit(tenants=0) for metric in contract.METRICS)
    total = sum(metric.series_limit(tenants=1000) for metric in contract.METRICS)
    assert (total - fixed) / 1000 < 100


def test_the_latency_buckets_hold_half_a_minute_and_a_bound_beyond() -> None:
    assert {20.0, 30.0, 60.0} <= set(contract.LATENCY_BUCKETS_S)
