"""Service level objectives by tenant: what is counted, and how fast error budgets burn.

The number of rules does not depend on the number of tenants: a tenant is a label, and its objective is
joined (model/slo.py). Alerts (slo_alerts.py) and reports read this one history. The rules stand in one
group, which evaluates them in this order at one instant.
"""

from __future__ import annotations

from typing import Final

from platformctl.model import report_series, slo
from platformctl.model.rules import RecordingRule
from platformctl.model.units import hours, minutes

INTERVAL: Final = minutes(1)

# --- Where the service level is measured --------------------------------------------------------------
# At the gateway: a dead application counts no errors. Without one in front, these lines name the counters
# of the application (`tenant_requests_total`, `tenant_request_duration_seconds`), and it serves_tenants.
REQUESTS: Final = "edge_requests_total"
DURATION_COUNT: Final = "edge_request_duration_seconds_count"
DURATION_BUCKET: Final = "edge_request_duration_seconds_bucket"
THROTTLED: Final = "edge_requests_throttled_total"
COUNTING: Final = "edge_log_gaps_total"
"""Something that each process which counts requests exports once, whatever the number of tenants."""

THRESHOLDS: Final = "|".join(spelling for bound in slo.LATENCY_BOUNDS for spelling in slo.spellings(bound))
"""The bounds that some tier has as its threshold; the others are never read."""

LEAST_BAD: Final = 10
"""Bad events in the long window below which a tenant has too little traffic for its ratio to say anything."""

REQUESTS_1M: Final = slo.recorded(slo.REQUESTS, "1m")
TOTAL_1M: Final = slo.recorded(slo.EVENTS_TOTAL, "1m")
BAD_1M: Final = slo.recorded(slo.EVENTS_BAD, "1m")
BUCKETS_1M: Final = slo.recorded(report_series.LATENCY_BUCKETS, "1m")
HEARTBEAT_1M: Final = slo.recorded(slo.HEARTBEAT, "1m")


def _every_five_minutes(events: str) -> RecordingRule:
    return RecordingRule(
        name=slo.recorded(events, "5m"),
        expr=f"sum_over_time({slo.recorded(events, '1m')}[{slo.inside(minutes(5))}]) and on () (minute() % 5 == 0)",
        help="Increments of five whole minutes, one sample every five minutes by the clock.",
    )


def _every_hour(events: str) -> RecordingRule:
    return RecordingRule(
        name=slo.recorded(events, "1h"),
        expr=f"sum_over_time({slo.recorded(events, '1m')}[{slo.inside(hours(1))}]) and on () (minute() == 0)",
        help="Increments of a whole hour of UTC, one sample an hour: what reports read.",
    )


WATCH: Final = (
    RecordingRule(
        name=HEARTBEAT_1M,
        expr="vector(1)",
        help="One for every minute in which these rules ran: what is missing here is a gap in the history.",
    ),
    RecordingRule(
        name=slo.COUNTING_UP,
        expr=f"max(max_over_time(up[1m]) and on (job, instance) last_over_time({COUNTING}[1d]))",
        help="Whether any process that counts requests answered in the last minute; no sample where none was asked.",
    ),
    RecordingRule(
        name=slo.COUNTERS_UNREAD,
        expr=(
            "count(\n"
            f"  (last_over_time(up[5m]) and on (job, instance) last_over_time({COUNTING}[1d]))\n"
            "  unless on (job, instance) max_over_time(up[1m]) == 1\n"
            ")"
        ),
        help="Processes that count requests, were asked in the last five minutes and did not answer in the last one.",
    ),
    RecordingRule(
        name=slo.WATCHED,
        expr=(
            "group by (job, instance) (max_over_time(up[5m] offset 1m) == 1)\n"
            "or group by (job, instance) (process_start_time_seconds > time() - 300)"
        ),
        help="Targets whose new counters count from zero: they answered before, or started a moment ago.",
    ),
)

COUNTS: Final = (
    RecordingRule(
        name=REQUESTS_1M,
        expr=slo.increment(REQUESTS, "tenant, status_class"),
        help="Requests of the last minute by tenant and status class.",
    ),
    RecordingRule(
        name=TOTAL_1M,
        expr=f"sum by (tenant) ({REQUESTS_1M})",
        labels={"slo": slo.AVAILABILITY},
        help="Requests that count for availability: every answer.",
    ),
    RecordingRule(
        name=BAD_1M,
        expr=(
            f'sum by (tenant) ({REQUESTS_1M}{{status_class="5xx"}})\nor sum by (tenant) ({REQUESTS_1M}) * 0'
        ),
        labels={"slo": slo.AVAILABILITY},
        help="Requests that the platform failed to serve: 5xx. A refusal (4xx) is an answer.",
    ),
    RecordingRule(
        name=TOTAL_1M,
        expr=slo.increment(DURATION_COUNT, "tenant"),
        labels={"slo": slo.LATENCY},
        help="Requests whose time was measured.",
    ),
    RecordingRule(
        name=BUCKETS_1M,
        expr=slo.increment(f'{DURATION_BUCKET}{{le=~"{THRESHOLDS}"}}', "tenant, le"),
        help="Requests that took at most so many seconds: what reports make percentiles of.",
    ),
    RecordingRule(
        name=BAD_1M,
        expr=(
            f'{TOTAL_1M}{{slo="latency"}} - on (tenant) group_left () sum by (tenant) (\n'
            f"  {BUCKETS_1M} and on (tenant, le) {slo.TENANT_BOUND}\n)"
        ),
        labels={"slo": slo.LATENCY},
        help="Requests that took longer than the threshold of the tenant's tier.",
    ),
    RecordingRule(
        name=slo.recorded(report_series.THROTTLED, "1m"),
        expr=slo.increment(THROTTLED, "tenant"),
        help="Requests that the limiter refused; whose they are is for reports to say.",
    ),
    RecordingRule(
        name=slo.DOWN_MINUTE,
        expr=f'{BAD_1M}{{slo="availability"}} / {TOTAL_1M} >= bool 0.5 == 1',
        help="Minutes in which at least half of a tenant's requests failed; no sample for any other minute.",
    ),
)

ROLLUPS: Final = (
    _every_five_minutes(slo.EVENTS_TOTAL),
    _every_five_minutes(slo.EVENTS_BAD),
    _every_hour(slo.EVENTS_TOTAL),
    _every_hour(slo.EVENTS_BAD),
    _every_hour(slo.REQUESTS),
    _every_hour(report_series.LATENCY_BUCKETS),
    _every_hour(report_series.THROTTLED),
    _every_hour(slo.HEARTBEAT),
)

BURNING: Final = (
    *(slo.burn_rate(window) for window in (slo.M5, slo.M30, slo.H1, slo.H2, slo.H6)),
    RecordingRule(
        name=slo.BURNING_FAST,
        expr=slo.burning(slo.PAGE, least_bad=LEAST_BAD),
        help="Tenants and objectives whose budget burns fast enough to page; no sample for any other.",
    ),
)

RECORDING_RULES: Final = (*WATCH, *COUNTS, *ROLLUPS, *BURNING)
