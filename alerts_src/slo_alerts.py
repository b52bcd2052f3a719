"""Who is told when an error budget burns: SRE workbook, chapter 5, table 5-8, by tenant.

No `for` on burn rates: the windows are the wait, and the short one ends the alert soon after the fault.
The figures in the claims are worked by hand: share of bad events / (1 - objective) = burn rate.
"""

from __future__ import annotations

from typing import Final

from platformctl.model import slo
from platformctl.model import slo_samples as samples
from platformctl.model.claims import fires, series, silent
from platformctl.model.rules import AlertRule, DashboardLink, Severity
from platformctl.model.units import minutes

INTERVAL: Final = minutes(1)

MANY: Final = 3
"""So many tenants of one vertical that burn at once are one incident of the platform, and none of theirs."""

TENANT: Final = DashboardLink(uid="tenant-detail", variables={"tenant": "tenant"})
OVERVIEW: Final = DashboardLink(uid="platform-overview")

_WINDOWS_WAIT: Final = "None, as the SRE workbook advises: the two windows are the wait."


BURN_FAST: Final = AlertRule(
    name="ErrorBudgetBurnFast",
    expr=slo.BURNING_FAST,
    why_for=_WINDOWS_WAIT,
    severity=Severity.CRITICAL,
    team="backend",
    summary="{{ $labels.tenant }} burns its {{ $labels.slo }} budget {{ $value | humanize }} times too fast.",
    description=(
        "Tier {{ $labels.tier }}. At 14.4 times, 2% of the 30-day budget of {{ $labels.tenant }} goes in an hour;"
        " at 6 times, 5% in six hours. Both the short and the long window are over."
    ),
    dashboard=TENANT,
    tests=(
        fires(
            "2 % failing at 99.9 % is a burn rate of 20 and fires; at 99 % it is 2 and silent",
            *samples.tier("test"),
            *samples.tier("loose", availability="0.99"),
            samples.tenant("strict-inn"),
            samples.tenant("loose-inn", tier="loose"),
            *(samples.answers(tenant, "2xx", "0+98x70") for tenant in ("strict-inn", "loose-inn")),
            *(samples.answers(tenant, "5xx", "0+2x70") for tenant in ("strict-inn", "loose-inn")),
            at=minutes(65),
            every=minutes(1),
            alerts=(samples.labels("strict-inn"),),
        ),
        silent(
            "an agreed objective wins over the tier's: 2 % failing at 99 % is a burn rate of 2",
            *samples.tier("test"),
            samples.tenant("agreed-inn"),
            samples.objective("agreed-inn", "0.99"),
            samples.answers("agreed-inn", "2xx", "0+98x70"),
            samples.answers("agreed-inn", "5xx", "0+2x70"),
            at=minutes(65),
            every=minutes(1),
        ),
        silent(
            "0.59 % failing at 99.9 % is a burn rate of 5.9 and silent: almost a fault",
            *samples.tier("test"),
            samples.tenant("inn"),
            samples.answers("inn", "2xx", "0+9941x70"),
            samples.answers("inn", "5xx", "0+59x70"),
            at=minutes(65),
            every=minutes(1),
        ),
        silent(
            "9 failures of 10 requests in the long window are too few to page",
            *samples.tier("test"),
            samples.tenant("quiet-inn"),
            samples.answers("quiet-inn", "2xx", "0x10 1x60"),
            samples.answers("quiet-inn", "5xx", "0x10 0+1x9 9x60"),
            at=minutes(22),
            every=minutes(1),
        ),
        fires(
            "10 % failing for nine minutes after three good hours fires: 15 in the hour",
            *samples.tier("test"),
            samples.tenant("inn"),
            samples.answers("inn", "2xx", "0+100x180 18090+90x9 19000+100x60"),
            samples.answers("inn", "5xx", "0x180 10+10x9 100x60"),
            at=minutes(189),
            every=minutes(1),
            alerts=(samples.labels("inn"),),
        ),
        silent(
            "seven minutes after the tenth it is over: nothing in 5 minutes, 5.1 in all hours",
            *samples.tier("test"),
            samples.tenant("inn"),
            samples.answers("inn", "2xx", "0+100x180 18090+90x9 19000+100x60"),
            samples.answers("inn", "5xx", "0x180 10+10x9 100x60"),
            at=minutes(197),
            every=minutes(1),
        ),
        fires(
            "40 % slower than the threshold at 99 % is a burn rate of 40 and fires; 5 % is 5 and silent",
            *samples.tier("test"),
            samples.tenant("slow-inn"),
            samples.tenant("quick-inn"),
            *samples.durations("slow-inn", under_half_a_second="0+60x70", all_="0+100x70"),
            *samples.durations("quick-inn", under_half_a_second="0+95x70", all_="0+100x70"),
            at=minutes(65),
            every=minutes(1),
            alerts=(samples.labels("slow-inn", sli="latency"),),
        ),
        fires(
            "a tenant whose first request ever fails is counted from its first failure",
            *samples.tier("test"),
            samples.tenant("new-inn"),
            series("up", "1x70", job="edge", instance="edge"),
            samples.answers("new-inn", "5xx", "_x10 40x60"),
            at=minutes(13),
            every=minutes(1),
            alerts=(samples.labels("new-inn"),),
        ),
        silent(
            "a counter that was there before the history begins is no burst of failures",
            *samples.tier("test"),
            samples.tenant("old-inn"),
            samples.answers("old-inn", "2xx", "_x10 100000+100x60"),
            samples.answers("old-inn", "5xx", "_x10 9000x60"),
            at=minutes(13),
            every=minutes(1),
        ),
        fires(
            "failures in the minute of a restart count: 40 of 3,100 in the hour are a burn rate of 12.9",
            *samples.tier("test"),
            samples.tenant("inn"),
            samples.constant('up{job="edge", instance="edge"}', "1"),
            samples.answers("inn", "2xx", "0+100x30 60x60"),
            samples.answers("inn", "5xx", "500x30 40x60"),
            at=minutes(36),
            every=minutes(1),
            alerts=(samples.labels("inn"),),
        ),
        fires(
            "a dead exporter of tenant facts silences nothing for an hour",
            *samples.tier("test"),
            series("tenant_info", "1x20 stale", tenant="inn", tier="test", vertical="hotels"),
            samples.answers("inn", "2xx", "0+98x70"),
            samples.answers("inn", "5xx", "0+2x70"),
            at=minutes(65),
            every=minutes(1),
            alerts=(samples.labels("inn"),),
        ),
    ),
)

