"""Who is held back by the limits, rightly or wrongly?"""

from __future__ import annotations

from typing import Final

from platformctl.model.claims import fires, series, silent
from platformctl.model.rules import (
    AlertRule,
    DashboardLink,
    InputSeries,
    RecordingRule,
    Severity,
)
from platformctl.model.units import minutes

DASHBOARD: Final = DashboardLink(uid="rate-limiting")
ONE_TENANT: Final = DashboardLink(uid="tenant-detail", variables={"tenant": "tenant"})

REQUESTS: Final = RecordingRule(
    name="tenant:edge_requests:rate2m",
    expr="sum by (tenant) (rate(edge_requests_total[2m]))",
    help="Requests per second at the gateway, by tenant.",
)
THROTTLED: Final = RecordingRule(
    name="tenant:edge_requests_throttled:rate2m",
    expr="sum by (tenant) (rate(edge_requests_throttled_total[2m]))",
    help="Requests per second that the rate limiter refuses at the gateway, by tenant.",
)
SHARE: Final = RecordingRule(
    name="tenant:edge_requests_throttled:ratio_rate2m",
    expr="tenant:edge_requests_throttled:rate2m / (tenant:edge_requests:rate2m > 0)",
    help="Share of a tenant's requests that the rate limiter refuses.",
)


def _requests(tenant: str, per_minute: int, throttled_per_minute: int) -> tuple[InputSeries, ...]:
    """A tenant's answers and refusals at a steady rate, minute by minute."""
    answered = per_minute - throttled_per_minute
    where = f'tenant="{tenant}", job="edge", instance="edge"'
    return (
        InputSeries(series=f'edge_requests_total{{{where}, status_class="2xx"}}', values=f"0+{answered}x30"),
        InputSeries(
            series=f'edge_requests_total{{{where}, status_class="4xx"}}',
            values=f"0+{throttled_per_minute}x30",
        ),
        InputSeries(
            series=f"edge_requests_throttled_total{{{where}}}", values=f"0+{throttled_per_minute}x30"
        ),
    )


TENANT_LIMITED: Final = AlertRule(
    name="TenantRateLimited",
    # A floor of 6 refusals a minute: a tenant with three requests an hour is no matter.
    expr='tenant:edge_requests_throttled:ratio_rate2m{tenant!~"unknown|overflow"} > 0.1'
    " and tenant:edge_requests_throttled:rate2m > 0.1",
    for_=minutes(10),
    why_for="A burst that runs into its limit is the limit at work; ten minutes are a tenant that has outgrown it.",
    severity=Severity.WARNING,
    team="backend",
    labels={"signal": "saturation"},
    summary="{{ $value | humanizePercentage }} of the requests of {{ $labels.tenant }} are refused by its limits.",
    description="More than 10% of the tenant's requests have been refused at the gateway for ten minutes:"
    " its tier no longer fits it, its client does not back off, or it is being abused.",
    dashboard=ONE_TENANT,
    tests=(
        fires(
            "a tenant that loses a fifth of its requests for a quarter of an hour fires, its neighbour does not",
            *_requests("busy", 600, 120),
            *_requests("calm", 600, 6),
            at=minutes(15),
            every=minutes(1),
            alerts=({"tenant": "busy"},),
        ),
        silent(
            "a burst of eight minutes is silent",
            series("edge_requests_total", "0+60x8 480x20", tenant="busy", status_class="4xx"),
            series("edge_requests_throttled_total", "0+60x8 480x20", tenant="busy"),
            at=minutes(15),
            every=minutes(1),
        ),
        silent(
            "all of a handful of requests refused is silent",
            *_requests("tiny", 3, 3),
            at=minutes(15),
            every=minutes(1),
        ),
        silent(
            "requests without a tenant have their own alert",
            *_requests("unknown", 600, 590),
            at=minutes(15),
            every=minutes(1),
        ),
    ),
)

ANONYMOUS_FLOOD: Final = AlertRule(
    name="AnonymousFloodBlocked",
    expr='tenant:edge_requests_throttled:rate2m{tenant="unknown"} > 5',
    for_=minutes(5),
    why_for="Scanners come and go within a minute or two; five minutes of refusals at this rate are aimed at us.",
    severity=Severity.WARNING,
    team="platform",
    labels={"signal": "saturation"},
    summary='{{ $value | printf "%.0f" }} requests without a tenant are refused per second.',
    description="The limits per address have refused more than five anonymous requests per second for five minutes:"
    " a storm on log-in or a scan. Tenants are not affected as long as this is all that fires.",
    dashboard=DASHBOARD,
    tests=(
        fires(
            "ten refusals a second for eight minutes fire",
            *_requests("unknown", 700, 600),
            at=minutes(9),
            every=minutes(1),
            alerts=({"tenant": "unknown"},),
        ),
        silent(
            "mistyped passwords are silent", *_requests("unknown", 700, 60), at=minutes(9), every=minutes(1)
        ),
    ),
)

GLOBAL_BLOCKING: Final = AlertRule(
    name="ManyTenantsRateLimited",
    expr='count(tenant:edge_requests_throttled:ratio_rate2m{tenant!~"unknown|overflow"} > 0.2) >= 3'
    " and on ()"
    ' (count(tenant:edge_requests_throttled:ratio_rate2m{tenant!~"unknown|overflow"} > 0.2)'
    ' / count(tenant:edge_requests:rate2m{tenant!~"unknown|overflow"} > 0) > 0.2)',
    for_=minutes(1),
    why_for="Tenants do not outgrow their limits together; a minute rules out one common burst on the full hour.",
    severity=Severity.CRITICAL,
    team="platform",
    labels={"signal": "errors"},
    summary="{{ $value }} tenants are refused more than a fifth of their requests at once.",
    description="More than a fifth of the tenants that send anything are being held back, all of a sudden:"
    " a policy or an emergency factor that is wrong, or a ceiling that is too low. We refuse those we serve.",
    dashboard=DASHBOARD,
    tests=(
        fires(
            "three of four tenants that lose half of their requests fire",
            *_requests("a", 60, 30),
            *_requests("b", 60, 30),
            *_requests("c", 60, 30),
            *_requests("d", 60, 0),
            at=minutes(4),
            every=minutes(1),
        ),
        silent(
            "one flooding tenant beside others is silent",
            *_requests("a", 6000, 5900),
            *_requests("b", 60, 0),
            *_requests("c", 60, 0),
            at=minutes(4),
            every=minutes(1),
        ),
        silent(
            "two tenants over their limits are two tenants, however few there are",
            *_requests("a", 60, 30),
            *_requests("b", 60, 30),
            *_requests("c", 60, 0),
            at=minutes(4),
            every=minutes(1),
        ),
        silent(
            "three of twenty tenants are no incident",
            *(series for n in range(20) for series in _requests(f"t{n}", 60, 30 if n < 3 else 0)),
            at=minutes(4),
            every=minutes(1),
        ),
    ),
)

RECORDING_RULES: Final = (REQUESTS, THROTTLED, SHARE)
ALERTS: Final = (TENANT_LIMITED, ANONYMOUS_FLOOD, GLOBAL_BLOCKING)
