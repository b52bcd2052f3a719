"""Tenants side by side, and how far a fault reaches: one tenant, one vertical, one tier, or everybody."""

from __future__ import annotations

from typing import Final

from platformctl.model.dashboard import Annotation, Audience, Dashboard, Row, Variable
from platformctl.model.panel import Color, Link, Panel, PanelKind, Query, Threshold, Unit
from platformctl.model.panels import (
    ANY_IS_BAD,
    ANY_IS_ODD,
    FAILED_COLORS,
    SLOW_COLORS,
    TO_TENANT,
    bars,
    graph,
    log_lines,
    stat,
    table,
)  # fmt: skip
from platformctl.model.units import hours

FACTS: Final = (
    'max by (tenant, vertical, tier) (tenant_info{vertical=~"$vertical", tier=~"$tier", tenant=~"$tenant"})'
)
JOIN: Final = f"on (tenant) group_left (vertical, tier) {FACTS}"
SERVED: Final = "sum by (tenant) (rate(edge_requests_total[5m]))"
FAILED: Final = 'sum by (tenant) (rate(edge_requests_total{status_class="5xx"}[5m]))'
SHARE: Final = f"(({FAILED} or {SERVED} * 0) / ({SERVED} > 0) * {JOIN})"
P95: Final = (
    "(histogram_quantile(0.95, sum by (tenant, le) (rate(edge_request_duration_seconds_bucket[5m])))"
    f" * {JOIN})"
)
THROTTLED: Final = "sum by (tenant) (rate(edge_requests_throttled_total[5m]))"
SILENT: Final = "no tenant sent requests in this time"

IMPACT: Final = Row(
    title="How far does it reach?",
    panels=(
        stat(
            "Tenants served",
            "How many use the platform now? Tenants with requests in the last five minutes.",
            f"count({SERVED} > 0 and on (tenant) {FACTS}) or vector(0)",
        ),
        stat(
            "Tenants with failures",
            "How many feel it? Tenants of whose requests more than 1% failed in the last five minutes.",
            f"count({SHARE} > 0.01) or vector(0)",
            thresholds=ANY_IS_BAD,
        ),
        stat(
            "Share of tenants hit",
            "One customer or the platform? The share of the tenants served of whose requests more than 1% failed.",
            f"(count({SHARE} > 0.01) or vector(0)) / count({SHARE})",
            unit=Unit.RATIO,
            thresholds=(Threshold(value=0.05, color=Color.YELLOW), Threshold(value=0.2, color=Color.RED)),
            decimals=0,
            empty_reason=SILENT,
        ),
        stat(
            "From one tenant",
            "Is it one tenant's own fault? The share of all failures that the worst tenant has;"
            " near 100% look at that tenant, otherwise at the platform.",
            f"max({FAILED} and on (tenant) {FACTS}) / (sum({FAILED} and on (tenant) {FACTS}) > 0)",
            unit=Unit.RATIO,
            decimals=0,
            empty_reason="no request has failed in the last five minutes",
        ),
        stat(
            "Tenants waiting",
            "Is it slow for many? Tenants whose 95th percentile is above one second.",
            f"count({P95} > 1) or vector(0)",
            thresholds=ANY_IS_ODD,
        ),
        stat(
            "Largest share of traffic",
            "Does one tenant take it all? The share of the requests that the busiest tenant sends.",
            f"max({SERVED} and on (tenant) {FACTS}) / (sum({SERVED} and on (tenant) {FACTS}) > 0)",
            unit=Unit.RATIO,
            decimals=0,
            thresholds=(Threshold(value=0.5, color=Color.YELLOW), Threshold(value=0.8, color=Color.RED)),
            empty_reason=SILENT,
        ),
        bars(
            "Tenants hit, by vertical",
            "Is it one line of business? Share of its tenants of whose requests more than 1% failed.",
            f"(count by (vertical) ({SHARE} > 0.01) or count by (vertical) ({SHARE}) * 0)"
            f" / count by (vertical) ({SHARE})",
            "{{vertical}}",
            unit=Unit.RATIO,
            thresholds=FAILED_COLORS,
            minimum=0,
            maximum=1,
            empty_reason=SILENT,
        ),
        bars(
            "Tenants hit, by tier",
            "Is it one tier? Share of its tenants of whose requests more than 1% failed.",
            f"(count by (tier) ({SHARE} > 0.01) or count by (tier) ({SHARE}) * 0) / count by (tier) ({SHARE})",
            "{{tier}}",
            unit=Unit.RATIO,
            thresholds=FAILED_COLORS,
            minimum=0,
            maximum=1,
            empty_reason=SILENT,
        ),
        graph(
            "Tenants hit",
            "When did it begin, and is it spreading? Tenants of whose requests more than 1% failed.",
            (f"count by (vertical) ({SHARE} > 0.01) or count by (vertical) ({SHARE}) * 0", "{{vertical}}"),
            stacked=True,
            empty_reason=SILENT,
        ),
    ),
)

