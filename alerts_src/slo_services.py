"""Service level objectives by service: how fast the budgets of `slas/services.yml` burn, and who is told.

Availability and latency are counted by the service itself; what a dead one does not count, its freshness does: the
minutes in which Prometheus had no answer from it. Tenants are promised what the gateway measures (slo.py).
"""

from __future__ import annotations

from typing import Final

from platformctl.model import service_slo, slo
from platformctl.model.claims import fires, series, silent
from platformctl.model.rules import AlertRule, DashboardLink, InputSeries, LogLink, RecordingRule, Severity
from platformctl.model.units import minutes

INTERVAL: Final = minutes(1)

REQUESTS: Final = "http_requests_total"
FAILED: Final = f'{REQUESTS}{{code=~"5.."}}'
DURATION: Final = "http_request_duration_seconds"
LEAST_BAD: Final = 5
"""Bad requests, or minutes, in the long window below which a ratio says nothing."""

SERVICES: Final = DashboardLink(uid="api-endpoints", variables={"service": "job"})
LOGS: Final = LogLink(query='{service="{{ $labels.job }}"}')
_WINDOWS_WAIT: Final = "None, as the SRE workbook advises: the two windows are the wait."


def _promised(expr: str, sli: str) -> str:
    """Of those services alone that promise it."""
    return f'(\n{expr}\n) and on (job) {service_slo.OBJECTIVE}{{slo="{sli}"}}'


def _events(name: str, expr: str, sli: str, help_: str) -> RecordingRule:
    return RecordingRule(name=name, expr=_promised(expr, sli), labels={"slo": sli}, help=help_)


COUNTS: Final = (
    _events(
        service_slo.EVENTS_TOTAL,
        slo.increment(REQUESTS, "job"),
        slo.AVAILABILITY,
        "Requests of the last minute.",
    ),
    _events(
        service_slo.EVENTS_BAD,
        f"{slo.increment(FAILED, 'job')}\nor on (job) {slo.increment(REQUESTS, 'job')} * 0",
        slo.AVAILABILITY,
        "Requests of the last minute that failed (5xx).",
    ),
    _events(
        service_slo.EVENTS_TOTAL,
        slo.increment(f"{DURATION}_count", "job"),
        slo.LATENCY,
        "Requests of the last minute whose time was measured.",
    ),
    _events(
        service_slo.EVENTS_BAD,
        f"{slo.increment(f'{DURATION}_count', 'job')} - on (job) sum by (job) (\n"
        f"  {slo.increment(f'{DURATION}_bucket', 'job, le')} and on (job, le) {service_slo.LATENCY_BOUND}\n)",
        slo.LATENCY,
        "Requests of the last minute that took longer than the service's threshold.",
    ),
    _events(service_slo.EVENTS_TOTAL, "group by (job) (up)", service_slo.FRESHNESS, "The minute."),
    _events(
        service_slo.EVENTS_BAD,
        f"max by (job) (max_over_time(up[{slo.inside(minutes(1))}])) == bool 0",
        service_slo.FRESHNESS,
        "1 in a minute at whose end nothing was known of the service for half a minute, else 0.",
    ),
)

RECORDING_RULES: Final = (
    *COUNTS,
    *(
        service_slo.burn_rate(window)
        for window in (slo.M5, slo.M30, slo.H1, slo.H2, slo.H6, slo.D1, slo.D3, slo.D30)
    ),
    service_slo.budget_left(slo.D30),
    RecordingRule(
        name=service_slo.BURNING_FAST,
        expr=service_slo.burning(slo.PAGE, least_bad=LEAST_BAD),
        help="Services and objectives whose budget burns fast enough to page; no sample for any other.",
    ),
    RecordingRule(
        name=service_slo.BURNING_SLOWLY,
        expr=service_slo.burning(slo.TICKET, least_bad=LEAST_BAD),
        help="Services and objectives whose budget burns fast enough for a ticket; no sample for any other.",
    ),
)

API: Final = {"job": "api", "instance": "api"}


def _objective(sli: str, target: str) -> InputSeries:
    return series(service_slo.OBJECTIVE, f"{target}x999", job="api", slo=sli)


def _answers(code: str, values: str) -> InputSeries:
    return series(REQUESTS, values, **API, route="/items", method="GET", code=code)


