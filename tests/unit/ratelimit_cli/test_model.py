"""What a load test holds a limiter to: figures worked by hand."""

from __future__ import annotations

import pytest

from platformctl.app.ratelimit_model import (
    Algorithm,
    Limit,
    expected,
    limits_in,
    limits_told,
    most_in_window,
    used_before,
)
from platformctl.errors import UsageError

POLICY = '"per-minute";q=600;w=60, "burst";q=20, "per-second";q=15;w=1'


def test_the_policy_field_names_the_limits_that_have_a_window() -> None:
    found = limits_in(POLICY, Algorithm.SLIDING_WINDOW)
    assert [(one.name, one.quota, one.window_s) for one in found] == [
        ("per-minute", 600, 60.0),
        ("per-second", 15, 1.0),
    ]


@pytest.mark.parametrize("text", ["", "garbage", '"a"', '"a";q=x;w=1', "a;q=1;w=1"])
def test_a_field_that_says_nothing_names_no_limit(text: str) -> None:
    assert limits_in(text, Algorithm.SMOOTH) == ()


def test_limits_are_written_as_quota_and_seconds() -> None:
    (one,) = limits_told(["100/60"], Algorithm.SLIDING_LOG)
    assert (one.quota, one.window_s, one.bound) == (100, 60.0, 100)
    for wrong in ("100", "0/60", "100/0", "a/b", "-1/60"):
        with pytest.raises(UsageError):
            limits_told([wrong], Algorithm.SLIDING_LOG)


def test_the_bounds_are_those_of_the_documentation() -> None:
    bounds = [Limit(name="l", quota=100, window_s=1, algorithm=one).bound for one in Algorithm]
    assert bounds == [199, 111, 100]


def limit(quota: int, window_s: float, algorithm: Algorithm = Algorithm.SLIDING_WINDOW) -> Limit:
    return Limit(name="l", quota=quota, window_s=window_s, algorithm=algorithm)


def test_a_sliding_window_gives_back_what_the_window_before_weighs_less() -> None:
    burst = [1000.0] * 20
    assert expected([limit(10, 10)], burst) == 10
    # Ten at the beginning of a window; half into the next one they weigh five: five more.
    assert expected([limit(10, 10)], [*burst, *[1015.0] * 20]) == 15


def test_a_log_forgets_after_exactly_its_window() -> None:
    one = limit(2, 10, Algorithm.SLIDING_LOG)
    assert expected([one], [1000.0, 1005.0, 1009.9, 1010.0, 1014.9]) == 3


def test_a_smooth_limit_lets_a_tenth_through_and_then_one_each_interval() -> None:
    one = limit(100, 10, Algorithm.SMOOTH)
    assert expected([one], [1000.0] * 50) == 10
    assert expected([one], [*[1000.0] * 50, 1000.1, 1000.15, 1000.25]) == 12


def test_what_one_limit_denies_costs_the_others_nothing() -> None:
    second, minute = limit(1, 1), limit(3, 60)
    times = [960.0, 960.1, 960.2, 962.0, 964.0, 966.0]
    assert expected([second, minute], times) == 3


def test_units_spent_before_count() -> None:
    one = limit(10, 60)
    assert used_before([one], '"l";r=6;t=30') == {"l": 3}
    assert used_before([one], '"other";r=6;t=30') == {}
    assert expected([one], [970.0] * 20, {"l": 3}) == 7


def test_the_fullest_window_counts_requests_that_lie_whole_within_it() -> None:
    sent, done = [0.0, 0.2, 0.9, 1.05, 5.0], [0.1, 0.3, 1.1, 1.15, 5.1]
    assert most_in_window(1.0, sent, done) == 3  # from 0.2 to 1.15
    assert most_in_window(0.5, sent, done) == 2
    assert most_in_window(1.0, [], []) == 0
