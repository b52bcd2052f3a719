"""Objectives and error budgets: whose budget is spent, who spends it now, and how fast."""

from __future__ import annotations

from typing import Final

from platformctl.model import service_slo, slo
from platformctl.model.dashboard import Annotation, Audience, Dashboard, Row, Variable
from platformctl.model.panel import Color, Link, Query, Threshold, Unit
from platformctl.model.panels import ANY_IS_BAD, ANY_IS_ODD, TO_TENANT, bars, graph, stat, table
from platformctl.model.units import days

CHOSEN: Final = 'slo=~"$slo", tier=~"$tier", tenant=~"$tenant"'
LEFT: Final = f"{slo.BUDGET_LEFT}{{{CHOSEN}}}"
WORST: Final = f"bottomk(20, {LEFT} > -Inf)"
BUDGET_COLORS: Final = (Threshold(value=0, color=Color.YELLOW), Threshold(value=0.25, color=Color.GREEN))
BURN_COLORS: Final = (Threshold(value=1, color=Color.YELLOW), Threshold(value=14.4, color=Color.RED))
NO_EVENTS: Final = "no request was counted in this window"

NOW: Final = Row(
    title="Right now",
    panels=(
        stat(
            "Budgets spent",
            "Is a promise broken? Tenants and objectives whose 30-day error budget is used up.",
            f"count({LEFT} < 0) or vector(0)",
            thresholds=ANY_IS_BAD,
        ),
        stat(
            "Burning fast",
            "Who must be helped now? Budgets that burn fast enough to page (14.4 times, or 6 times for hours).",
            f"count({slo.BURNING_FAST}{{{CHOSEN}}}) or vector(0)",
            thresholds=ANY_IS_BAD,
        ),
        stat(
            "Burning slowly",
            "Who needs a ticket? Budgets that will not last the month at this rate.",
            f"count({slo.BURNING_SLOWLY}{{{CHOSEN}}}) or vector(0)",
            thresholds=ANY_IS_ODD,
        ),
        stat(
            "Least budget left",
            "How close is the next broken promise? The smallest remaining 30-day budget; below 0 it is broken.",
            f"min({LEFT} > -Inf)",
            unit=Unit.RATIO,
            base=Color.RED,
            thresholds=BUDGET_COLORS,
            decimals=1,
            empty_reason=NO_EVENTS,
        ),
        stat(
            "Objectives",
            "How many promises are kept watch over? Tenants times objectives.",
            f"count({slo.OBJECTIVE}{{{CHOSEN}}})",
        ),
        stat(
            "Tenants without objective",
            "Is somebody served and not watched? Tenants with traffic for whom no objective is known.",
            'count(sum by (tenant) (tenant:requests:increment1m{tenant!~"unknown|overflow"})'
            f" unless on (tenant) {slo.OBJECTIVE}) or vector(0)",
            thresholds=ANY_IS_ODD,
        ),
    ),
)

WHO: Final = Row(
    title="Whose budget?",
    panels=(
        table(
            "Budgets",
            "Where is it worst? The twenty most spent budgets, with the burn rates of the last hour and six hours;"
            " at a burn rate of 1 the budget lasts exactly 30 days. The name leads to the tenant.",
            Query(expr=f"topk(20, 1 - ({LEFT} > -Inf))", legend="Budget spent"),
            Query(expr=f"{slo.OBJECTIVE}{{{CHOSEN}}} and {WORST}", legend="Objective"),
            Query(expr=f"{slo.H1.burn_rate}{{{CHOSEN}}} and {WORST}", legend="Burn 1 h", unit=Unit.SHORT),
            Query(expr=f"{slo.H6.burn_rate}{{{CHOSEN}}} and {WORST}", legend="Burn 6 h", unit=Unit.SHORT),
            unit=Unit.RATIO,
            links=(TO_TENANT,),
            width=16,
            height=10,
            empty_reason=NO_EVENTS,
        ),
        bars(
            "Least budget left, by tier",
            "Do the promises hold that cost most? The smallest remaining budget in each tier.",
            f"min by (tier) ({LEFT} > -Inf)",
            "{{tier}}",
            unit=Unit.RATIO,
            base=Color.RED,
            thresholds=BUDGET_COLORS,
            minimum=0,
            maximum=1,
            height=10,
            empty_reason=NO_EVENTS,
        ),
    ),
)

