"""The long windows of error budgets, summed from roll-ups every five minutes, and the tickets they make."""

from __future__ import annotations

from typing import Final

from platformctl.model import slo
from platformctl.model.rules import RecordingRule
from platformctl.model.units import minutes

INTERVAL: Final = minutes(5)

LEAST_BAD: Final = 10
"""Bad events in the long window below which a tenant has too little traffic for its ratio to say anything."""

MONTH: Final = slo.burn_rate_of_all(slo.D30, bad=slo.BAD_30D)

RECORDING_RULES: Final = (
    slo.burn_rate_of_all(slo.D1),
    slo.burn_rate(slo.D3),
    RecordingRule(
        name=slo.BAD_30D,
        expr=slo.D30.sum_of(slo.EVENTS_BAD),
        help="Bad events of the last 30 days up to the last full hour.",
    ),
    RecordingRule(
        name=MONTH.name,
        expr=f"{MONTH.expr}\nor {slo.D1.burn_rate}",
        help="Burn rate of the last 30 days up to the last full hour; before the first one, of the last day.",
    ),
    RecordingRule(
        name=slo.BUDGET_LEFT,
        expr=f"1 - {slo.D30.burn_rate}",
        help="Share of the 30-day error budget that is left: 1 is untouched, below 0 the objective is broken.",
    ),
    RecordingRule(
        name=slo.BURNING_SLOWLY,
        expr=slo.burning(slo.TICKET, least_bad=LEAST_BAD),
        help="Tenants and objectives whose budget burns fast enough for a ticket; no sample for any other.",
    ),
)
