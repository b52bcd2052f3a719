"""One alert, evaluated every second, so that tests need not wait."""

from platformctl.model.rules import AlertRule, AlertTest, DashboardLink, InputSeries, RecordingRule, Severity
from platformctl.model.units import seconds

INTERVAL = seconds(1)

RECORDING_RULES = (
    RecordingRule(name="job:up:min", expr="min by (job) (up)", help="Whether all instances of a job answer."),
)

SERVICE_DOWN = AlertRule(
    name="ServiceDown",
    expr="job:up:min == 0",
    for_=seconds(2),
    why_for="one scrape may be lost",
    severity=Severity.CRITICAL,
    team="platform",
    summary="{{ $labels.job }} does not answer.",
    description="Prometheus has not reached {{ $labels.job }} for two seconds.",
    dashboard=DashboardLink(uid="sample"),
    tests=(
        AlertTest(
            claim="fires when a service is gone",
            series=(InputSeries(series='up{job="api", instance="api"}', values="1x4 0x8"),),
            interval=seconds(1),
            at=seconds(10),
            firing=({"job": "api"},),
        ),
        AlertTest(
            claim="is silent when a single scrape is lost",
            series=(InputSeries(series='up{job="api", instance="api"}', values="1x4 0 1x8"),),
            interval=seconds(1),
            at=seconds(10),
            firing=(),
        ),
    ),
)

ALERTS = (SERVICE_DOWN,)
