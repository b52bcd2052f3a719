from dataclasses import replace

import pytest
from unit.checks.panels import PANEL, with_panel

from platformctl.checks.panel_unit_fits import panel_unit_fits
from platformctl.model.panel import Query, Unit


@pytest.mark.parametrize(
    ("expr", "right", "wrong"),
    [
        ("max(process_start_time_seconds)", Unit.SECONDS, Unit.SHORT),
        ("topk(3, sum by (job) (node_memory_bytes) > 0)", Unit.BYTES, Unit.SECONDS),
        (
            "rate(net_bytes_total[$__rate_interval]) or rate(net_bytes_total[5m])",
            Unit.BYTES_PER_SECOND,
            Unit.BYTES,
        ),
        (
            "histogram_quantile(0.9, sum by (le) (rate(x_seconds_bucket[5m])))",
            Unit.SECONDS,
            Unit.MILLISECONDS,
        ),
        ("max_over_time(age_seconds[5m]) and on () up", Unit.SECONDS, Unit.RATIO),
    ],
)
def test_a_unit_that_is_not_the_metrics_is_found(expr: str, right: Unit, wrong: Unit) -> None:
    assert list(panel_unit_fits(with_panel(replace(PANEL, queries=(Query(expr=expr),), unit=right)))) == []
    (problem,) = panel_unit_fits(with_panel(replace(PANEL, queries=(Query(expr=expr),), unit=wrong)))
    assert problem.what.endswith(f"as {wrong.name}")


@pytest.mark.parametrize(
    "expr",
    [
        "rate(cpu_seconds_total[5m])",
        "a_bytes / b_bytes",
        "count(a_bytes)",
        "a_seconds > bool 1",
        "a_bytes * 8",
    ],
)
def test_what_has_no_unit_any_more_may_be_shown_as_anything(expr: str) -> None:
    assert (
        list(panel_unit_fits(with_panel(replace(PANEL, queries=(Query(expr=expr),), unit=Unit.RATIO)))) == []
    )


def test_a_column_of_a_table_has_a_unit_of_its_own() -> None:
    query = Query(expr="max(a_bytes)", legend="Size", unit=Unit.BYTES)
    assert list(panel_unit_fits(with_panel(replace(PANEL, queries=(query,), unit=Unit.SECONDS)))) == []
