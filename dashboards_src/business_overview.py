"""The business: revenue, use of the tools, customers by tier and vertical."""

from __future__ import annotations

from typing import Final

from platformctl.model.dashboard import Audience, Dashboard, Row, Variable
from platformctl.model.panel import Color, Link, Panel, PanelKind, Query, Threshold, Unit
from platformctl.model.panels import bars, graph, stat, table
from platformctl.model.units import days, minutes

# The tenants of the chosen verticals, to join a per-tenant figure on.
CHOSEN: Final = (
    "on (tenant) group_left (vertical, tier)"
    ' max by (tenant, vertical, tier) (tenant_info{vertical=~"$vertical"})'
)


def _in_range(metric: str, by: str, matchers: str = "") -> str:
    """What was counted in the chosen time range, for the chosen verticals."""
    return f"sum by ({by}) (sum by (tenant, {by}) (increase({metric}{{{matchers}}}[$__range])) * {CHOSEN})"


def _tenants(metric: str) -> str:
    """Tenants of the chosen verticals for which something was counted in the chosen time range."""
    return (
        f"count((sum by (tenant) (increase({metric}[$__range])) > 0)"
        ' and on (tenant) tenant_info{vertical=~"$vertical"}) or vector(0)'
    )


FIGURES: Final = Row(
    title="In the chosen time",
    panels=(
        stat(
            "Payments",
            "What came in? Payments received in the chosen time range.",
            'sum(sum by (tenant) (increase(revenue_amount_cents_total{kind="payment"}[$__range]))'
            f" * {CHOSEN}) / 100",
            instant=True,
            unit=Unit.MONEY,
            empty_reason="no payment was received yet",
        ),
        stat(
            "Payments that failed",
            "Is money left behind? Share of payments that failed.",
            '(sum(increase(revenue_events_total{kind="payment_failed"}[$__range])) or vector(0))'
            ' / sum(increase(revenue_events_total{kind=~"payment|payment_failed"}[$__range]))',
            instant=True,
            unit=Unit.RATIO,
            decimals=1,
            thresholds=(Threshold(value=0.05, color=Color.YELLOW), Threshold(value=0.15, color=Color.RED)),
            empty_reason="no payment was tried yet",
        ),
        stat(
            "Active tenants",
            "Who uses the platform? Tenants whose users did something.",
            _tenants("user_actions_total"),
            instant=True,
        ),
        stat(
            "Tenants",
            "How many customers are there? Registered tenants of the chosen verticals.",
            'count(count by (tenant) (tenant_info{vertical=~"$vertical"}))',
            instant=True,
        ),
        stat(
            "Tenants that use a tool",
            "Do the tools find users? Tenants that ran a tool.",
            _tenants("tool_runs_total"),
            instant=True,
        ),
        stat(
            "Goals reached",
            "Do our customers earn with us? Bookings, tickets, memberships, deals and orders"
            " of their own customers.",
            'sum(sum by (tenant) (increase(conversions_total{goal!="trial_to_paid"}[$__range]))'
            f" * {CHOSEN})",
            instant=True,
            decimals=0,
            empty_reason="no goal was reached yet",
        ),
    ),
)

MONEY: Final = Row(
    title="Revenue",
    panels=(
        graph(
            "Revenue over time",
            "Does revenue grow? Payments by vertical, per hour.",
            (
                "sum by (vertical) (sum by (tenant)"
                ' (rate(revenue_amount_cents_total{kind="payment"}[1h]))'
                f" * {CHOSEN}) * 3600 / 100",
                "{{vertical}}",
            ),
            unit=Unit.MONEY,
            stacked=True,
            width=12,
            empty_reason="no payment was received yet",
        ),
        bars(
            "Events that move revenue",
            "Do we lose money somewhere? Payments, failed payments, refunds and cancellations.",
            _in_range("revenue_events_total", "kind"),
            "{{kind}}",
            decimals=0,
            width=6,
            empty_reason="nothing has moved revenue yet",
        ),
        bars(
            "Changes of tier",
            "Do customers move up or down? Changes of subscription tier.",
            "sum by (direction, from_tier, to_tier) (increase(tier_changes_total[$__range])) > 0",
            "{{direction}}: {{from_tier}} to {{to_tier}}",
            decimals=0,
            width=6,
            empty_reason="no tenant changed its tier in this time",
        ),
    ),
)

