"""Slower than usual? Response times by endpoint and by tier against the recorded baseline.

`platformctl baseline record` keeps how long answers usually take in each hour of the week; a deployment publishes that
as series, and these rules, whose number does not depend on endpoints, tiers or tenants, hold the present against
them. Without a recorded baseline, or in an hour of which it knows too little, they are silent.
"""

from __future__ import annotations

from typing import Final

from platformctl.model import slo
from platformctl.model.baseline import P95_METRIC, ZONE_CHANGE_METRIC, ZONE_CHANGE_TIME_METRIC
from platformctl.model.claims import fires, series, silent
from platformctl.model.rules import (
    AlertRule,
    DashboardLink,
    InputSeries,
    RecordingRule,
    Severity,
)
from platformctl.model.units import minutes

INTERVAL: Final = minutes(5)

TIMES_SLOWER: Final = 2
SECONDS_SLOWER: Final = 0.1
"""Twice as slow as usual, and by a tenth of a second: what a user notices."""

LEAST_REQUESTS: Final = 100
"""Requests of fifteen minutes below which a 95th percentile says nothing."""

_SUBJECT: Final = "kind, job, route, method, tier"
_BUCKETS: Final = "subject:request_duration_bucket:increase5m"
_P95: Final = "subject:request_duration:p95_15m"
_USUAL: Final = "subject:request_duration:baseline_p95"
_RATIO: Final = "subject:request_duration:baseline_ratio"
_LOCAL: Final = "baseline:local_time:seconds"
_QUARTER: Final = slo.inside(minutes(15))

RECORDING_RULES: Final = (
    RecordingRule(
        name=_BUCKETS,
        expr="sum by (job, route, method, le) (increase(http_request_duration_seconds_bucket[5m]))",
        labels={"kind": "endpoint"},
        help="Requests of five minutes by endpoint and bound of time: what baselines are made of.",
    ),
    RecordingRule(
        name=_BUCKETS,
        expr=(
            "sum by (tier, le) (\n"
            "  sum by (tenant, le) (increase(tenant_request_duration_seconds_bucket[5m]))\n"
            f"  * on (tenant) group_left (tier) {slo.TENANT_FACTS}\n"
            ")"
        ),
        labels={"kind": "tier"},
        help="Requests of five minutes by tier and bound of time.",
    ),
    RecordingRule(
        name=_P95,
        expr=(
            f"histogram_quantile(0.95, sum by ({_SUBJECT}, le) (sum_over_time({_BUCKETS}[{_QUARTER}])))\n"
            f'and 3 * sum by ({_SUBJECT}) (avg_over_time({_BUCKETS}{{le="+Inf"}}[{_QUARTER}])) >= {LEAST_REQUESTS}'
        ),
        help="Seconds that 95% of the requests of the last fifteen minutes needed at most; absent for few.",
    ),
    RecordingRule(
        name=_LOCAL,
        expr=(f"sum({ZONE_CHANGE_METRIC} * on (change) ({ZONE_CHANGE_TIME_METRIC} <= bool time())) + time()"),
        help="The clock of the baseline's zone: every change to and from summer time is told with the baseline.",
    ),
    RecordingRule(
        name=_USUAL,
        expr=(
            f'max by ({_SUBJECT}) (label_replace({P95_METRIC}, "job", "$1", "service", "(.*)")\n'
            "* on (hour_of_week) group_left ()\n"
            f'count_values("hour_of_week", day_of_week({_LOCAL}) * 24 + hour({_LOCAL})))'
        ),
        help="What the 95th percentile usually is in this hour of the week.",
    ),
    RecordingRule(
        name=_RATIO,
        expr=f"{_P95} / {_USUAL}",
        help="How many times slower than usual: 1 is as always.",
    ),
)


def _slower(kind: str) -> str:
    subject = f'{{kind="{kind}"}}'
    return f"{_RATIO}{subject} > {TIMES_SLOWER} and {_P95}{subject} - {_USUAL}{subject} > {SECONDS_SLOWER}"


# --- Tests: since 1970 began on a Thursday at midnight, the first hours are hours 96, 97, ... of a week from Sunday.
_WHO: Final = 'instance="api", job="api", route="/items", method="GET"'


def _bucket(le: str, values: str) -> InputSeries:
    return InputSeries(series=f'http_request_duration_seconds_bucket{{{_WHO}, le="{le}"}}', values=values)


def _tier_bucket(le: str, values: str) -> InputSeries:
    labels = f'instance="api", job="api", tenant="t1", le="{le}"'
    return InputSeries(series=f"tenant_request_duration_seconds_bucket{{{labels}}}", values=values)


def _usual(hour_of_week: int, seconds: str, *, tier: str = "") -> InputSeries:
    endpoint = 'kind="endpoint", service="api", route="/items", method="GET"'
    subject = f'kind="tier", tier="{tier}"' if tier else endpoint
    labels = f'instance="baseline", job="baseline", {subject}, hour_of_week="{hour_of_week}"'
    return InputSeries(series=f"{P95_METRIC}{{{labels}}}", values=f"{seconds}x120")


def _zone(change: int, at: str, seconds: str) -> tuple[InputSeries, InputSeries]:
    labels = f'{{instance="baseline", job="baseline", change="{change}"}}'
    return (
        InputSeries(series=ZONE_CHANGE_TIME_METRIC + labels, values=f"{at}x120"),
        InputSeries(series=ZONE_CHANGE_METRIC + labels, values=f"{seconds}x120"),
    )


