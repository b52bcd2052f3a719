"""Is one tenant in trouble, or are many? Errors, response times and silence, by tenant.

Shares are of five minutes, with a floor of events: a tenant with ten requests an hour has no error rate.
"""

from __future__ import annotations

from typing import Final

from platformctl.model import slo_samples as samples
from platformctl.model.claims import fires, silent
from platformctl.model.rules import (
    AlertRule,
    DashboardLink,
    Escalation,
    InputSeries,
    LogLink,
    RecordingRule,
    Severity,
)
from platformctl.model.units import minutes

INTERVAL: Final = minutes(1)

TENANT: Final = DashboardLink(uid="tenant-detail", variables={"tenant": "tenant"})
OVERVIEW: Final = DashboardLink(uid="platform-overview")
TENANT_LOGS: Final = LogLink(query='{service=~".+"} | json | tenant="{{ $labels.tenant }}"')
TOTAL_1M: Final = 'slo:events_total:increment1m{slo="availability"}'
TOTAL_5M: Final = 'slo:events_total:increment5m{slo="availability"}'
FACTS: Final = "group_left (tier, vertical) tenant:facts:info"

ERROR_RATIO: Final = RecordingRule(
    name="tenant:errors:ratio5m",
    expr=(
        "(sum_over_time(slo:events_bad:increment1m[4m30s]) > 0)\n"
        "/ (sum_over_time(slo:events_total:increment1m[4m30s]) >= 20)"
    ),
    help="Share of a tenant's events of five minutes that were bad, by SLO; absent under 20 events, and at none.",
)


def _job_answers(tenant: str, values: str, *, status_class: str = "2xx") -> InputSeries:
    return samples.answers(tenant, status_class, values)


def _failing(*tenants: str, bad: str = "0+2x60", good: str = "0+8x60") -> tuple[InputSeries, ...]:
    return tuple(
        series
        for tenant in tenants
        for series in (_job_answers(tenant, good), _job_answers(tenant, bad, status_class="5xx"))
    )


def _labels(tenant: str, sli: str = "availability") -> dict[str, str]:
    return {"tenant": tenant, "slo": sli, "tier": "test", "vertical": "hotels"}


HIGH_ERRORS: Final = AlertRule(
    name="TenantHighErrorRate",
    expr=f'(tenant:errors:ratio5m{{slo="availability"}} > 0.1) * on (tenant) {FACTS}',
    for_=minutes(2),
    why_for="Two evaluations more than the five minutes: the tenant's own retry storm is over by then.",
    severity=Severity.WARNING,
    team="backend",
    labels={"signal": "errors"},
    escalation=Escalation(after=minutes(15)),
    summary="{{ $value | humanizePercentage }} of the requests of {{ $labels.tenant }} fail.",
    description=(
        "Tier {{ $labels.tier }}, {{ $labels.vertical }}: over 10% of the last five minutes, of 20 requests or more."
    ),
    dashboard=TENANT,
    logs=TENANT_LOGS,
    tests=(
        fires(
            "a fifth of 10 requests a minute failing fires for that tenant alone",
            *(samples.tenant(name) for name in ("bad-inn", "good-inn")),
            *_failing("bad-inn"),
            _job_answers("good-inn", "0+10x60"),
            at=minutes(12),
            every=minutes(1),
            alerts=(_labels("bad-inn"),),
        ),
        fires(
            "after a quarter of an hour it pages, besides",
            samples.tenant("bad-inn"),
            *_failing("bad-inn"),
            at=minutes(30),
            every=minutes(1),
            alerts=(_labels("bad-inn"), _labels("bad-inn") | {"severity": "critical", "escalated": "true"}),
        ),
        silent(
            "9 % failing is silent: almost a fault",
            samples.tenant("inn"),
            *_failing("inn", bad="0+9x60", good="0+91x60"),
            at=minutes(20),
            every=minutes(1),
        ),
        silent(
            "3 of 15 requests in five minutes are too few",
            samples.tenant("inn"),
            *_failing("inn", bad="0+0.6x60", good="0+2.4x60"),
            at=minutes(20),
            every=minutes(1),
        ),
        silent(
            "it resolves when five minutes were good",
            samples.tenant("inn"),
            *_failing("inn", bad="0+2x15 30x40"),
            at=minutes(22),
            every=minutes(1),
        ),
    ),
)

