"""Instruments count exactly, show themselves in Prometheus' format and stay within their limits."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from platform_telemetry import contract
from platform_telemetry.contract import Group, MetricSpec, MetricType
from platform_telemetry.instruments import Instruments

COUNTER = MetricSpec(
    name="things_total", type=MetricType.COUNTER, group=Group.HTTP, help="Things.", labels=("kind",),
    max_combinations=2,
)  # fmt: skip
DURATION = MetricSpec(
    name="thing_seconds", type=MetricType.HISTOGRAM, group=Group.HTTP, help="Time.", labels=("kind",),
    buckets=(0.1, 1.0), max_combinations=2,
)  # fmt: skip
AGE = MetricSpec(name="age_seconds", type=MetricType.GAUGE, group=Group.HTTP, help="Age.", unit="seconds")
ALL = (COUNTER, DURATION, AGE, contract.SERIES_OVERFLOW)


def samples(instruments: Instruments) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    families = text_string_to_metric_families(instruments.text())
    return {(s.name, frozenset(s.labels.items())): s.value for family in families for s in family.samples}


def key(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return name, frozenset(labels.items())


def test_a_counter_shows_what_was_added() -> None:
    instruments = Instruments(ALL)
    instruments.value(COUNTER).at("a").inc()
    instruments.value(COUNTER).at("a").inc(2.5)
    assert samples(instruments)[key("things_total", kind="a")] == 3.5


@given(st.lists(st.floats(min_value=0, max_value=5, allow_nan=False), max_size=30))
def test_a_histogram_counts_each_value_in_every_bucket_that_holds_it(values: list[float]) -> None:
    instruments = Instruments(ALL)
    child = instruments.histogram(DURATION).at("a")
    for value in values:
        child.observe(value)
    shown = samples(instruments)
    for bound, text in ((0.1, "0.1"), (1.0, "1.0"), (math.inf, "+Inf")):
        expected = sum(value <= bound for value in values)
        assert shown[key("thing_seconds_bucket", kind="a", le=text)] == expected
    assert shown[key("thing_seconds_count", kind="a")] == len(values)
    assert shown[key("thing_seconds_sum", kind="a")] == pytest.approx(sum(values))


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=30))
def test_any_label_value_survives_the_format(value: str) -> None:
    instruments = Instruments(ALL)
    instruments.value(COUNTER).at(value).inc()
    assert samples(instruments)[key("things_total", kind=value)] == 1


def test_beyond_its_limit_a_family_counts_under_overflow_and_says_so() -> None:
    instruments = Instruments(ALL)
    for kind in ("a", "b", "c", "d", "c"):
        instruments.value(COUNTER).at(kind).inc()
    shown = samples(instruments)
    assert shown[key("things_total", kind="overflow")] == 3
    assert key("things_total", kind="c") not in shown
    assert shown[key("telemetry_series_overflow_total", metric="things_total")] == 3


def test_a_family_without_labels_is_shown_before_it_is_used() -> None:
    instruments = Instruments(ALL)
    instruments.value(AGE)
    assert samples(instruments) == {key("age_seconds"): 0}


def test_a_gauge_may_be_looked_up_at_each_scrape() -> None:
    instruments, ages = Instruments(ALL), iter((1.0, 2.0))
    instruments.look_up(AGE, lambda: {(): next(ages)})
    assert samples(instruments)[key("age_seconds")] == 1
    assert samples(instruments)[key("age_seconds")] == 2


def test_threads_lose_no_count() -> None:
    instruments = Instruments(ALL)

    def count(_: int) -> None:
        for _ in range(2_000):
            instruments.value(COUNTER).at("a").inc()
            instruments.histogram(DURATION).at("a").observe(0.5)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(count, range(8)))
    shown = samples(instruments)
    assert shown[key("things_total", kind="a")] == 16_000
    assert shown[key("thing_seconds_count", kind="a")] == 16_000


def test_what_is_not_in_the_process_catalogue_cannot_be_published() -> None:
    with pytest.raises(ValueError, match="not published"):
        Instruments(ALL).value(contract.TOOL_RUNS)


def test_a_histogram_is_no_counter() -> None:
    with pytest.raises(ValueError, match="histogram"):
        Instruments(ALL).value(DURATION)


def test_labels_are_those_of_the_spec() -> None:
    with pytest.raises(ValueError, match="takes the labels"):
        Instruments(ALL).value(COUNTER).at("a", "b")
