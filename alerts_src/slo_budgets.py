"""Who is told when a budget is gone, and when a tenant has none."""

from __future__ import annotations

from typing import Final

from platform_telemetry.contract import OVERFLOW, UNKNOWN_TENANT
from platformctl.model import slo
from platformctl.model import slo_samples as samples
from platformctl.model.claims import fires, silent
from platformctl.model.rules import AlertRule, DashboardLink, Severity
from platformctl.model.units import days, minutes

INTERVAL: Final = minutes(5)
"""As often as the windows they read are recorded."""

TENANT: Final = DashboardLink(uid="tenant-detail", variables={"tenant": "tenant"})
OVERVIEW: Final = DashboardLink(uid="platform-overview")

A_WEEK: Final = 7 * 24 * 60
"""Watched minutes without which a budget of 30 days says nothing."""

TRAFFIC: Final = (
    f'{slo.recorded(slo.EVENTS_TOTAL, "1m")}{{slo="availability", tenant!~"{UNKNOWN_TENANT}|{OVERFLOW}"}}'
)


BUDGET_SPENT: Final = AlertRule(
    name="ErrorBudgetSpent",
    expr=(
        f"{slo.BUDGET_LEFT} <= 0 and on (tenant, slo) {slo.BAD_30D} >= 10\n"
        f"and on () sum(sum_over_time({slo.recorded(slo.HEARTBEAT, '1h')}[{slo.inside(days(30))}])) >= {A_WEEK}"
    ),
    why_for="None, but not before a week of history: until then an hour's outage is most of what was ever seen,"
    " and the burn rates speak for it.",
    severity=Severity.WARNING,
    team="backend",
    summary="{{ $labels.tenant }} has spent its {{ $labels.slo }} budget of 30 days.",
    description=(
        "Left: {{ $value | humanizePercentage }} of what tier {{ $labels.tier }} allows. The objective is broken"
        " over the last 30 days, and a credit may be owed: platformctl sla-report --tenant {{ $labels.tenant }}."
    ),
    dashboard=TENANT,
    tests=(
        fires(
            "two hours at a burn rate of 20, and nothing else in 30 days, leave -1900 %",
            samples.WEEK_OF_HISTORY,
            *samples.tier("test"),
            samples.tenant("inn"),
            samples.answers("inn", "2xx", "0+98x190"),
            samples.answers("inn", "5xx", "0+2x190"),
            at=minutes(185),
            every=minutes(1),
            alerts=(samples.labels("inn"),),
        ),
        silent(
            "an early outage of a platform that is two hours old is no ticket",
            *samples.tier("test"),
            samples.tenant("inn"),
            samples.answers("inn", "2xx", "0+98x190"),
            samples.answers("inn", "5xx", "0+2x190"),
            at=minutes(185),
            every=minutes(1),
        ),
        silent(
            "a burn rate of 0.9 leaves 10 %",
            samples.WEEK_OF_HISTORY,
            *samples.tier("test"),
            samples.tenant("inn"),
            samples.answers("inn", "2xx", "0+9991x190"),
            samples.answers("inn", "5xx", "0+9x190"),
            at=minutes(185),
            every=minutes(1),
        ),
        silent(
            "two failures are too few to speak of a broken objective",
            samples.WEEK_OF_HISTORY,
            *samples.tier("test"),
            samples.tenant("quiet-inn"),
            samples.answers("quiet-inn", "2xx", "0x30 8x160"),
            samples.answers("quiet-inn", "5xx", "0x30 2x160"),
            at=minutes(185),
            every=minutes(1),
        ),
    ),
)

WITHOUT_OBJECTIVE: Final = AlertRule(
    name="TenantWithoutObjective",
    expr=(
        f"sum by (tenant) (sum_over_time({TRAFFIC}[{slo.inside(minutes(5))}])) > 0"
        f" unless on (tenant) {slo.OBJECTIVE}"
    ),
    for_=minutes(10),
    why_for="A new tenant's facts may arrive a few minutes after its first request.",
    severity=Severity.WARNING,
    team="platform",
    summary="{{ $labels.tenant }} has traffic and no objective: none of its budgets is watched.",
    description="tenant_info has no row for {{ $labels.tenant }}, or its tier is not in slas/tiers.yml.",
    dashboard=OVERVIEW,
    tests=(
        fires(
            "a tenant that tenant_info does not know fires; one that it knows does not",
            *samples.tier("test"),
            samples.tenant("inn"),
            samples.answers("inn", "2xx", "0+10x40"),
            samples.answers("forgotten-inn", "2xx", "0+10x40"),
            at=minutes(30),
            every=minutes(1),
            alerts=({"tenant": "forgotten-inn"},),
        ),
        silent(
            "requests of unregistered tenants are counted together and have no objective",
            samples.answers(UNKNOWN_TENANT, "4xx", "0+10x40"),
            samples.answers(OVERFLOW, "2xx", "0+10x40"),
            at=minutes(30),
            every=minutes(1),
        ),
    ),
)

AGREED_ABSENT: Final = AlertRule(
    name="AgreedObjectiveAbsent",
    expr=f"sum({slo.AGREED}) - (count({slo.OVERRIDE}) or vector(0)) > 0",
    for_=minutes(15),
    why_for="A new contract reaches the component that serves it with the next deployment or look at the registry.",
    severity=Severity.WARNING,
    team="platform",
    summary="{{ $value }} objectives that contracts agree on are not served: the tiers' are applied instead.",
    description="slas/tenants.yml has more objectives of single tenants than tenant_objective_ratio shows.",
    dashboard=OVERVIEW,
    tests=(
        fires(
            "one of two agreed objectives missing fires",
            samples.agreed(2),
            samples.objective("inn", "0.9999"),
            at=minutes(30),
            every=minutes(1),
        ),
        silent(
            "both served are silent",
            samples.agreed(2),
            samples.objective("inn", "0.9999"),
            samples.objective("gym", "0.9995"),
            at=minutes(30),
            every=minutes(1),
        ),
        silent(
            "where nothing is agreed, nothing is missing", samples.agreed(0), at=minutes(30), every=minutes(1)
        ),
    ),
)

ALERTS: Final = (BUDGET_SPENT, WITHOUT_OBJECTIVE, AGREED_ABSENT)