SLOW: Final = AlertRule(
    name="TenantSlow",
    expr=f'(tenant:errors:ratio5m{{slo="latency"}} > 0.25) * on (tenant) {FACTS}',
    for_=minutes(5),
    why_for="Reports and exports of one customer make five slow minutes; ten are a fault.",
    severity=Severity.WARNING,
    team="backend",
    labels={"signal": "latency"},
    summary="{{ $value | humanizePercentage }} of the requests of {{ $labels.tenant }} are too slow.",
    description="Tier {{ $labels.tier }}: slower than the tier's latency threshold, over 25% of five minutes.",
    dashboard=TENANT,
    logs=TENANT_LOGS,
    tests=(
        fires(
            "40 % slower than the threshold for a quarter of an hour fires",
            *samples.tier("test"),
            samples.tenant("inn"),
            *samples.durations("inn", under_half_a_second="0+60x60", all_="0+100x60"),
            at=minutes(20),
            every=minutes(1),
            alerts=(_labels("inn", "latency"),),
        ),
        silent(
            "20 % are silent: almost a fault",
            *samples.tier("test"),
            samples.tenant("inn"),
            *samples.durations("inn", under_half_a_second="0+80x60", all_="0+100x60"),
            at=minutes(20),
            every=minutes(1),
        ),
        silent(
            "it resolves when five minutes were quick",
            *samples.tier("test"),
            samples.tenant("inn"),
            *samples.durations("inn", under_half_a_second="0+60x20 1300+100x40", all_="0+100x61"),
            at=minutes(28),
            every=minutes(1),
        ),
    ),
)

CROSS_TENANT: Final = AlertRule(
    name="ManyTenantsFailing",
    expr=(
        'count(tenant:errors:ratio5m{slo="availability"} > 0.05)\n'
        '/ count(sum_over_time(slo:events_total:increment1m{slo="availability"}[4m30s]) >= 20) > 0.3\n'
        'and count(tenant:errors:ratio5m{slo="availability"} > 0.05) >= 3'
    ),
    for_=minutes(1),
    why_for="One evaluation more: a deployment's burst touches many tenants for less than a minute.",
    severity=Severity.CRITICAL,
    team="backend",
    labels={"signal": "errors"},
    summary="{{ $value | humanizePercentage }} of the tenants with traffic have failures.",
    description="Three tenants or more with over 5% failing at once: what they share is broken, not they.",
    dashboard=OVERVIEW,
    tests=(
        fires(
            "three of four tenants failing fire once",
            *_failing("a", "b", "c"),
            _job_answers("d", "0+10x60"),
            at=minutes(12),
            every=minutes(1),
        ),
        silent(
            "two of four are their own alerts",
            *_failing("a", "b"),
            *(_job_answers(name, "0+10x60") for name in ("c", "d")),
            at=minutes(12),
            every=minutes(1),
        ),
        silent(
            "three of eleven are no incident of the platform",
            *_failing("a", "b", "c"),
            *(_job_answers(f"good-{n}", "0+10x60") for n in range(8)),
            at=minutes(12),
            every=minutes(1),
        ),
        silent(
            "it resolves when five minutes were good",
            *_failing("a", "b", "c", bad="0+2x15 30x40"),
            at=minutes(22),
            every=minutes(1),
        ),
    ),
)

SILENT: Final = AlertRule(
    name="TenantTrafficStopped",
    expr=(
        f"sum by (tenant) (sum_over_time({TOTAL_5M}[59m30s] offset 30m)) >= 60\n"
        f"unless on (tenant) sum by (tenant) (sum_over_time({TOTAL_1M}[29m30s])) > 0"
    ),
    for_=minutes(5),
    why_for="With the half hour of the window: night falls slowly, a broken integration stops at once.",
    severity=Severity.INFO,
    team="backend",
    labels={"signal": "traffic"},
    summary="{{ $labels.tenant }} has sent nothing for half an hour.",
    description=(
        "It had {{ $value | humanize }} requests in the hour before. Absent, not failing: a broken integration, an"
        " expired certificate or key, a block on the way, or closing time."
    ),
    dashboard=TENANT,
    logs=TENANT_LOGS,
    tests=(
        fires(
            "a tenant that falls silent after two busy hours fires, and its neighbour does not",
            _job_answers("gone", "0+10x120 1200x100"),
            _job_answers("here", "0+10x220"),
            at=minutes(165),
            every=minutes(1),
            alerts=({"tenant": "gone"},),
        ),
        silent(
            "a quiet tenant may be silent for half an hour",
            _job_answers("quiet", "0+0.5x120 60x100"),
            at=minutes(165),
            every=minutes(1),
        ),
        silent(
            "it resolves with the first request",
            _job_answers("back", "0+10x120 1200x50 1201+1x60"),
            at=minutes(175),
            every=minutes(1),
        ),
    ),
)

RECORDING_RULES: Final = (ERROR_RATIO,)
ALERTS: Final = (HIGH_ERRORS, SLOW, CROSS_TENANT, SILENT)
