"""The words in which alerts are tested: given these series, it fires, or it is silent."""

from __future__ import annotations

from collections.abc import Mapping

from platformctl.model.rules import AlertTest, InputSeries
from platformctl.model.units import Duration, seconds


def fires(
    claim: str,
    *given: InputSeries,
    at: Duration,
    every: Duration = seconds(15),
    alerts: tuple[Mapping[str, str], ...] = ({},),
) -> AlertTest:
    """With the series, one value `every` so long, just these alerts fire `at` that time; by their labels."""
    return AlertTest(claim=claim, series=given, at=at, firing=alerts, interval=every)


def silent(claim: str, *given: InputSeries, at: Duration, every: Duration = seconds(15)) -> AlertTest:
    """With the series, one value `every` so long, nothing fires `at` that time."""
    return AlertTest(claim=claim, series=given, at=at, firing=(), interval=every)


def series(name: str, values: str, /, **labels: str) -> InputSeries:
    """The series of this name with these labels, in promtool's notation: ``1x4 0x20`` are five ones and 21 zeros."""
    return InputSeries.of(name, values, **labels)
