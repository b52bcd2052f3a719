"""The edge: who sends how much, who is held back, and how well the limiter decides."""

from __future__ import annotations

from typing import Final

from platformctl.model.dashboard import Audience, Dashboard, Row
from platformctl.model.panel import Color, Link, Panel, PanelKind, Query, Threshold, Unit, ValueText

TENANTS: Final = 'tenant!~"unknown|overflow"'
REFUSED_COLORS: Final = (Threshold(value=0.05, color=Color.YELLOW), Threshold(value=0.2, color=Color.RED))
ANY_IS_BAD: Final = (Threshold(value=1, color=Color.RED),)
TO_TENANT: Final = (Link(title="Tenant", dashboard="tenant-detail", by=("tenant",)),)
NOBODY: Final = "nobody was refused in this time"
NO_TRAFFIC: Final = "nothing has passed the gateway in this time"

NOW: Final = Row(
    title="Right now",
    panels=(
        Panel(
            title="Decided by Redis",
            description="Are quotas exact? No: each process limits on its own, at its fair share.",
            kind=PanelKind.STAT,
            queries=(Query(expr="min(ratelimit_backend_up)", instant=True),),
            unit=Unit.NONE,
            texts=(
                ValueText(value=0, text="no", color=Color.RED),
                ValueText(value=1, text="yes", color=Color.GREEN),
            ),
            width=4,
            height=5,
            empty_reason="the rate limiter does not run here",
        ),
        Panel(
            title="Policy",
            description="Does every process see changes of the limits? Stale: the database cannot be read.",
            kind=PanelKind.STAT,
            queries=(Query(expr="min(ratelimit_policy_fresh)", instant=True),),
            unit=Unit.NONE,
            texts=(
                ValueText(value=0, text="stale", color=Color.RED),
                ValueText(value=1, text="fresh", color=Color.GREEN),
            ),
            width=4,
            height=5,
            empty_reason="the rate limiter does not run here",
        ),
        Panel(
            title="Requests",
            description="How much passes the gateway? Requests per second, refused ones included.",
            kind=PanelKind.STAT,
            queries=(Query(expr="sum(rate(edge_requests_total[$__rate_interval]))"),),
            unit=Unit.REQUESTS_PER_SECOND,
            width=4,
            height=5,
            empty_reason=NO_TRAFFIC,
        ),
        Panel(
            title="Refused",
            description="What part of all requests do the limits refuse?",
            kind=PanelKind.STAT,
            queries=(
                Query(
                    expr="sum(rate(edge_requests_throttled_total[$__rate_interval]))"
                    " / sum(rate(edge_requests_total[$__rate_interval]))"
                ),
            ),
            unit=Unit.RATIO,
            thresholds=REFUSED_COLORS,
            width=4,
            height=5,
            empty_reason=NO_TRAFFIC,
        ),
        Panel(
            title="Tenants held back",
            description="How many tenants are refused more than a tenth of their requests?",
            kind=PanelKind.STAT,
            queries=(
                Query(
                    expr=f"count(tenant:edge_requests_throttled:ratio_rate2m{{{TENANTS}}} > 0.1) or vector(0)",
                    instant=True,
                ),
            ),
            decimals=0,
            thresholds=ANY_IS_BAD,
            width=4,
            height=5,
        ),
        Panel(
            title="Passed undecided",
            description="Did the gateway let requests through without a decision? Number in the chosen time range.",
            kind=PanelKind.STAT,
            queries=(
                Query(
                    expr="sum(increase(edge_requests_undecided_total[$__range])) or vector(0)", instant=True
                ),
            ),
            decimals=0,
            thresholds=ANY_IS_BAD,
            width=4,
            height=5,
        ),
    ),
)

