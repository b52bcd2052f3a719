"""What reports show beside the objectives: latency by bucket, and requests that the limiter refused.

No alert reads these; docs/sla/README.md says what they cost. The sums of an hour stand in the group that
their minutes stand in, so that they are evaluated behind them.
"""

from __future__ import annotations

from typing import Final

from platform_telemetry.contract import TENANT_DURATION
from platformctl.model import report_series, slo
from platformctl.model.rules import RecordingRule
from platformctl.model.units import hours, minutes

INTERVAL: Final = minutes(1)

THROTTLED: Final = "edge_requests_throttled_total"


def _every_hour(series: str) -> RecordingRule:
    return RecordingRule(
        name=slo.recorded(series, "1h"),
        expr=f"sum_over_time({slo.recorded(series, '1m')}[{slo.inside(hours(1))}]) and on () (minute() == 0)",
        help="Increments of a whole hour of UTC, one sample an hour.",
    )


RECORDING_RULES: Final = (
    RecordingRule(
        name=slo.recorded(report_series.LATENCY_BUCKETS, "1m"),
        expr=slo.increment(f'{TENANT_DURATION.name}_bucket{{le!="+Inf"}}', "tenant, le"),
        help="Requests of the last minute that took at most so many seconds, by tenant.",
    ),
    RecordingRule(
        name=slo.recorded(report_series.THROTTLED, "1m"),
        expr=slo.increment(THROTTLED, "tenant"),
        help="Requests of the last minute that the limiter refused, by tenant.",
    ),
    _every_hour(report_series.LATENCY_BUCKETS),
    _every_hour(report_series.THROTTLED),
)
