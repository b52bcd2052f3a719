"""The edge: who sends how much, who is held back, and how well the limiter decides."""

from __future__ import annotations

from typing import Final

from platformctl.model.dashboard import Audience, Dashboard, Row
from platformctl.model.panel import Color, Link, Panel, PanelKind, Query, Threshold, Unit, ValueText
from platformctl.model.panels import bars, graph, stat, table

TENANTS: Final = 'tenant!~"unknown|overflow"'
REFUSED_COLORS: Final = (Threshold(value=0.05, color=Color.YELLOW), Threshold(value=0.2, color=Color.RED))
ANY_IS_BAD: Final = (Threshold(value=1, color=Color.RED),)
TO_TENANT: Final = (Link(title="Tenant", dashboard="tenant-detail", by=("tenant",)),)
NOBODY: Final = "nobody was refused in this time"
NO_TRAFFIC: Final = "nothing has passed the gateway in this time"

NOW: Final = Row(
    title="Right now",
    panels=(
        stat(
            "Decided by Redis",
            "Are quotas exact? No: each process limits on its own, at its fair share.",
            "min(ratelimit_backend_up)",
            instant=True,
            unit=Unit.NONE,
            texts=(
                ValueText(value=0, text="no", color=Color.RED),
                ValueText(value=1, text="yes", color=Color.GREEN),
            ),
            empty_reason="the rate limiter does not run here",
            base=Color.GREEN,
        ),
        stat(
            "Policy",
            "Does every process see changes of the limits? Stale: the database cannot be read.",
            "min(ratelimit_policy_fresh)",
            instant=True,
            unit=Unit.NONE,
            texts=(
                ValueText(value=0, text="stale", color=Color.RED),
                ValueText(value=1, text="fresh", color=Color.GREEN),
            ),
            empty_reason="the rate limiter does not run here",
            base=Color.GREEN,
        ),
        stat(
            "Requests",
            "How much passes the gateway? Requests per second, refused ones included.",
            "sum(rate(edge_requests_total[$__rate_interval]))",
            unit=Unit.REQUESTS_PER_SECOND,
            empty_reason=NO_TRAFFIC,
            base=Color.GREEN,
        ),
        stat(
            "Refused",
            "What part of all requests do the limits refuse?",
            "sum(rate(edge_requests_throttled_total[$__rate_interval]))"
            " / sum(rate(edge_requests_total[$__rate_interval]))",
            unit=Unit.RATIO,
            thresholds=REFUSED_COLORS,
            empty_reason=NO_TRAFFIC,
        ),
        stat(
            "Tenants held back",
            "How many tenants are refused more than a tenth of their requests?",
            f"count(tenant:edge_requests_throttled:ratio_rate2m{{{TENANTS}}} > 0.1) or vector(0)",
            instant=True,
            decimals=0,
            thresholds=ANY_IS_BAD,
        ),
        stat(
            "Passed undecided",
            "Did the gateway let requests through without a decision? Number in the chosen time range.",
            "sum(increase(edge_requests_undecided_total[$__range])) or vector(0)",
            instant=True,
            decimals=0,
            thresholds=ANY_IS_BAD,
        ),
    ),
)

BY_TENANT: Final = Row(
    title="By tenant",
    panels=(
        bars(
            "Fullest limits",
            "Who is close to a limit? Used part of each tenant's tightest limit, the ten fullest.",
            "topk(10, max by (tenant) (ratelimit_tenant_utilisation_ratio))",
            "{{tenant}}",
            unit=Unit.RATIO,
            thresholds=(Threshold(value=0.7, color=Color.YELLOW), Threshold(value=0.9, color=Color.RED)),
            minimum=0,
            maximum=1,
            links=TO_TENANT,
            empty_reason="no limited request was decided within the last minute",
        ),
        graph(
            "Most refused",
            "Who is held back? Refused requests per second, the ten with the most."
            " `unknown` are requests without a tenant, limited by address.",
            (
                "topk(10, sum by (tenant) (rate(edge_requests_throttled_total[$__rate_interval])) > 0)",
                "{{tenant}}",
            ),
            unit=Unit.REQUESTS_PER_SECOND,
            links=TO_TENANT,
            empty_reason=NOBODY,
        ),
        graph(
            "Refused share",
            "How hard is each tenant held back? Share of its requests that are refused,"
            " the ten with the greatest.",
            ("topk(10, tenant:edge_requests_throttled:ratio_rate2m > 0)", "{{tenant}}"),
            unit=Unit.RATIO,
            minimum=0,
            maximum=1,
            links=TO_TENANT,
            empty_reason=NOBODY,
        ),
        table(
            "Which limits refuse",
            "Which limit is it? Refusals in the chosen time range by tenant, scope and limit.",
            Query(
                expr="topk(20, sum by (tenant, scope, limit)"
                " (increase(ratelimit_tenant_denied_total[$__range])) > 0)",
                legend="Refused",
                instant=True,
            ),
            decimals=0,
            width=12,
            links=TO_TENANT,
            empty_reason=NOBODY,
        ),
        graph(
            "Busiest tenants",
            "Who sends the most? Requests per second at the gateway, the ten with the most.",
            ("topk(10, sum by (tenant) (rate(edge_requests_total[$__rate_interval])))", "{{tenant}}"),
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
        graph(
            "Decisions",
            "Who decides, and how? `cache` repeats a refusal until its retry time;"
            " `local`, `open` and `closed` are decided without Redis.",
            (
                "sum by (outcome, source) (rate(ratelimit_decisions_total[$__rate_interval]))",
                "{{outcome}} by {{source}}",
            ),
            unit=Unit.OPS_PER_SECOND,
            stacked=True,
            empty_reason="nothing was decided in this time",
        ),
        graph(
            "Time to decide, 99th percentile",
            "What does a decision cost? The promise is below 10 ms, the deadline 8 ms.",
            (
                "histogram_quantile(0.99, sum by (le)"
                " (rate(ratelimit_decision_duration_seconds_bucket[$__rate_interval])))",
                "p99",
            ),
            (
                "histogram_quantile(0.5, sum by (le)"
                " (rate(ratelimit_decision_duration_seconds_bucket[$__rate_interval])))",
                "p50",
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
        graph(
            "Decisions that Redis did not make",
            "How often was Redis asked in vain? Deadline passed, refused, or the queue was full.",
            ("sum by (instance) (rate(ratelimit_backend_misses_total[$__rate_interval]))", "{{instance}}"),
            unit=Unit.OPS_PER_SECOND,
            empty_reason="the rate limiter does not run here",
        ),
        graph(
            "Policy version",
            "Do all processes use the same policy? Lines apart for more than a second: one is left behind.",
            ("max by (instance) (ratelimit_policy_version)", "{{instance}}"),
            decimals=0,
            empty_reason="the rate limiter does not run here",
        ),
        graph(
            "Log still to be counted",
            "Are the counts of the edge up to date? Bytes of the access log that wait.",
            ("max by (instance) (edge_log_unread_bytes)", "{{instance}}"),
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
