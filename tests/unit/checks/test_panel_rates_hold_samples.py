from dataclasses import replace

import pytest
from unit.checks.panels import PANEL, with_panel

from platformctl.checks.panel_rates_hold_samples import panel_rates_hold_samples
from platformctl.model.panel import Query


@pytest.mark.parametrize("window", ["$__interval", "${__interval}", "30s"])
def test_a_rate_over_too_short_a_range_is_found(window: str) -> None:
    query = Query(expr=f"sum(rate(x_total{{a='b'}}[{window}]))")
    (problem,) = panel_rates_hold_samples(with_panel(replace(PANEL, queries=(query,))))
    assert problem.what.endswith("takes a rate over a range that may hold no two samples")


@pytest.mark.parametrize("window", ["$__rate_interval", "$__range", "1m", "1h"])
def test_a_rate_over_enough_is_well(window: str) -> None:
    query = Query(expr=f"sum(rate(x_total[{window}]))")
    assert list(panel_rates_hold_samples(with_panel(replace(PANEL, queries=(query,))))) == []
