"""The first page to open: is the platform well, and if not, where to look."""

from __future__ import annotations

from typing import Final

from platformctl.model.dashboard import Annotation, Audience, Dashboard, Row
from platformctl.model.panel import Color, Link, Panel, PanelKind, Query, Threshold, Unit, ValueText
from platformctl.model.panels import graph, stat, table
from platformctl.model.units import hours

ERROR_COLORS: Final = (Threshold(value=0.01, color=Color.YELLOW), Threshold(value=0.05, color=Color.RED))
SLOW_COLORS: Final = (Threshold(value=1, color=Color.YELLOW), Threshold(value=2.5, color=Color.RED))
ANY_IS_BAD: Final = (Threshold(value=1, color=Color.RED),)
UP_DOWN: Final = (
    ValueText(value=0, text="down", color=Color.RED),
    ValueText(value=1, text="up", color=Color.GREEN),
)

NOW: Final = Row(
    title="Right now",
    panels=(
        stat(
            "Requests",
            "How busy is the platform? Requests answered per second, all services together.",
            "sum(rate(http_requests_total[$__rate_interval]))",
            unit=Unit.REQUESTS_PER_SECOND,
            links=(Link(title="Endpoints", dashboard="api-endpoints"),),
        ),
        stat(
            "Failed requests",
            "Does it answer? The share of requests that ended in a server error (5xx).",
            '(sum(rate(http_requests_total{code=~"5.."}[$__rate_interval])) or vector(0))'
            " / sum(rate(http_requests_total[$__rate_interval]))",
            unit=Unit.RATIO,
            decimals=2,
            thresholds=ERROR_COLORS,
            links=(Link(title="Endpoints", dashboard="api-endpoints"),),
        ),
        stat(
            "Latency, 95th percentile",
            "Is it fast? 95 of 100 requests were answered within this time.",
            "histogram_quantile(0.95,"
            " sum by (le) (rate(http_request_duration_seconds_bucket[$__rate_interval])))",
            unit=Unit.SECONDS,
            thresholds=SLOW_COLORS,
            links=(Link(title="Endpoints", dashboard="api-endpoints"),),
        ),
        stat(
            "Tenants with failures",
            "How many customers feel it? Tenants of whose requests more than 1% failed"
            " in the last five minutes.",
            'count((sum by (tenant) (rate(tenant_requests_total{status_class="5xx"}[5m]))'
            " / sum by (tenant) (rate(tenant_requests_total[5m]))) > 0.01) or vector(0)",
            thresholds=ANY_IS_BAD,
        ),
        stat(
            "Critical alerts",
            "Is somebody being paged? Critical alerts that fire now.",
            'count(ALERTS{alertstate="firing", severity="critical"}) or vector(0)',
            thresholds=ANY_IS_BAD,
        ),
        stat(
            "Targets down",
            "Is something not answering Prometheus? Scrape targets that are down.",
            "count(up == 0) or vector(0)",
            thresholds=ANY_IS_BAD,
            links=(Link(title="Monitoring stack", dashboard="monitoring-stack"),),
        ),
    ),
)

TRAFFIC: Final = Row(
    title="Traffic",
    panels=(
        graph(
            "Requests by outcome",
            "Did traffic or its mix change? Requests per second by status class.",
            ("sum by (status_class) (rate(tenant_requests_total[$__rate_interval]))", "{{status_class}}"),
            unit=Unit.REQUESTS_PER_SECOND,
            stacked=True,
        ),
        graph(
            "Failed requests by service",
            "Which service fails? Share of requests that ended in 5xx. Lines: 1% and 5%.",
            (
                '(sum by (job) (rate(http_requests_total{code=~"5.."}[$__rate_interval]))'
                " or sum by (job) (rate(http_requests_total[$__rate_interval])) * 0)"
                " / sum by (job) (rate(http_requests_total[$__rate_interval]))",
                "{{job}}",
            ),
            unit=Unit.RATIO,
            thresholds=ERROR_COLORS,
            minimum=0,
        ),
        Panel(
            title="Latency",
            description="Are most requests slow, or only the slowest? Median, 95th and 99th percentile.",
            kind=PanelKind.TIMESERIES,
            queries=tuple(
                Query(
                    expr=f"histogram_quantile({quantile},"
                    " sum by (le) (rate(http_request_duration_seconds_bucket[$__rate_interval])))",
                    legend=legend,
                )
                for quantile, legend in ((0.5, "median"), (0.95, "95th"), (0.99, "99th"))
            ),
            unit=Unit.SECONDS,
        ),
    ),
)

