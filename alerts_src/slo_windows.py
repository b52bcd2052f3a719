"""The long windows of error budgets, summed from roll-ups every five minutes."""

from __future__ import annotations

from typing import Final

from platformctl.model import slo
from platformctl.model.rules import RecordingRule
from platformctl.model.units import minutes

INTERVAL: Final = minutes(5)

RECORDING_RULES: Final = (
    slo.burn_rate(slo.D1),
    slo.burn_rate(slo.D3),
    RecordingRule(
        name=slo.D30.burn_rate,
        expr=f"{slo.burn_rate(slo.D30).expr}\nor {slo.D1.burn_rate}",
        help="Burn rate of the last 30 days up to the last full hour; before the first one, of the last day.",
    ),
    RecordingRule(
        name=slo.BUDGET_LEFT,
        expr=f"1 - {slo.D30.burn_rate}",
        help="Share of the 30-day error budget that is left: 1 is untouched, below 0 the objective is broken.",
    ),
)
