"""The vocabulary of service level objectives: recorded series, windows and burn rates.

Events are recorded once, as increments that do not overlap (one a minute, whole minutes). Longer windows
are sums of them, so that every ratio is a ratio of sums, and alerts and reports read the same history.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from platformctl.model.rules import RecordingRule
from platformctl.model.units import Duration, seconds

AVAILABILITY: Final = "availability"
LATENCY: Final = "latency"

EVENTS_TOTAL: Final = "slo:events_total"
EVENTS_BAD: Final = "slo:events_bad"
REQUESTS: Final = "tenant:requests"
HEARTBEAT: Final = "slo:heartbeat"
DOWN_MINUTE: Final = "slo:down_minute:bool1m"
SOURCE_UP: Final = "slo:source_up:max1m"
PROBED_UP: Final = "slo:probed_up:max1m"
COUNTING_UP: Final = "slo:counting_up:max1m"
COUNTERS_UNREAD: Final = "slo:counters_unread:count1m"
OBJECTIVE: Final = "slo:objective:ratio"
TENANT_FACTS: Final = "tenant:facts:info"
LATENCY_BOUND: Final = "slo:tier_latency_bound:info"
TENANT_BOUND: Final = "slo:tenant_latency_bound:info"
WATCHED: Final = "slo:target_watched:info"
BURNING_FAST: Final = "slo:burning_fast:ratio"
BURNING_SLOWLY: Final = "slo:burning_slowly:ratio"
BAD_30D: Final = "slo:events_bad:sum30d"
BUDGET_LEFT: Final = "slo:error_budget_remaining:ratio30d"

LATENCY_BOUNDS: Final = ("0.25", "0.5", "1", "2.5")
"""The thresholds that latency objectives may have, in seconds: only these buckets of a tenant are read."""

AGREED: Final = "slo:agreed_objectives:count"
OVERRIDE: Final = "slo:objective_override:ratio"

_HALF_A_MINUTE: Final = seconds(30)


def recorded(events: str, step: str) -> str:
    """The name under which increments of `events` are kept, one sample every `step` (1m, 5m or 1h)."""
    return f"{events}:increment{step}"


def inside(window: Duration) -> Duration:
    """The range that holds the samples of `window` and never the one on its left edge.

    Prometheus 2.x counts the left edge in, 3.x leaves it out; half a minute less is the same for both.
    """
    return Duration(window.ms - _HALF_A_MINUTE.ms)


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """A window of burn rates: its name as in ``ratio1h``, its length, and the step of the samples it sums."""

    name: str
    step: str

    @property
    def length(self) -> Duration:
        """How long the window is."""
        return Duration.parse(self.name)

    @property
    def burn_rate(self) -> str:
        """The name of the recorded burn rate."""
        return f"slo:burn_rate:ratio{self.name}"

    def sum_of(self, events: str) -> str:
        """PromQL: the events of the window, by tenant and SLO."""
        return f"sum_over_time({recorded(events, self.step)}[{inside(self.length)}])"


M5: Final = Window(name="5m", step="1m")
M30: Final = Window(name="30m", step="1m")
H1: Final = Window(name="1h", step="1m")
H2: Final = Window(name="2h", step="5m")
H6: Final = Window(name="6h", step="5m")
D1: Final = Window(name="1d", step="5m")
D3: Final = Window(name="3d", step="5m")
D30: Final = Window(name="30d", step="1h")


@dataclass(frozen=True, kw_only=True, slots=True)
class Burn:
    """One line of table 5-8 of the SRE workbook: burning `factor` times too fast in both windows.

    A burn rate of 1 spends exactly the error budget in the objective's window.
    """

    factor: Decimal
    short: Window
    long: Window

    def can_fire(self, target: Decimal) -> bool:
        """Whether all requests failing would be enough: the burn rate is at most 1 / (1 - target)."""
        return self.factor * (1 - target) < 1


PAGE: Final = (
    Burn(factor=Decimal("14.4"), short=M5, long=H1),
    Burn(factor=Decimal(6), short=M30, long=H6),
)
"""2 % of a 30-day budget in an hour, or 5 % in six hours."""

TICKET: Final = (
    Burn(factor=Decimal(3), short=H2, long=D1),
    Burn(factor=Decimal(1), short=H6, long=D3),
)
"""10 % of a 30-day budget in a day, or in three days."""


def burn_rate(window: Window) -> RecordingRule:
    """The burn rate of the tenants that have bad events in the window; the others', 0, is not recorded.

    It is the share of bad events over the share that the objective allows. Of ten thousand tenants a few
    have failures at any time: what they cost is what the rule costs.
    """
    return RecordingRule(
        name=window.burn_rate,
        expr=_per_objective(f"({window.sum_of(EVENTS_BAD)} > 0) / {window.sum_of(EVENTS_TOTAL)}"),
        help=f"How many times too fast the error budget was spent in the last {window.name}; absent where nothing"
        " failed.",
    )


def burn_rate_of_all(window: Window, *, bad: str = "") -> RecordingRule:
    """The burn rate of every tenant with traffic, 0 included; bad: their bad events, where they are recorded."""
    return RecordingRule(
        name=window.burn_rate,
        expr=_per_objective(f"{bad or window.sum_of(EVENTS_BAD)} / ({window.sum_of(EVENTS_TOTAL)} > 0)"),
        help=f"How many times too fast the error budget was spent in the last {window.name}; 1 just spends it.",
    )


def _per_objective(share: str) -> str:
    return f"({share}) / on (tenant, slo) group_left (tier, vertical) (1 - {OBJECTIVE})"


def burning(burns: tuple[Burn, ...], *, least_bad: int) -> str:
    """PromQL: the tenants and SLOs that burn by one of the lines; the value is the short window's burn rate.

    least_bad: bad events in the long window below which a ratio says nothing (low traffic).
    """
    return "\nor\n".join(_burning(burn, least_bad) for burn in burns)


def _burning(burn: Burn, least_bad: int) -> str:
    enough = f"{burn.long.sum_of(EVENTS_BAD)} >= {least_bad}"
    return (
        f"({burn.short.burn_rate} > {burn.factor} and {burn.long.burn_rate} > {burn.factor}"
        f" and on (tenant, slo) {enough})"
    )


def increment(series: str, by: str) -> str:
    """PromQL: what the counters `series` have counted in the last minute, exactly, summed `by` labels.

    Sums of these increments telescope: over a period they are the counter's end less its start, without
    the extrapolation of ``increase()``. A failed scrape or a gap under five minutes moves events into the
    minute after it. What a counter shows that fell (a reset) or appeared is new, if its target answered in
    the window in which the counter's former value was looked for, or has just started; else from here on.
    """
    now, before = f"last_over_time({series}[5m])", f"last_over_time({series}[5m] offset 1m)"
    return f"sum by ({by}) (\n  ({now} - {before} >= 0)\n  or ({now} and on (job, instance) {WATCHED})\n)"


def spellings(bound: str) -> tuple[str, ...]:
    """A bound as clients write it: whole seconds are 1 for some and 1.0 for others."""
    return (bound,) if "." in bound else (bound, f"{bound}.0")