BURN_MANY: Final = AlertRule(
    name="ErrorBudgetBurnManyTenants",
    expr=f"count by (slo, vertical) ({slo.BURNING_FAST}) >= {MANY}",
    why_for=_WINDOWS_WAIT,
    severity=Severity.CRITICAL,
    team="backend",
    summary="{{ $value }} tenants in {{ $labels.vertical }} burn their {{ $labels.slo }} budgets fast at once.",
    description="One fault of the platform, not many faults of tenants: look at what they share.",
    dashboard=OVERVIEW,
    tests=(
        fires(
            "three hotels that burn at 20 are one incident",
            *samples.tier("test"),
            *(samples.tenant(inn) for inn in ("a-inn", "b-inn", "c-inn")),
            *(samples.answers(inn, "2xx", "0+98x70") for inn in ("a-inn", "b-inn", "c-inn")),
            *(samples.answers(inn, "5xx", "0+2x70") for inn in ("a-inn", "b-inn", "c-inn")),
            at=minutes(65),
            every=minutes(1),
            alerts=({"slo": "availability", "vertical": "hotels"},),
        ),
        silent(
            "two hotels and a gym are their own alerts",
            *samples.tier("test"),
            samples.tenant("a-inn"),
            samples.tenant("b-inn"),
            samples.tenant("a-gym", vertical="gyms"),
            *(samples.answers(tenant, "2xx", "0+98x70") for tenant in ("a-inn", "b-inn", "a-gym")),
            *(samples.answers(tenant, "5xx", "0+2x70") for tenant in ("a-inn", "b-inn", "a-gym")),
            at=minutes(65),
            every=minutes(1),
        ),
    ),
)

BURN_SLOW: Final = AlertRule(
    name="ErrorBudgetBurnSlow",
    expr=slo.BURNING_SLOWLY,
    why_for=_WINDOWS_WAIT,
    severity=Severity.WARNING,
    team="backend",
    summary="{{ $labels.tenant }} burns its {{ $labels.slo }} budget {{ $value | humanize }} times too fast.",
    description=(
        "Tier {{ $labels.tier }}. At 3 times, 10% of the 30-day budget of {{ $labels.tenant }} goes in a day;"
        " at this pace the budget does not last its 30 days."
    ),
    dashboard=TENANT,
    tests=(
        fires(
            "0.12 % failing at 99.9 % is a burn rate of 1.2 and needs a ticket",
            *samples.tier("test"),
            samples.tenant("inn"),
            samples.answers("inn", "2xx", "0+9988x70"),
            samples.answers("inn", "5xx", "0+12x70"),
            at=minutes(65),
            every=minutes(1),
            alerts=(samples.labels("inn"),),
        ),
        silent(
            "0.09 % failing at 99.9 % is a burn rate of 0.9: the budget lasts",
            *samples.tier("test"),
            samples.tenant("inn"),
            samples.answers("inn", "2xx", "0+9991x70"),
            samples.answers("inn", "5xx", "0+9x70"),
            at=minutes(65),
            every=minutes(1),
        ),
        silent(
            "two bad minutes after seven good hours are no ticket: 3.3 in two hours, 0.94 in the day",
            *samples.tier("test"),
            samples.tenant("inn"),
            samples.answers("inn", "2xx", "0+100x420 42080+80x1 42260+100x60"),
            samples.answers("inn", "5xx", "0x420 20+20x1 40x60"),
            at=minutes(425),
            every=minutes(1),
        ),
    ),
)

ALERTS: Final = (BURN_FAST, BURN_MANY, BURN_SLOW)
