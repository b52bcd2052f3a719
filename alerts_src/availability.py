"""Is it there? Services and exporters.

Evaluated every 5 s: with targets scraped every 5 s a dead service fires within 25 s of the fault
(one scrape, one evaluation, `for` 15 s), with targets scraped every 15 s within 35 s; its page leaves 5 s later.
"""

from __future__ import annotations

from typing import Final

from platformctl.model.claims import fires, series, silent
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
INFRASTRUCTURE: Final = DashboardLink(uid="infrastructure")
MONITORING: Final = DashboardLink(uid="monitoring-stack")
SERVICE_LOGS: Final = LogLink(query='{service="{{ $labels.job }}"}')

_RESTART: Final = (
    "A restart by a deployment takes 2-3 s and must not page; 15 s is three failed scrapes. A target that"
    " Prometheus has known for less than 90 s may still be starting for the first time."
)

SERVICE: Final = 'job!~".+-exporter|prometheus|alertmanager"'


def _up(job: str, values: str) -> InputSeries:
    return series("up", values, job=job, instance=job)


SERVICE_DOWN: Final = AlertRule(
    name="ServiceDown",
    expr=f"up{{{SERVICE}}} == 0 and up{{{SERVICE}}} offset 90s",
    for_=seconds(15),
    why_for=_RESTART,
    severity=Severity.CRITICAL,
    team="backend",
    labels={"signal": "availability"},
    summary="{{ $labels.job }} is down.",
    description="Prometheus has had no answer from {{ $labels.instance }} for more than 15 seconds.",
    dashboard=SERVICES,
    logs=SERVICE_LOGS,
    tests=(
        fires(
            "a service that stops answering fires",
            _up("api", "1x20 0x12"),
            at=seconds(125),
            every=seconds(5),
            alerts=({"job": "api", "instance": "api"},),
        ),
        silent(
            "a restart of ten seconds is silent",
            _up("api", "1x20 0 0 1x12"),
            at=seconds(115),
            every=seconds(5),
        ),
        silent(
            "a service that takes a minute to start for the first time is silent",
            _up("api", "0x12 1x12"),
            at=seconds(60),
            every=seconds(5),
        ),
        fires(
            "a service that never starts fires",
            _up("api", "0x40"),
            at=seconds(110),
            every=seconds(5),
            alerts=({"job": "api", "instance": "api"},),
        ),
        silent(
            "a service that is back resolves at once",
            _up("api", "1x20 0x12 1x12"),
            at=seconds(170),
            every=seconds(5),
        ),
        silent(
            "a dead exporter is not a dead service",
            _up("redis-exporter", "0x60"),
            at=minutes(5),
            every=seconds(5),
        ),
    ),
)

SERVICE_RESTARTING: Final = AlertRule(
    name="ServiceRestarting",
    expr='changes(process_start_time_seconds{job!~".+-exporter"}[15m]) >= 3',
    severity=Severity.WARNING,
    team="backend",
    labels={"signal": "availability"},
    summary="{{ $labels.job }} keeps restarting.",
    description="{{ $labels.instance }} has restarted {{ $value }} times in 15 minutes: too fast for ServiceDown.",
    dashboard=SERVICES,
    logs=SERVICE_LOGS,
    tests=(
        fires(
            "three restarts in a quarter of an hour fire",
            series("process_start_time_seconds", "1 1 2 2 3 3 4 4 4", job="api", instance="api"),
            at=minutes(8),
            every=minutes(1),
            alerts=({"job": "api", "instance": "api"},),
        ),
        silent(
            "two deployments in a quarter of an hour are silent",
            series("process_start_time_seconds", "1 1 2 2 3 3 3 3 3", job="api", instance="api"),
            at=minutes(8),
            every=minutes(1),
        ),
    ),
)

EXPORTER_DOWN: Final = AlertRule(
    name="ExporterDown",
    expr='up{job=~".+-exporter"} == 0',
    for_=minutes(2),
    why_for="A dead exporter blinds us but hurts nobody: time enough for a restart.",
    severity=Severity.WARNING,
    team="platform",
    labels={"signal": "monitoring"},
    summary="{{ $labels.job }} is down: what it measures cannot be seen.",
    description="Prometheus has had no answer from {{ $labels.instance }} for 2 minutes.",
    dashboard=MONITORING,
    logs=SERVICE_LOGS,
    tests=(
        fires(
            "an exporter that stays away fires",
            _up("redis-exporter", "1x4 0x16"),
            at=minutes(5),
            alerts=({"job": "redis-exporter", "instance": "redis-exporter"},),
        ),
        silent(
            "an exporter that is away for a minute is silent",
            _up("redis-exporter", "1x4 0x4 1x16"),
            at=minutes(5),
        ),
    ),
)

TARGET_MISSING: Final = AlertRule(
    name="TargetMissing",
    expr="platform:expected_job:info unless on (job) group by (job) (up)",
    for_=minutes(1),
    why_for="A new job has no `up` until its first scrape, up to one interval after the reload.",
    severity=Severity.CRITICAL,
    team="platform",
    labels={"signal": "monitoring"},
    summary="{{ $labels.job }} is not scraped at all.",
    description="The deployment expects the job {{ $labels.job }}, and Prometheus has no target for it.",
    dashboard=MONITORING,
    tests=(
        fires(
            "an expected job without a target fires",
            series("platform:expected_job:info", "1x20", job="api"),
            series("platform:expected_job:info", "1x20", job="redis-exporter"),
            _up("redis-exporter", "1x20"),
            at=minutes(3),
            alerts=({"job": "api"},),
        ),
        silent(
            "a target that is down is not missing",
            series("platform:expected_job:info", "1x20", job="api"),
            _up("api", "0x20"),
            at=minutes(3),
        ),
    ),
)

MANY_TARGETS_DOWN: Final = AlertRule(
    name="ManyTargetsDown",
    expr="count(up == 0) / count(up) > 0.5 and count(up == 0) >= 3",
    for_=seconds(15),
    why_for="As for ServiceDown, which it silences: both must fire together.",
    severity=Severity.CRITICAL,
    team="platform",
    labels={"signal": "availability"},
    summary="{{ $value | humanizePercentage }} of all targets are down.",
    description="Most of the platform stopped answering at once: a host, a network, or Prometheus' own way out.",
    dashboard=INFRASTRUCTURE,
    tests=(
        fires(
            "three of five targets down fire",
            *(_up(job, "1x6 0x24") for job in ("api", "gateway", "worker")),
            *(_up(job, "1x30") for job in ("prometheus", "redis-exporter")),
            at=minutes(2),
            every=seconds(5),
        ),
        silent(
            "two of three targets down are two alerts of their own",
            _up("api", "0x30"),
            _up("gateway", "0x30"),
            _up("prometheus", "1x30"),
            at=minutes(2),
            every=seconds(5),
        ),
    ),
)

RECORDING_RULES: Final[tuple[RecordingRule, ...]] = (
    RecordingRule(
        name="job:up:ratio",
        expr="avg by (job) (up)",
        help="Share of a job's targets that answer.",
    ),
)

ALERTS: Final = (
    SERVICE_DOWN,
    SERVICE_RESTARTING,
    EXPORTER_DOWN,
    TARGET_MISSING,
    MANY_TARGETS_DOWN,
)
