"""What tenants do and what it brings, counted exactly: the history that benchmarks and summaries read.

As in slo.py: increments of the counters, minute by minute and summed by the hour. The number of rules does not
depend on the number of tenants.
"""

from __future__ import annotations

from typing import Final

from platformctl.model import business, slo
from platformctl.model.rules import RecordingRule
from platformctl.model.units import hours, minutes

INTERVAL: Final = minutes(1)

SOURCES: Final = {
    business.REVENUE: 'revenue_amount_cents_total{kind="payment"}',
    business.GOALS: 'conversions_total{goal!="trial_to_paid"}',
    business.TOOL_RUNS: "tool_runs_total",
    business.ACTIONS: "user_actions_total",
}

_MINUTELY: Final = slo.recorded(business.EVENTS, "1m")

RECORDING_RULES: Final = (
    *(
        RecordingRule(
            name=_MINUTELY,
            expr=slo.increment(source, "tenant"),
            labels={"figure": figure},
            help="Of the last minute, by tenant: payments in cents, goals reached, tools run, actions of users.",
        )
        for figure, source in SOURCES.items()
    ),
    RecordingRule(
        name=slo.recorded(business.EVENTS, "1h"),
        expr=f"sum_over_time({_MINUTELY}[{slo.inside(hours(1))}]) and on () (minute() == 0)",
        help="The same of a whole hour of UTC, one sample an hour: what benchmarks read.",
    ),
)