SIDE_BY_SIDE: Final = Row(
    title="Side by side",
    panels=(
        table(
            "Tenants",
            "Who is worse off than the others? The last five minutes at the edge; the name leads to the tenant.",
            Query(expr=f"topk(50, {SHARE})", legend="Failed", unit=Unit.RATIO),
            Query(expr=f"{SERVED} * {JOIN}", legend="Requests", unit=Unit.REQUESTS_PER_SECOND),
            Query(expr=P95, legend="95th percentile", unit=Unit.SECONDS),
            Query(expr=f"{THROTTLED} * {JOIN}", legend="Held back", unit=Unit.REQUESTS_PER_SECOND),
            links=(TO_TENANT,),
            width=24,
            height=10,
            empty_reason=SILENT,
        ),
        graph(
            "Failed requests",
            "Did they fail at the same time? The ten tenants with the largest share of 5xx.",
            (f"topk(10, {SHARE})", "{{tenant}}"),
            unit=Unit.RATIO,
            thresholds=FAILED_COLORS,
            links=(TO_TENANT,),
            minimum=0,
            empty_reason=SILENT,
        ),
        graph(
            "Latency, 95th percentile",
            "Are they slow at the same time? The ten slowest tenants.",
            (f"topk(10, {P95})", "{{tenant}}"),
            unit=Unit.SECONDS,
            thresholds=SLOW_COLORS,
            links=(TO_TENANT,),
            empty_reason=SILENT,
        ),
        graph(
            "Requests",
            "Who became loud when others became slow? The ten busiest tenants.",
            (f"topk(10, {SERVED} * {JOIN})", "{{tenant}}"),
            unit=Unit.REQUESTS_PER_SECOND,
            links=(TO_TENANT, Link(title="Limits", dashboard="rate-limiting")),
            stacked=True,
            empty_reason=SILENT,
        ),
        Panel(
            title="Failing tenants",
            description="Who failed together? A bar where more than 1% of the tenant's requests failed.",
            kind=PanelKind.STATE_TIMELINE,
            queries=(Query(expr=f"topk(20, {SHARE} > bool 0.01)", legend="{{tenant}}"),),
            unit=Unit.NONE,
            thresholds=ANY_IS_BAD,
            width=24,
            height=9,
            empty_reason=SILENT,
        ),
        log_lines(
            "What was logged for them",
            "Do they have the same error? Lines of level error and critical of the chosen tenants.",
            '{tenant=~"$tenant", level=~"error|critical"}',
            empty_reason="no error was logged for these tenants in this time, or no Loki runs here",
        ),
    ),
)

TENANT_COMPARISON: Final = Dashboard(
    uid="tenant-comparison",
    title="Tenants side by side",
    question="Is it one tenant, one vertical, one tier or everybody, and who disturbs whom?",
    audience=Audience.OPERATIONS,
    variables=(
        Variable(name="vertical", label="Vertical", metric="tenant_info", of="vertical"),
        Variable(name="tier", label="Tier", metric="tenant_info", of="tier"),
        Variable(
            name="tenant", label="Tenant", metric="tenant_info", of="tenant", where={"vertical": "$vertical"}
        ),
    ),
    rows=(IMPACT, SIDE_BY_SIDE),
    annotations=(
        Annotation(
            name="Alerts of tenants",
            expr='count by (alertname, tenant) (ALERTS{alertstate="firing", tenant!=""})',
            title="{{alertname}}: {{tenant}}",
            color=Color.ORANGE,
        ),
    ),
    links=(
        Link(title="Overview", dashboard="platform-overview"),
        Link(title="Error budgets", dashboard="slo-budgets"),
        Link(title="Limits", dashboard="rate-limiting"),
        Link(title="Logs", dashboard="logs-traces"),
    ),
    span=hours(3),
)

DASHBOARDS: Final = (TENANT_COMPARISON,)