BURN: Final = Row(
    title="How fast?",
    panels=(
        graph(
            "Largest burn rate, by objective",
            "Is a budget burning, and since when? The fastest tenant in the last hour; lines at 1 and 14.4.",
            (f"max by (slo) ({slo.H1.burn_rate}{{{CHOSEN}}})", "{{slo}}, 1 h"),
            (f"max by (slo) ({slo.H6.burn_rate}{{{CHOSEN}}})", "{{slo}}, 6 h"),
            thresholds=BURN_COLORS,
            width=12,
            minimum=0,
            empty_reason=NO_EVENTS,
        ),
        graph(
            "Fastest burning tenants",
            "Is it one tenant or many? The ten highest burn rates of the last five minutes.",
            (f"topk(10, {slo.M5.burn_rate}{{{CHOSEN}}} > 0)", "{{tenant}}: {{slo}}"),
            thresholds=BURN_COLORS,
            links=(TO_TENANT,),
            width=12,
            minimum=0,
            empty_reason="no budget was touched in the last five minutes",
        ),
        graph(
            "Budget left",
            "How did it come to this? The ten smallest 30-day budgets over time.",
            (f"bottomk(10, {LEFT} > -Inf)", "{{tenant}}: {{slo}}"),
            unit=Unit.RATIO,
            base=Color.RED,
            thresholds=BUDGET_COLORS,
            links=(TO_TENANT,),
            width=12,
            empty_reason=NO_EVENTS,
        ),
        graph(
            "Bad events",
            "How many requests broke a promise? Failed or too slow requests per minute.",
            (
                f'sum by (slo) ({slo.recorded(slo.EVENTS_BAD, "1m")}{{slo=~"$slo", tenant=~"$tenant"}})',
                "{{slo}}",
            ),
            stacked=True,
            width=12,
        ),
    ),
)

SERVICE_H1: Final = service_slo.burn_rate(slo.H1).name
SERVICE_H6: Final = service_slo.burn_rate(slo.H6).name
TO_SERVICE: Final = Link(title="API per endpoint", dashboard="api-endpoints")

SERVICES: Final = Row(
    title="What services promise",
    panels=(
        table(
            "Budgets of services",
            "Which service keeps its promise? Each objective of slas/services.yml, what is left of its 30-day budget,"
            " and the burn rates of the last hour and six hours. Freshness: minutes in which nothing was heard of it.",
            Query(expr=service_slo.BUDGET_LEFT, legend="Budget left"),
            Query(expr=service_slo.OBJECTIVE, legend="Objective"),
            Query(expr=SERVICE_H1, legend="Burn 1 h", unit=Unit.SHORT),
            Query(expr=SERVICE_H6, legend="Burn 6 h", unit=Unit.SHORT),
            unit=Unit.RATIO,
            links=(TO_SERVICE,),
            width=24,
            height=8,
        ),
        graph(
            "Budget left, by service",
            "How did it come to this? The 30-day budget of each service's objectives over time; below 0 it is broken.",
            (service_slo.BUDGET_LEFT, "{{job}}: {{slo}}"),
            unit=Unit.RATIO,
            base=Color.RED,
            thresholds=BUDGET_COLORS,
            links=(TO_SERVICE,),
            width=12,
        ),
        graph(
            "Burn rate of services",
            "Which service burns its budget, and since when? The last hour; lines at 1 and 14.4.",
            (SERVICE_H1, "{{job}}: {{slo}}"),
            thresholds=BURN_COLORS,
            links=(TO_SERVICE,),
            width=12,
            minimum=0,
        ),
    ),
)

SLO_BUDGETS: Final = Dashboard(
    uid="slo-budgets",
    title="Objectives and error budgets",
    question="Which promises to which tenants are broken or about to be, and how fast are their budgets burning?",
    audience=Audience.OPERATIONS,
    variables=(
        Variable(name="slo", label="Objective", metric=slo.OBJECTIVE, of="slo"),
        Variable(name="tier", label="Tier", metric=slo.OBJECTIVE, of="tier"),
        Variable(name="tenant", label="Tenant", metric=slo.OBJECTIVE, of="tenant", where={"tier": "$tier"}),
    ),
    rows=(NOW, WHO, BURN, SERVICES),
    annotations=(
        Annotation(
            name="Budget alerts",
            expr='count by (alertname) (ALERTS{alertstate="firing", alertname=~"ErrorBudget.*"})',
            title="{{alertname}}",
        ),
    ),
    links=(
        Link(title="Overview", dashboard="platform-overview"),
        Link(title="Alerts and incidents", dashboard="alerts-incidents"),
        Link(title="Compare tenants", dashboard="tenant-comparison"),
        Link(title="Logs", dashboard="logs-traces"),
    ),
    span=days(1),
)

DASHBOARDS: Final = (SLO_BUDGETS,)
