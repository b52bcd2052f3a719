"""Do they answer, and soon enough? Errors and response times of the HTTP services.

Evaluated every 5 s over one minute: a service that fails every request passes 5 % within seconds.
"""

from __future__ import annotations

from typing import Final

from platformctl.model.claims import fires, silent
from platformctl.model.rules import (
    AlertRule,
    DashboardLink,
    InputSeries,
    LogLink,
    RecordingRule,
    Severity,
)
from platformctl.model.units import minutes, seconds

INTERVAL: Final = seconds(5)

SERVICES: Final = DashboardLink(uid="api-endpoints", variables={"service": "job"})
ROUTES: Final = DashboardLink(uid="api-endpoints", variables={"service": "job", "route": "route"})

REQUEST_RATE: Final = RecordingRule(
    name="job:http_requests:rate1m",
    expr="sum by (job) (rate(http_requests_total[1m]))",
    help="Requests a second.",
)

ERROR_RATE: Final = RecordingRule(
    name="job:http_errors:rate1m",
    expr='sum by (job) (rate(http_requests_total{code=~"5.."}[1m])) or job:http_requests:rate1m * 0',
    help="Failed requests (5xx) a second; zero, not absent, while none fail.",
)

ERROR_RATIO: Final = RecordingRule(
    name="job:http_errors:ratio_rate1m",
    expr="job:http_errors:rate1m / (job:http_requests:rate1m > 0)",
    help="Share of requests that fail; absent while there are none.",
)


def _requests(code: str, values: str) -> InputSeries:
    labels = f'job="api", instance="api", route="/items", method="GET", code="{code}"'
    return InputSeries(series=f"http_requests_total{{{labels}}}", values=values)


HIGH_ERROR_RATE: Final = AlertRule(
    name="HighErrorRate",
    expr="job:http_errors:ratio_rate1m > 0.05 and job:http_errors:rate1m * 60 >= 5",
    severity=Severity.CRITICAL,
    team="backend",
    labels={"signal": "errors"},
    keep_firing_for=minutes(1),
    why_for="No `for`: the minute of the rate is the wait. Five errors are the floor, so that one bad request of"
    " a quiet night pages nobody. It stays for a minute, since errors come in waves: two within two minutes are one"
    " incident. What they leave in windows of five minutes, IncidentRecent silences.",
    summary="{{ $value | humanizePercentage }} of the requests to {{ $labels.job }} fail.",
    description="More than 5% of the requests of the last minute were answered with a server error.",
    dashboard=SERVICES,
    logs=LogLink(query='{service="{{ $labels.job }}", level="error"}'),
    tests=(
        fires(
            "six errors in a hundred requests fire",
            _requests("200", "0+94x12"),
            _requests("500", "0+6x12"),
            at=minutes(2),
            alerts=({"job": "api"},),
        ),
        silent(
            "four errors in a hundred requests are silent",
            _requests("200", "0+96x12"),
            _requests("500", "0+4x12"),
            at=minutes(2),
        ),
        silent(
            "client errors are not ours",
            _requests("200", "0+10x12"),
            _requests("429", "0+90x12"),
            at=minutes(2),
        ),
        silent(
            "one failure of two requests in a quiet minute is silent",
            _requests("200", "0 0 0 0 1 1 1 1 1"),
            _requests("500", "0 0 0 0 1 1 1 1 1"),
            at=seconds(90),
        ),
        fires(
            "it stays between two waves of errors",
            _requests("200", "0+94x48"),
            _requests("500", "0+6x12 72x36"),
            at=minutes(4),
            alerts=({"job": "api"},),
        ),
        silent(
            "it resolves two minutes after the last error",
            _requests("200", "0+94x48"),
            _requests("500", "0+6x12 72x36"),
            at=minutes(5),
        ),
    ),
)

_DURATION: Final = "http_request_duration_seconds_bucket"
_BUCKET: Final = f'{_DURATION}{{job="api", instance="api", route="/reports", method="GET", le="%s"}}'


def _durations(up_to_30: str, up_to_60: str, all_requests: str) -> tuple[InputSeries, ...]:
    counts = (("30.0", up_to_30), ("60.0", up_to_60), ("+Inf", all_requests))
    return tuple(InputSeries(series=_BUCKET % le, values=values) for le, values in counts)


def _oldest(values: str) -> InputSeries:
    name = "http_oldest_request_in_flight_age_seconds"
    return InputSeries(series=f'{name}{{job="api", instance="api", route="/reports"}}', values=values)


SLOW_RESPONSE: Final = AlertRule(
    name="ResponseOver30s",
    expr=(
        "histogram_quantile(1, sum by (job, route, le)"
        " (increase(http_request_duration_seconds_bucket[2m]))) > 30\n"
        "or\n"
        "max by (job, route) (http_oldest_request_in_flight_age_seconds) > 30"
    ),
    severity=Severity.CRITICAL,
    team="backend",
    labels={"signal": "latency"},
    why_for="None: thirty seconds have passed already. A request that hangs is seen by its age, since it"
    " reaches the histogram only when it ends.",
    summary="A request to {{ $labels.route }} of {{ $labels.job }} takes more than 30 seconds.",
    description="The slowest request of the last two minutes took, or has been taking, up to {{ $value }} s.",
    dashboard=ROUTES,
    logs=LogLink(query='{service="{{ $labels.job }}"} | json | route="{{ $labels.route }}"'),
    tests=(
        fires(
            "a request that took more than 30 s fires",
            *_durations("0+10x12", "0+10x4 51+10x7", "0+10x4 51+10x7"),
            at=minutes(2),
            alerts=({"job": "api", "route": "/reports"},),
        ),
        fires(
            "a request that hangs fires before it ends",
            _oldest("0 0 15 30 45 60 75"),
            at=seconds(60),
            alerts=({"job": "api", "route": "/reports"},),
        ),
        silent(
            "a request of exactly 30 s is silent",
            *_durations("0+10x12", "0+10x12", "0+10x12"),
            _oldest("0 15 30 0 0 0 0 0 0"),
            at=seconds(30),
        ),
        silent(
            "it resolves two minutes after the slow request",
            *_durations("0+10x24", "0 10 21+10x22", "0 10 21+10x22"),
            at=minutes(5),
        ),
    ),
)

RECORDING_RULES: Final = (REQUEST_RATE, ERROR_RATE, ERROR_RATIO)
ALERTS: Final = (HIGH_ERROR_RATE, SLOW_RESPONSE)