CUSTOMERS: Final = Row(
    title="Customers",
    panels=(
        table(
            "Tenants in trouble",
            "Who is hit hardest? The ten tenants with the largest share of failed requests"
            " in the last five minutes; the name leads to the tenant.",
            Query(
                expr='topk(10, sum by (tenant) (rate(tenant_requests_total{status_class="5xx"}[5m]))'
                " / sum by (tenant) (rate(tenant_requests_total[5m])) > 0)",
                legend="Failed",
                unit=Unit.RATIO,
            ),
            Query(
                expr="sum by (tenant) (rate(tenant_requests_total[5m])) and on (tenant)"
                ' sum by (tenant) (rate(tenant_requests_total{status_class="5xx"}[5m])) > 0',
                legend="Requests",
                unit=Unit.REQUESTS_PER_SECOND,
            ),
            links=(Link(title="Tenant detail", dashboard="tenant-detail", by=("tenant",)),),
            width=8,
            empty_reason="no tenant had a failed request",
        ),
        graph(
            "Requests by vertical",
            "Is one line of business hit? Requests per second of the tenants of each vertical.",
            (
                "sum by (vertical) (sum by (tenant) (rate(tenant_requests_total[$__rate_interval]))"
                " * on (tenant) group_left (vertical) max by (tenant, vertical) (tenant_info))",
                "{{vertical}}",
            ),
            unit=Unit.REQUESTS_PER_SECOND,
            stacked=True,
        ),
        graph(
            "Failed requests by tier",
            "Do paying customers notice? Share of failed requests by subscription tier.",
            (
                "sum by (tier) (sum by (tenant)"
                ' (rate(tenant_requests_total{status_class="5xx"}[$__rate_interval])'
                " or rate(tenant_requests_total[$__rate_interval]) * 0)"
                " * on (tenant) group_left (tier) max by (tenant, tier) (tenant_info))"
                " / sum by (tier) (sum by (tenant) (rate(tenant_requests_total[$__rate_interval]))"
                " * on (tenant) group_left (tier) max by (tenant, tier) (tenant_info))",
                "{{tier}}",
            ),
            unit=Unit.RATIO,
            thresholds=ERROR_COLORS,
            minimum=0,
        ),
    ),
)

PARTS: Final = Row(
    title="Parts of the platform",
    panels=(
        Panel(
            title="Components",
            description="Which part was down, and when? Each scrape target of Prometheus over time.",
            kind=PanelKind.STATE_TIMELINE,
            queries=(Query(expr="min by (job) (up)", legend="{{job}}"),),
            unit=Unit.NONE,
            texts=UP_DOWN,
            width=12,
            height=9,
        ),
        table(
            "Alerts firing",
            "What does the alerting say? Every alert that fires now, with its severity.",
            Query(
                expr='count by (alertname, severity, team) (ALERTS{alertstate="firing", severity!="none"})',
                legend="Alerts",
            ),
            width=12,
            height=9,
            empty_reason="no alert fires",
        ),
    ),
)

PLATFORM_OVERVIEW: Final = Dashboard(
    uid="platform-overview",
    title="Platform overview",
    question="Is the platform well right now, who notices if it is not, and where do I look next?",
    audience=Audience.OPERATIONS,
    rows=(NOW, TRAFFIC, CUSTOMERS, PARTS),
    annotations=(
        Annotation(
            name="Critical alerts",
            expr='count by (alertname) (ALERTS{alertstate="firing", severity="critical"})',
            title="{{alertname}}",
        ),
    ),
    links=(
        Link(title="Endpoints", dashboard="api-endpoints"),
        Link(title="Infrastructure", dashboard="infrastructure"),
        Link(title="Database and cache", dashboard="database-cache"),
        Link(title="Monitoring stack", dashboard="monitoring-stack"),
    ),
    span=hours(3),
)

DASHBOARDS: Final = (PLATFORM_OVERVIEW,)