CUSTOMERS: Final = Row(
    title="Customers",
    panels=(
        Panel(
            title="Tenants by tier",
            description="What do customers pay for? Registered tenants by subscription tier.",
            kind=PanelKind.PIE,
            queries=(
                Query(
                    expr='count by (tier) (count by (tenant, tier) (tenant_info{vertical=~"$vertical"}))',
                    legend="{{tier}}",
                    instant=True,
                ),
            ),
            width=6,
        ),
        Panel(
            title="Tenants by vertical",
            description="Where are we strong? Registered tenants by line of business.",
            kind=PanelKind.PIE,
            queries=(
                Query(
                    expr='count by (vertical) (count by (tenant, vertical) (tenant_info{vertical=~"$vertical"}))',
                    legend="{{vertical}}",
                    instant=True,
                ),
            ),
            width=6,
        ),
        table(
            "Tenants by payments",
            "Who are the largest customers? Payments, goals and actions in the chosen time range;"
            " the name leads to the tenant.",
            Query(
                expr="sum by (tenant, vertical, tier) (sum by (tenant)"
                ' (increase(revenue_amount_cents_total{kind="payment"}[$__range]))'
                f" * {CHOSEN}) / 100",
                legend="Payments",
                unit=Unit.MONEY,
            ),
            Query(
                expr="sum by (tenant, vertical, tier) (sum by (tenant)"
                f" (increase(user_actions_total[$__range])) * {CHOSEN})",
                legend="Actions",
            ),
            links=(Link(title="Tenant detail", dashboard="tenant-detail", by=("tenant",)),),
            decimals=0,
            width=12,
        ),
    ),
)

PRODUCT: Final = Row(
    title="Product",
    panels=(
        Panel(
            title="Use of the tools",
            description="Which tool carries the product? Runs of Market Edge, Causal Edge and Value Edge.",
            kind=PanelKind.PIE,
            queries=(Query(expr=_in_range("tool_runs_total", "tool"), legend="{{tool}}", instant=True),),
            decimals=0,
            width=6,
            empty_reason="no tool was run yet",
        ),
        bars(
            "Onboarding",
            "Where do new customers stop? Onboarding steps completed; a step far below"
            " the one before loses customers.",
            _in_range("onboarding_steps_completed_total", "step"),
            "{{step}}",
            decimals=0,
            width=6,
            empty_reason="no onboarding step was completed yet",
        ),
        graph(
            "Goals of our customers",
            "What do their customers do? Goals reached per hour.",
            (
                f"sum by (goal) (sum by (tenant, goal) (rate(conversions_total[1h])) * {CHOSEN}) * 3600",
                "{{goal}}",
            ),
            stacked=True,
            width=12,
            empty_reason="no goal was reached yet",
        ),
        bars(
            "Features switched on",
            "How far is each feature rolled out? Tenants for whom it is on.",
            "max by (flag) (feature_flag_enabled_tenants)",
            "{{flag}}",
            width=12,
            empty_reason="there are no feature flags",
        ),
        graph(
            "Stored data by vertical",
            "What does storage cost us, and for whom? Stored bytes.",
            (f"sum by (vertical) (max by (tenant) (tenant_data_bytes) * {CHOSEN})", "{{vertical}}"),
            unit=Unit.BYTES,
            stacked=True,
            width=12,
        ),
    ),
)

BUSINESS_OVERVIEW: Final = Dashboard(
    uid="business-overview",
    title="Business overview",
    question="What does the platform bring in, who uses which part of it, and where do customers stop?",
    audience=Audience.BUSINESS,
    variables=(Variable(name="vertical", label="Vertical", metric="tenant_info", of="vertical"),),
    rows=(FIGURES, MONEY, CUSTOMERS, PRODUCT),
    links=(
        Link(title="Tenant detail", dashboard="tenant-detail"),
        Link(title="Overview", dashboard="platform-overview"),
    ),
    span=days(7),
    refresh=minutes(5),
)

DASHBOARDS: Final = (BUSINESS_OVERVIEW,)