BY_TENANT: Final = Row(
    title="By tenant",
    panels=(
        Panel(
            title="Fullest limits",
            description="Who is close to a limit? Used part of each tenant's tightest limit, the ten fullest.",
            kind=PanelKind.BAR_GAUGE,
            queries=(
                Query(
                    expr="topk(10, max by (tenant) (ratelimit_tenant_utilisation_ratio))",
                    legend="{{tenant}}",
                    instant=True,
                ),
            ),
            unit=Unit.RATIO,
            thresholds=(Threshold(value=0.7, color=Color.YELLOW), Threshold(value=0.9, color=Color.RED)),
            minimum=0,
            maximum=1,
            links=TO_TENANT,
            empty_reason="no limited request was decided within the last minute",
        ),
        Panel(
            title="Most refused",
            description="Who is held back? Refused requests per second, the ten with the most."
            " `unknown` are requests without a tenant, limited by address.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(
                    expr="topk(10, sum by (tenant) (rate(edge_requests_throttled_total[$__rate_interval])) > 0)",
                    legend="{{tenant}}",
                ),
            ),
            unit=Unit.REQUESTS_PER_SECOND,
            links=TO_TENANT,
            empty_reason=NOBODY,
        ),
        Panel(
            title="Refused share",
            description="How hard is each tenant held back? Share of its requests that are refused,"
            " the ten with the greatest.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(expr="topk(10, tenant:edge_requests_throttled:ratio_rate2m > 0)", legend="{{tenant}}"),
            ),
            unit=Unit.RATIO,
            minimum=0,
            maximum=1,
            links=TO_TENANT,
            empty_reason=NOBODY,
        ),
        Panel(
            title="Which limits refuse",
            description="Which limit is it? Refusals in the chosen time range by tenant, scope and limit.",
            kind=PanelKind.TABLE,
            queries=(
                Query(
                    expr="topk(20, sum by (tenant, scope, limit)"
                    " (increase(ratelimit_tenant_denied_total[$__range])) > 0)",
                    legend="Refused",
                    instant=True,
                ),
            ),
            decimals=0,
            width=12,
            links=TO_TENANT,
            empty_reason=NOBODY,
        ),
        Panel(
            title="Busiest tenants",
            description="Who sends the most? Requests per second at the gateway, the ten with the most.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(
                    expr="topk(10, sum by (tenant) (rate(edge_requests_total[$__rate_interval])))",
                    legend="{{tenant}}",
                ),
            ),
            unit=Unit.REQUESTS_PER_SECOND,
            stacked=True,
            width=12,
            links=TO_TENANT,
            empty_reason=NO_TRAFFIC,
        ),
    ),
)

LIMITER: Final = Row(
    title="The limiter",
    panels=(
        Panel(
            title="Decisions",
            description="Who decides, and how? `cache` repeats a refusal until its retry time;"
            " `local`, `open` and `closed` are decided without Redis.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(
                    expr="sum by (outcome, source) (rate(ratelimit_decisions_total[$__rate_interval]))",
                    legend="{{outcome}} by {{source}}",
                ),
            ),
            unit=Unit.OPS_PER_SECOND,
            stacked=True,
            empty_reason="nothing was decided in this time",
        ),
        Panel(
            title="Time to decide, 99th percentile",
            description="What does a decision cost? The promise is below 10 ms, the deadline 8 ms.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(
                    expr="histogram_quantile(0.99, sum by (le)"
                    " (rate(ratelimit_decision_duration_seconds_bucket[$__rate_interval])))",
                    legend="p99",
                ),
                Query(
                    expr="histogram_quantile(0.5, sum by (le)"
                    " (rate(ratelimit_decision_duration_seconds_bucket[$__rate_interval])))",
                    legend="p50",
                ),
            ),
            unit=Unit.SECONDS,
            thresholds=(Threshold(value=0.01, color=Color.RED),),
            empty_reason="nothing was decided in this time",
        ),
        Panel(
            title="Redis",
            description="When could Redis not decide? By process.",
            kind=PanelKind.STATE_TIMELINE,
            queries=(Query(expr="min by (instance) (ratelimit_backend_up)", legend="{{instance}}"),),
            unit=Unit.NONE,
            texts=(
                ValueText(value=0, text="away", color=Color.RED),
                ValueText(value=1, text="decides", color=Color.GREEN),
            ),
            empty_reason="the rate limiter does not run here",
        ),
        Panel(
            title="Decisions that Redis did not make",
            description="How often was Redis asked in vain? Deadline passed, refused, or the queue was full.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(
                    expr="sum by (instance) (rate(ratelimit_backend_misses_total[$__rate_interval]))",
                    legend="{{instance}}",
                ),
            ),
            unit=Unit.OPS_PER_SECOND,
            empty_reason="the rate limiter does not run here",
        ),
        Panel(
            title="Policy version",
            description="Do all processes use the same policy? Lines apart for more than a second: one is left behind.",
            kind=PanelKind.TIMESERIES,
            queries=(Query(expr="max by (instance) (ratelimit_policy_version)", legend="{{instance}}"),),
            decimals=0,
            empty_reason="the rate limiter does not run here",
        ),
        Panel(
            title="Log still to be counted",
            description="Are the counts of the edge up to date? Bytes of the access log that wait.",
            kind=PanelKind.TIMESERIES,
            queries=(Query(expr="max by (instance) (edge_log_unread_bytes)", legend="{{instance}}"),),
            unit=Unit.BYTES,
            empty_reason="the gateway does not run here",
        ),
    ),
)

RATE_LIMITING: Final = Dashboard(
    uid="rate-limiting",
    title="Rate limiting",
    question="Who is held back by the limits, rightly or wrongly, and does the limiter work?",
    audience=Audience.OPERATIONS,
    rows=(NOW, BY_TENANT, LIMITER),
    links=(
        Link(title="Overview", dashboard="platform-overview"),
        Link(title="Endpoints", dashboard="api-endpoints"),
        Link(title="Database and cache", dashboard="database-cache"),
    ),
)

DASHBOARDS: Final = (RATE_LIMITING,)
