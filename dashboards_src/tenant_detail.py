"""One tenant: how well it is served, what it does, and its log lines."""

from __future__ import annotations

from typing import Final

from platformctl.model.dashboard import Audience, Dashboard, Row, Variable
from platformctl.model.panel import Color, Link, Panel, PanelKind, Query, Threshold, Unit
from platformctl.model.panels import bars, graph, log_lines, stat, table

T: Final = 'tenant="$tenant"'
ERROR_COLORS: Final = (Threshold(value=0.01, color=Color.YELLOW), Threshold(value=0.05, color=Color.RED))
SUCCESS_COLORS: Final = (Threshold(value=0.95, color=Color.YELLOW), Threshold(value=0.99, color=Color.GREEN))
FAILED: Final = (
    f'(sum(rate(tenant_requests_total{{{T}, status_class="5xx"}}[$__rate_interval])) or vector(0))'
    f" / sum(rate(tenant_requests_total{{{T}}}[$__rate_interval]))"
)
NO_TRAFFIC: Final = "the tenant sent no requests in this time"

SERVICE: Final = Row(
    title="Service to this tenant",
    panels=(
        table(
            "Who is it?",
            "Which tier and vertical is the tenant in? Its limits and objectives follow the tier.",
            Query(expr=f"count by (tenant, tier, vertical) (tenant_info{{{T}}})", legend="Reported by"),
            width=6,
            height=5,
        ),
        stat(
            "Answered without failure",
            "Is it served? Share of its requests in the chosen time range"
            " that did not end in a server error.",
            "1 - ((sum(increase(tenant_requests_total"
            f'{{{T}, status_class="5xx"}}[$__range])) or vector(0))'
            f" / sum(increase(tenant_requests_total{{{T}}}[$__range])))",
            instant=True,
            unit=Unit.RATIO,
            decimals=3,
            base=Color.RED,
            thresholds=SUCCESS_COLORS,
            empty_reason=NO_TRAFFIC,
        ),
        stat(
            "Requests",
            "Does it use the platform now? Requests per second.",
            f"sum(rate(tenant_requests_total{{{T}}}[$__rate_interval]))",
            unit=Unit.REQUESTS_PER_SECOND,
            empty_reason=NO_TRAFFIC,
        ),
        stat(
            "Stored data",
            "How much does it keep with us? The newest count of its stored bytes.",
            f"max(tenant_data_bytes{{{T}}})",
            unit=Unit.BYTES,
            width=5,
        ),
        stat(
            "Failed log-ins",
            "Can its users get in? Share of log-ins that failed in the last hour.",
            f'(sum(increase(auth_attempts_total{{{T}, outcome="failure"}}[1h])) or vector(0))'
            f" / sum(increase(auth_attempts_total{{{T}}}[1h]))",
            unit=Unit.RATIO,
            thresholds=(Threshold(value=0.2, color=Color.YELLOW), Threshold(value=0.5, color=Color.RED)),
            width=5,
            empty_reason="nobody of the tenant logged in during the last hour",
        ),
        graph(
            "Requests by outcome",
            "What happens to its requests? Per second, by status class;"
            " many 4xx may be limits (429) or a broken integration.",
            (
                f"sum by (status_class) (rate(tenant_requests_total{{{T}}}[$__rate_interval]))",
                "{{status_class}}",
            ),
            unit=Unit.REQUESTS_PER_SECOND,
            stacked=True,
            empty_reason=NO_TRAFFIC,
        ),
        graph(
            "Failed requests, against everybody",
            "Is it only this tenant? Its share of 5xx, and that of all tenants together.",
            (FAILED, "this tenant"),
            (
                '(sum(rate(tenant_requests_total{status_class="5xx"}[$__rate_interval])) or vector(0))'
                " / sum(rate(tenant_requests_total[$__rate_interval]))",
                "everybody",
            ),
            unit=Unit.RATIO,
            minimum=0,
            thresholds=ERROR_COLORS,
            links=(Link(title="Endpoints", dashboard="api-endpoints"),),
        ),
        Panel(
            title="Answered in time",
            description="Is it fast for them? Share of requests answered within the thresholds that"
            " latency objectives use.",
            kind=PanelKind.TIMESERIES,
            queries=tuple(
                Query(
                    expr=f'sum(rate(tenant_request_duration_seconds_bucket{{{T}, le="{bound}"}}'
                    "[$__rate_interval]))"
                    f" / sum(rate(tenant_request_duration_seconds_count{{{T}}}[$__rate_interval]))",
                    legend=legend,
                )
                for bound, legend in (("0.25", "250 ms"), ("0.5", "500 ms"), ("2.5", "2.5 s"))
            ),
            unit=Unit.RATIO,
            maximum=1,
            empty_reason=NO_TRAFFIC,
        ),
    ),
)

USE: Final = Row(
    title="What it does",
    panels=(
        Panel(
            title="Tools",
            description="Which tools does it work with? Runs in the chosen time range.",
            kind=PanelKind.PIE,
            queries=(
                Query(
                    expr=f"sum by (tool) (increase(tool_runs_total{{{T}}}[$__range]))",
                    legend="{{tool}}",
                    instant=True,
                ),
            ),
            decimals=0,
            empty_reason="the tenant has run no tool yet",
        ),
        graph(
            "User actions",
            "Is it active? Actions of its users per second.",
            (f"sum by (action) (rate(user_actions_total{{{T}}}[$__rate_interval]))", "{{action}}"),
            unit=Unit.PER_SECOND,
            stacked=True,
            empty_reason="its users have done nothing yet",
        ),
        bars(
            "Onboarding",
            "How far did it get? Onboarding steps completed in the chosen time range.",
            f"sum by (step) (increase(onboarding_steps_completed_total{{{T}}}[$__range]))",
            "{{step}}",
            decimals=0,
            empty_reason="the tenant completed no onboarding step in this time",
        ),
        graph(
            "Goals reached",
            "Does it earn with us? What its own customers did, per hour.",
            (f"sum by (goal) (rate(conversions_total{{{T}}}[1h])) * 3600", "{{goal}}"),
            empty_reason="none of its customers reached a goal yet",
        ),
        graph(
            "Growth of its data",
            "How fast does it grow? Bytes stored, and records.",
            (f"max(tenant_data_bytes{{{T}}})", "bytes"),
            unit=Unit.BYTES,
        ),
        graph(
            "Records",
            "How much does it keep with us? Stored records.",
            (f"max(tenant_records{{{T}}})", "records"),
        ),
    ),
)

LINES: Final = Row(
    title="Its log lines",
    panels=(
        log_lines(
            "Warnings and errors",
            "What do the services say about its requests? Lines of level warning and above;"
            " each carries the request id and the trace id.",
            f'{{{T}, level=~"warning|error|critical"}}',
            empty_reason="no warning was logged for the tenant in this time, or no Loki runs here",
        ),
    ),
)

TENANT_DETAIL: Final = Dashboard(
    uid="tenant-detail",
    title="Tenant detail",
    question="Is this tenant well served, and what does it do with the platform?",
    audience=Audience.TENANTS,
    variables=(
        Variable(name="vertical", label="Vertical", metric="tenant_info", of="vertical"),
        Variable(
            name="tenant",
            label="Tenant",
            metric="tenant_info",
            of="tenant",
            where={"vertical": "$vertical"},
            multi=False,
        ),
    ),
    rows=(SERVICE, USE, LINES),
    links=(
        Link(title="Overview", dashboard="platform-overview"),
        Link(title="Business", dashboard="business-overview"),
    ),
)

DASHBOARDS: Final = (TENANT_DETAIL,)
