"""Durations read and write Prometheus' notation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platformctl.errors import DefinitionError
from platformctl.model.units import Duration, days, hours, minutes, seconds


def test_durations_print_in_prometheus_notation() -> None:
    assert [str(d) for d in (seconds(0), seconds(90), hours(1), days(30), Duration(1500))] == [
        "0s",
        "1m30s",
        "1h",
        "30d",
        "1s500ms",
    ]


@given(st.integers(min_value=0, max_value=10**12))
def test_what_is_printed_is_read_back(ms: int) -> None:
    assert Duration.parse(str(Duration(ms))) == Duration(ms)


def test_weeks_are_read() -> None:
    assert Duration.parse("2w") == days(14)


@pytest.mark.parametrize("text", ["", "5", "m5", "1.5h", "-5m", "5m1h", "5 m", "5M"])
def test_what_is_no_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(DefinitionError, match="not a duration") as refused:
        Duration.parse(text)
    assert "30s, 5m" in str(refused.value)


def test_a_negative_duration_is_refused() -> None:
    with pytest.raises(DefinitionError, match="negative"):
        minutes(-1)
