"""Does the edge work: is everything decided, exactly, by the policy of now, and is it counted?"""

from __future__ import annotations

from typing import Final

from platformctl.model.claims import fires, series, silent
from platformctl.model.rules import AlertRule, DashboardLink, InputSeries, LogLink, Severity
from platformctl.model.units import minutes, seconds

DASHBOARD: Final = DashboardLink(uid="rate-limiting")
LIMITER: Final = {"job": "ratelimit", "instance": "ratelimit"}
EDGE: Final = {"job": "edge", "instance": "edge"}


def _of_limiter(name: str, values: str) -> InputSeries:
    return series(name, values, **LIMITER)


def _of_edge(name: str, values: str) -> InputSeries:
    return series(name, values, **EDGE)


def _of_gateway(undecided: str) -> tuple[InputSeries, ...]:
    """Forty requests a second, and of those the ones that nobody has decided."""
    return (
        series("edge_requests_total", "0+600x40", **EDGE, tenant="unknown", status_class="2xx"),
        _of_edge("edge_requests_undecided_total", undecided),
    )


DEGRADED: Final = AlertRule(
    name="RateLimiterDegraded",
    expr="max by (job, instance) (ratelimit_fallback_active) == 1",
    for_=minutes(1),
    why_for="A failover of Redis takes seconds and needs nobody.",
    severity=Severity.WARNING,
    team="platform",
    labels={"signal": "saturation"},
    summary="{{ $labels.instance }} decides without Redis.",
    description="The rate limiter has had no answer from Redis for a minute. Requests flow, limited in each process"
    " at its fair share (or as their endpoint group says): quotas are no longer exact, and nobody waits.",
    dashboard=DASHBOARD,
    logs=LogLink(query='{service="ratelimit"}'),
    tests=(
        fires(
            "two minutes without Redis fire",
            _of_limiter("ratelimit_fallback_active", "0x4 1x20"),
            at=minutes(3),
            alerts=(LIMITER,),
        ),
        silent(
            "a failover of half a minute is silent",
            _of_limiter("ratelimit_fallback_active", "0x4 1x2 0x20"),
            at=minutes(3),
        ),
    ),
)

POLICY_STALE: Final = AlertRule(
    name="RateLimitPolicyStale",
    expr="min by (job, instance) (ratelimit_policy_fresh) == 0",
    for_=minutes(5),
    why_for="A restart of the database is over sooner; the last policy stays in force meanwhile.",
    severity=Severity.WARNING,
    team="platform",
    labels={"signal": "saturation"},
    summary="{{ $labels.instance }} cannot read the policy of limits.",
    description="The limiter has not been able to read its policy from the database for five minutes. The last one"
    " stays in force, but no change reaches it: no override, and no emergency switch.",
    dashboard=DASHBOARD,
    tests=(
        fires(
            "six minutes without the database fire",
            _of_limiter("ratelimit_policy_fresh", "1x2 0x20"),
            at=minutes(9),
            every=minutes(1),
            alerts=(LIMITER,),
        ),
        silent(
            "a restart of three minutes is silent",
            _of_limiter("ratelimit_policy_fresh", "1x2 0x3 1x20"),
            at=minutes(9),
            every=minutes(1),
        ),
    ),
)

BYPASSED: Final = AlertRule(
    name="RateLimiterBypassed",
    expr="sum by (job, instance) (rate(edge_requests_undecided_total[1m])) > 0.1"
    " and sum by (job, instance) (rate(edge_requests_undecided_total[1m]))"
    " > 0.05 * sum by (job, instance) (rate(edge_requests_total[1m]))",
    for_=seconds(30),
    why_for="A restart of the decision service lets a few seconds of requests through; half a minute is more."
    " Single answers past the deadline, on a machine that is short of CPU, are no bypass: one request in twenty is.",
    severity=Severity.CRITICAL,
    team="platform",
    labels={"signal": "availability"},
    summary='{{ $value | printf "%.1f" }} requests per second pass the gateway unlimited and without a tenant.',
    description="No decision service answers the gateway. It lets requests through, so tenants are served, but nothing"
    " is limited, and what they are answered is counted for nobody: per-tenant alerts and SLA figures have a gap.",
    dashboard=DASHBOARD,
    logs=LogLink(query='{service="gateway"}'),
    tests=(
        fires(
            "a decision service that is gone fires within a minute and a half",
            *_of_gateway("0x4 0+90x20"),
            at=seconds(150),
            alerts=(EDGE,),
        ),
        silent(
            "one answer in twenty-five that comes too late for long is silent",
            *_of_gateway("0+24x24"),
            at=minutes(5),
        ),
        silent(
            "a few requests during a restart are silent",
            *_of_gateway("0x4 5x20"),
            at=seconds(150),
        ),
        silent(
            "it resolves once requests are decided again",
            *_of_gateway("0x4 0+90x6 540x20"),
            at=minutes(5),
        ),
    ),
)

COUNTS_LAG: Final = AlertRule(
    name="EdgeCountsLag",
    expr="edge_log_unread_bytes > 4e6 or increase(edge_log_gaps_total[10m]) > 0",
    for_=minutes(1),
    why_for="After a restart the log is caught up with in seconds; a minute behind is a reader that is too slow.",
    severity=Severity.WARNING,
    team="platform",
    labels={"signal": "saturation"},
    summary="The counts of {{ $labels.instance }} lag behind the gateway's log, or have lost lines.",
    description="Either megabytes of the access log wait to be counted, so that per-tenant alerts come late, or"
    " the log was rotated away before it was read, so that requests are missing in SLA figures for good.",
    dashboard=DASHBOARD,
    tests=(
        fires(
            "ten megabytes behind for two minutes fire",
            _of_edge("edge_log_unread_bytes", "0x4 10000000x20"),
            at=minutes(3),
            alerts=(EDGE,),
        ),
        silent(
            "catching up after a restart is silent",
            _of_edge("edge_log_unread_bytes", "0x4 10000000x2 0x20"),
            at=minutes(3),
        ),
        fires(
            "a log that was lost fires",
            _of_edge("edge_log_gaps_total", "0x8 1x20"),
            at=minutes(5),
            alerts=(EDGE,),
        ),
    ),
)

ALERTS: Final = (DEGRADED, POLICY_STALE, BYPASSED, COUNTS_LAG)