def _durations(under_half_a_second: str, all_: str) -> tuple[InputSeries, ...]:
    return (
        series(service_slo.LATENCY_BOUND, "1x999", job="api", le="0.5"),
        series(f"{DURATION}_bucket", under_half_a_second, **API, le="0.5"),
        series(f"{DURATION}_bucket", all_, **API, le="+Inf"),
        series(f"{DURATION}_count", all_, **API),
    )


BURN_FAST: Final = AlertRule(
    name="ErrorBudgetBurnServiceFast",
    expr=f'{service_slo.BURNING_FAST}{{slo!="{service_slo.FRESHNESS}"}}',
    why_for=f"{_WINDOWS_WAIT} Freshness does not page: a service that is gone has ServiceDown.",
    severity=Severity.CRITICAL,
    team="backend",
    summary="{{ $labels.job }} burns its {{ $labels.slo }} budget {{ $value | humanize }} times too fast.",
    description="At 14.4 times, 2% of the service's 30-day budget goes in an hour; at 6 times, 5% in six hours.",
    dashboard=SERVICES,
    logs=LOGS,
    tests=(
        fires(
            "2 % failing at 99.9 % is a burn rate of 20",
            _objective("availability", "0.999"),
            _answers("200", "0+98x70"),
            _answers("500", "0+2x70"),
            at=minutes(65),
            every=minutes(1),
            alerts=({"job": "api", "slo": "availability"},),
        ),
        silent(
            "0.5 % failing at 99.9 % is a burn rate of 5: almost a fault",
            _objective("availability", "0.999"),
            _answers("200", "0+995x70"),
            _answers("500", "0+5x70"),
            at=minutes(65),
            every=minutes(1),
        ),
        silent(
            "half an hour after the fault the short windows are clean",
            _objective("availability", "0.999"),
            _answers("200", "0+98x30 2940+100x60"),
            _answers("500", "0+2x30 60x60"),
            at=minutes(66),
            every=minutes(1),
        ),
        silent(
            "a service that promises nothing burns nothing",
            _answers("200", "0+50x70"),
            _answers("500", "0+50x70"),
            at=minutes(65),
            every=minutes(1),
        ),
        fires(
            "40 % slower than the threshold at 99 % is a burn rate of 40",
            _objective("latency", "0.99"),
            *_durations("0+60x70", "0+100x70"),
            at=minutes(65),
            every=minutes(1),
            alerts=({"job": "api", "slo": "latency"},),
        ),
        silent(
            "5 % slower at 99 % is a burn rate of 5",
            _objective("latency", "0.99"),
            *_durations("0+95x70", "0+100x70"),
            at=minutes(65),
            every=minutes(1),
        ),
    ),
)

BURN_SLOW: Final = AlertRule(
    name="ErrorBudgetBurnServiceSlow",
    expr=service_slo.BURNING_SLOWLY,
    why_for=_WINDOWS_WAIT,
    severity=Severity.WARNING,
    team="backend",
    summary="{{ $labels.job }} burns its {{ $labels.slo }} budget {{ $value | humanize }} times too fast.",
    description="At this pace the service's budget does not last its 30 days.",
    dashboard=SERVICES,
    logs=LOGS,
    tests=(
        fires(
            "a service that is gone for ten minutes of 70 burns its freshness of 99 % 14 times too fast",
            _objective("freshness", "0.99"),
            series("up", "1x30 0x9 1x60", **API),
            at=minutes(69),
            every=minutes(1),
            alerts=({"job": "api", "slo": "freshness"},),
        ),
        silent(
            "four minutes away are a deployment",
            _objective("freshness", "0.99"),
            series("up", "1x30 0x3 1x60", **API),
            at=minutes(69),
            every=minutes(1),
        ),
        fires(
            "0.12 % failing at 99.9 % is a burn rate of 1.2",
            _objective("availability", "0.999"),
            _answers("200", "0+9988x200"),
            _answers("500", "0+12x200"),
            at=minutes(190),
            every=minutes(1),
            alerts=({"job": "api", "slo": "availability"},),
        ),
        silent(
            "slow first minutes of a new service are no pace for three days",
            _objective("latency", "0.99"),
            *_durations("0+10x2 20+100x70", "0+100x70"),
            at=minutes(50),
            every=minutes(1),
        ),
        silent(
            "0.09 % failing at 99.9 % lasts the 30 days",
            _objective("availability", "0.999"),
            _answers("200", "0+9991x200"),
            _answers("500", "0+9x200"),
            at=minutes(190),
            every=minutes(1),
        ),
    ),
)

ALERTS: Final = (BURN_FAST, BURN_SLOW)