_UTC: Final = _zone(0, "0", "0")
_SECOND: Final = (_bucket("0.25", "0+10x120"), _bucket("1.0", "0+60x120"), _bucket("+Inf", "0+60x120"))
"""60 requests a minute, 95% of them within 0.94 s: in the bucket up to 1 s, 47 of 50 after 0.25 s."""

_ENDPOINT: Final = {"kind": "endpoint", "job": "api", "route": "/items", "method": "GET"}

ENDPOINT_SLOWER: Final = AlertRule(
    name="EndpointSlowerThanBaseline",
    expr=_slower("endpoint"),
    severity=Severity.WARNING,
    team="backend",
    labels={"signal": "latency"},
    for_=minutes(10),
    why_for="The percentile is over fifteen minutes already; two more evaluations keep a single slow batch out.",
    summary="{{ $labels.method }} {{ $labels.route }} of {{ $labels.job }} is"
    ' {{ $value | printf "%.1f" }} times slower than usual at this hour.',
    description="95% of the requests of the last fifteen minutes needed more than twice as long as in the recorded"
    " baseline of this hour of the week, and a tenth of a second more.",
    dashboard=DashboardLink(uid="api-endpoints", variables={"service": "job", "route": "route"}),
    tests=(
        fires(
            "three times slower than usual fires",
            *_SECOND,
            *_UTC,
            _usual(96, "0.3"),
            at=minutes(40),
            every=minutes(1),
            alerts=(_ENDPOINT,),
        ),
        silent(
            "as slow as always at this hour is silent",
            *_SECOND,
            *_UTC,
            _usual(96, "0.9"),
            at=minutes(40),
            every=minutes(1),
        ),
        silent(
            "another hour's baseline says nothing of this one",
            *_SECOND,
            *_UTC,
            _usual(97, "0.3"),
            at=minutes(40),
            every=minutes(1),
        ),
        fires(
            "the hour is the one of the baseline's zone",
            *_SECOND,
            *_zone(0, "0", "3600"),
            _usual(97, "0.3"),
            at=minutes(40),
            every=minutes(1),
            alerts=(_ENDPOINT,),
        ),
        fires(
            "a change of the clocks that has come counts",
            *_SECOND,
            *_zone(0, "0", "3600"),
            *_zone(1, "60", "3600"),
            _usual(98, "0.3"),
            at=minutes(40),
            every=minutes(1),
            alerts=(_ENDPOINT,),
        ),
        silent(
            "a change of the clocks that is to come does not count yet",
            *_SECOND,
            *_zone(0, "0", "3600"),
            *_zone(1, "86400", "3600"),
            _usual(98, "0.3"),
            at=minutes(40),
            every=minutes(1),
        ),
        silent("without a baseline it is silent", *_SECOND, at=minutes(40), every=minutes(1)),
        silent(
            "twice as slow, but by hundredths of a second, is silent",
            _bucket("0.05", "0+10x120"),
            _bucket("0.1", "0+60x120"),
            _bucket("+Inf", "0+60x120"),
            *_UTC,
            _usual(96, "0.03"),
            at=minutes(40),
            every=minutes(1),
        ),
        silent(
            "five requests a minute are too few for a percentile",
            _bucket("0.25", "0+1x120"),
            _bucket("1.0", "0+5x120"),
            _bucket("+Inf", "0+5x120"),
            *_UTC,
            _usual(96, "0.3"),
            at=minutes(40),
            every=minutes(1),
        ),
        silent(
            "it resolves when the endpoint is as fast as before",
            _bucket("0.25", "0+10x30 310+60x90"),
            _bucket("1.0", "0+60x120"),
            _bucket("+Inf", "0+60x120"),
            *_UTC,
            _usual(96, "0.3"),
            _usual(97, "0.3"),
            at=minutes(60),
            every=minutes(1),
        ),
    ),
)

_FACTS: Final = series(
    "tenant_info", "1x120", instance="api", job="api", tenant="t1", tier="gold", vertical="hotels"
)
_TIER_SECOND: Final = (
    _FACTS,
    _tier_bucket("0.25", "0+10x120"),
    _tier_bucket("1.0", "0+60x120"),
    _tier_bucket("+Inf", "0+60x120"),
)

TIER_SLOWER: Final = AlertRule(
    name="TierSlowerThanBaseline",
    expr=_slower("tier"),
    severity=Severity.WARNING,
    team="backend",
    labels={"signal": "latency"},
    for_=minutes(10),
    why_for="As for endpoints: two more evaluations keep a single slow batch out.",
    summary="Tenants of the tier {{ $labels.tier }} wait"
    ' {{ $value | printf "%.1f" }} times longer than usual at this hour.',
    description="95% of the requests of this tier's tenants in the last fifteen minutes needed more than twice as"
    " long as in the recorded baseline of this hour of the week, and a tenth of a second more.",
    dashboard=DashboardLink(uid="platform-overview"),
    tests=(
        fires(
            "a tier three times slower than usual fires",
            *_TIER_SECOND,
            *_UTC,
            _usual(96, "0.3", tier="gold"),
            at=minutes(45),
            every=minutes(1),
            alerts=({"kind": "tier", "tier": "gold"},),
        ),
        silent(
            "a tier that is as slow as always is silent",
            *_TIER_SECOND,
            *_UTC,
            _usual(96, "0.9", tier="gold"),
            at=minutes(45),
            every=minutes(1),
        ),
        silent(
            "another tier's baseline says nothing of this one",
            *_TIER_SECOND,
            *_UTC,
            _usual(96, "0.3", tier="bronze"),
            at=minutes(45),
            every=minutes(1),
        ),
    ),
)

ALERTS: Final = (ENDPOINT_SLOWER, TIER_SLOWER)
