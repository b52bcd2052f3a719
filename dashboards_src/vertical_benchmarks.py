"""Verticals against each other, and one tenant against its vertical. Figures of tenants are not told by name."""

from __future__ import annotations

from typing import Final

from platformctl.model.dashboard import Audience, Dashboard, Row, Variable
from platformctl.model.panel import Link, Query, Unit
from platformctl.model.panels import FAILED_COLORS, SLOW_COLORS, bars, graph, stat, table
from platformctl.model.units import days, minutes

FACTS: Final = 'max by (tenant, vertical) (tenant_info{tier=~"$tier"})'
JOIN: Final = f"on (tenant) group_left (vertical) {FACTS}"
MEMBERS: Final = f"count by (vertical) ({FACTS})"
NO_USE: Final = "nothing of this was counted in the chosen time"
SILENT: Final = "no tenant sent requests in this time"


def _per_tenant(metric: str, matchers: str = "") -> str:
    """What a tenant of each vertical has on average, in the chosen time."""
    return f"sum by (vertical) (sum by (tenant) (increase({metric}{{{matchers}}}[$__range])) * {JOIN}) / {MEMBERS}"


def _spread(quantile: float) -> str:
    """Requests per second of the tenant at this place in its vertical."""
    return f"quantile by (vertical) ({quantile}, sum by (tenant) (rate(edge_requests_total[15m])) * {JOIN})"


REQUESTS: Final = f"sum by (vertical) (sum by (tenant) (increase(edge_requests_total[$__range])) * {JOIN})"
FAILED: Final = (
    "sum by (vertical) (sum by (tenant)"
    ' (increase(edge_requests_total{status_class="5xx"}[$__range])'
    f" or increase(edge_requests_total[$__range]) * 0) * {JOIN})"
)
P95: Final = (
    "histogram_quantile(0.95, sum by (vertical, le) (sum by (tenant, le)"
    f" (rate(edge_request_duration_seconds_bucket[$__range])) * {JOIN}))"
)
OWN: Final = 'tenant=~"$tenant"'

VERTICALS: Final = Row(
    title="Verticals",
    panels=(
        table(
            "Verticals side by side",
            "Which line of business is best served, and which uses the platform most?"
            " The chosen time; use is given for an average tenant of the vertical.",
            Query(expr=MEMBERS, legend="Tenants"),
            Query(expr=f"{REQUESTS} / {MEMBERS}", legend="Requests a tenant"),
            Query(expr=f"{FAILED} / {REQUESTS}", legend="Failed", unit=Unit.RATIO),
            Query(expr=P95, legend="95th percentile", unit=Unit.SECONDS),
            Query(expr=_per_tenant("user_actions_total"), legend="Actions a tenant"),
            Query(expr=_per_tenant("tool_runs_total"), legend="Tool runs a tenant"),
            decimals=2,
            width=24,
            height=8,
            empty_reason=SILENT,
        ),
        bars(
            "Failed requests",
            "Who is served worst? Share of requests that ended in 5xx.",
            f"{FAILED} / {REQUESTS}",
            "{{vertical}}",
            unit=Unit.RATIO,
            thresholds=FAILED_COLORS,
            minimum=0,
            width=6,
            empty_reason=SILENT,
        ),
        bars(
            "Latency, 95th percentile",
            "Who waits longest? 95 of 100 requests were answered within this time.",
            P95,
            "{{vertical}}",
            unit=Unit.SECONDS,
            thresholds=SLOW_COLORS,
            minimum=0,
            width=6,
            empty_reason=SILENT,
        ),
        bars(
            "Tool runs a tenant",
            "Where do the tools find users? Runs of an average tenant.",
            _per_tenant("tool_runs_total"),
            "{{vertical}}",
            minimum=0,
            width=6,
            empty_reason=NO_USE,
        ),
        bars(
            "Goals a tenant",
            "Where do customers earn with us? Bookings, tickets, memberships, deals, orders of an average tenant.",
            _per_tenant("conversions_total", 'goal!="trial_to_paid"'),
            "{{vertical}}",
            minimum=0,
            width=6,
            empty_reason=NO_USE,
        ),
        bars(
            "Payments a tenant",
            "Which line of business pays? Payments of an average tenant.",
            _per_tenant("revenue_amount_cents_total", 'kind="payment"') + " / 100",
            "{{vertical}}",
            unit=Unit.MONEY,
            minimum=0,
            width=6,
            empty_reason=NO_USE,
        ),
        bars(
            "Stored data a tenant",
            "Where does storage cost? Stored bytes of an average tenant.",
            f"sum by (vertical) (max by (tenant) (tenant_data_bytes) * {JOIN}) / {MEMBERS}",
            "{{vertical}}",
            unit=Unit.BYTES,
            minimum=0,
            width=6,
        ),
        graph(
            "Spread of use",
            "Are the tenants of a vertical alike? Requests per second of the median tenant and of the one that is"
            " busier than three quarters of its vertical.",
            (_spread(0.5), "{{vertical}}, median"),
            (_spread(0.75), "{{vertical}}, upper quarter"),
            unit=Unit.REQUESTS_PER_SECOND,
            width=12,
            empty_reason=SILENT,
        ),
    ),
)

ONE: Final = Row(
    title="One tenant against its vertical",
    panels=(
        stat(
            "Requests, against the median",
            "Does the tenant use us more than its peers? 2 is twice the median tenant of its vertical.",
            f"sum by (vertical) (sum by (tenant) (rate(edge_requests_total{{{OWN}}}[15m])) * {JOIN})"
            f" / ({_spread(0.5)} > 0)",
            decimals=2,
            width=8,
            empty_reason=SILENT,
        ),
        stat(
            "Failed requests",
            "Is it served worse than its peers? Share of its own requests that failed.",
            f'(sum(increase(edge_requests_total{{{OWN}, status_class="5xx"}}[$__range])) or vector(0))'
            f" / sum(increase(edge_requests_total{{{OWN}}}[$__range]))",
            instant=True,
            unit=Unit.RATIO,
            thresholds=FAILED_COLORS,
            decimals=2,
            width=8,
            empty_reason="the tenant sent no requests in this time",
        ),
        stat(
            "Tool runs",
            "Does it use the tools? Its own runs in the chosen time; its vertical's average stands above.",
            f"sum(increase(tool_runs_total{{{OWN}}}[$__range]))",
            instant=True,
            decimals=0,
            width=8,
            empty_reason="the tenant ran no tool in this time",
        ),
    ),
)

VERTICAL_BENCHMARKS: Final = Dashboard(
    uid="vertical-benchmarks",
    title="Verticals compared",
    question="Which line of business is best served and uses us most, and where does a tenant stand among its peers?",
    audience=Audience.BUSINESS,
    variables=(
        Variable(name="tier", label="Tier", metric="tenant_info", of="tier"),
        Variable(name="tenant", label="Tenant", metric="tenant_info", of="tenant", multi=False),
    ),
    rows=(VERTICALS, ONE),
    links=(
        Link(title="Business", dashboard="business-overview"),
        Link(title="Tenant detail", dashboard="tenant-detail"),
        Link(title="Compare tenants", dashboard="tenant-comparison"),
    ),
    span=days(1),
    refresh=minutes(5),
)

DASHBOARDS: Final = (VERTICAL_BENCHMARKS,)
