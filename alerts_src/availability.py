"""Is it there? Services, exporters, PostgreSQL and Redis.

Evaluated every 5 s: with targets scraped every 5 s a dead service fires within 25 s of the fault
(one scrape, one evaluation, `for` 15 s), with targets scraped every 15 s within 35 s; its page leaves 5 s later.
"""

from __future__ import annotations

from typing import Final

from platformctl.model.rules import (
    AlertRule,
    AlertTest,
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
DATABASES: Final = DashboardLink(uid="database-cache")
MONITORING: Final = DashboardLink(uid="monitoring-stack")
SERVICE_LOGS: Final = LogLink(query='{service="{{ $labels.job }}"}')

_RESTART: Final = (
    "A restart by a deployment takes 2-3 s and must not page; 15 s is three failed scrapes. A target that"
    " Prometheus has known for less than 90 s may still be starting for the first time."
)

SERVICE: Final = 'job!~".+-exporter|prometheus|alertmanager"'


def _up(job: str, values: str) -> InputSeries:
    return _probe(job, "up", values)


def _probe(job: str, name: str, values: str) -> InputSeries:
    return InputSeries(series=f'{name}{{job="{job}", instance="{job}"}}', values=values)


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
        AlertTest(
            claim="a service that stops answering fires",
            interval=seconds(5),
            series=(_up("api", "1x20 0x12"),),
            at=seconds(125),
            firing=({"job": "api", "instance": "api"},),
        ),
        AlertTest(
            claim="a restart of ten seconds is silent",
            interval=seconds(5),
            series=(_up("api", "1x20 0 0 1x12"),),
            at=seconds(115),
            firing=(),
        ),
        AlertTest(
            claim="a service that takes a minute to start for the first time is silent",
            interval=seconds(5),
            series=(_up("api", "0x12 1x12"),),
            at=seconds(60),
            firing=(),
        ),
        AlertTest(
            claim="a service that never starts fires",
            interval=seconds(5),
            series=(_up("api", "0x40"),),
            at=seconds(110),
            firing=({"job": "api", "instance": "api"},),
        ),
        AlertTest(
            claim="a service that is back resolves at once",
            interval=seconds(5),
            series=(_up("api", "1x20 0x12 1x12"),),
            at=seconds(170),
            firing=(),
        ),
        AlertTest(
            claim="a dead exporter is not a dead service",
            interval=seconds(5),
            series=(_up("redis-exporter", "0x60"),),
            at=minutes(5),
            firing=(),
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
        AlertTest(
            claim="three restarts in a quarter of an hour fire",
            interval=minutes(1),
            series=(
                InputSeries(
                    series='process_start_time_seconds{job="api", instance="api"}', values="1 1 2 2 3 3 4 4 4"
                ),
            ),
            at=minutes(8),
            firing=({"job": "api", "instance": "api"},),
        ),
        AlertTest(
            claim="two deployments in a quarter of an hour are silent",
            interval=minutes(1),
            series=(
                InputSeries(
                    series='process_start_time_seconds{job="api", instance="api"}', values="1 1 2 2 3 3 3 3 3"
                ),
            ),
            at=minutes(8),
            firing=(),
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
        AlertTest(
            claim="an exporter that stays away fires",
            series=(_up("redis-exporter", "1x4 0x16"),),
            at=minutes(5),
            firing=({"job": "redis-exporter", "instance": "redis-exporter"},),
        ),
        AlertTest(
            claim="an exporter that is away for a minute is silent",
            series=(_up("redis-exporter", "1x4 0x4 1x16"),),
            at=minutes(5),
            firing=(),
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
        AlertTest(
            claim="an expected job without a target fires",
            series=(
                InputSeries(series='platform:expected_job:info{job="api"}', values="1x20"),
                InputSeries(series='platform:expected_job:info{job="redis-exporter"}', values="1x20"),
                _up("redis-exporter", "1x20"),
            ),
            at=minutes(3),
            firing=({"job": "api"},),
        ),
        AlertTest(
            claim="a target that is down is not missing",
            series=(
                InputSeries(series='platform:expected_job:info{job="api"}', values="1x20"),
                _up("api", "0x20"),
            ),
            at=minutes(3),
            firing=(),
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
        AlertTest(
            claim="three of five targets down fire",
            interval=seconds(5),
            series=(
                *(_up(job, "1x6 0x24") for job in ("api", "gateway", "worker")),
                *(_up(job, "1x30") for job in ("prometheus", "redis-exporter")),
            ),
            at=minutes(2),
            firing=({},),
        ),
        AlertTest(
            claim="two of three targets down are two alerts of their own",
            interval=seconds(5),
            series=(_up("api", "0x30"), _up("gateway", "0x30"), _up("prometheus", "1x30")),
            at=minutes(2),
            firing=(),
        ),
    ),
)

POSTGRES_DOWN: Final = AlertRule(
    name="PostgresDown",
    expr="max by (job, instance) (pg_up) == 0",
    for_=seconds(5),
    why_for="Two probes: with 5 s to the scrape and 5 s to the evaluation it fires 15 s after the fault, before"
    " the errors that it causes have waited their 20 s.",
    severity=Severity.CRITICAL,
    team="platform",
    labels={"signal": "availability"},
    summary="PostgreSQL does not answer.",
    description="{{ $labels.instance }} cannot connect to the database: every service that stores data fails.",
    dashboard=DATABASES,
    logs=LogLink(query='{service="postgres"}'),
    tests=(
        AlertTest(
            claim="a database that refuses connections fires",
            interval=seconds(5),
            series=(_probe("postgres-exporter", "pg_up", "1x6 0x12"),),
            at=seconds(60),
            firing=({"job": "postgres-exporter", "instance": "postgres-exporter"},),
        ),
        AlertTest(
            claim="one failed probe is silent",
            interval=seconds(5),
            series=(_probe("postgres-exporter", "pg_up", "1x6 0 1x12"),),
            at=seconds(40),
            firing=(),
        ),
    ),
)

REDIS_DOWN: Final = AlertRule(
    name="RedisDown",
    expr="max by (job, instance) (redis_up) == 0",
    for_=seconds(5),
    why_for="Two probes: with 5 s to the scrape and 5 s to the evaluation it fires 15 s after the fault, before"
    " the errors that it causes have waited their 20 s.",
    severity=Severity.CRITICAL,
    team="platform",
    labels={"signal": "availability"},
    summary="Redis does not answer.",
    description="{{ $labels.instance }} cannot reach Redis: caches are cold and rate limits are not shared.",
    dashboard=DATABASES,
    logs=LogLink(query='{service="redis"}'),
    tests=(
        AlertTest(
            claim="a Redis that is gone fires",
            interval=seconds(5),
            series=(_probe("redis-exporter", "redis_up", "1x6 0x12"),),
            at=seconds(60),
            firing=({"job": "redis-exporter", "instance": "redis-exporter"},),
        ),
        AlertTest(
            claim="one failed probe is silent",
            interval=seconds(5),
            series=(_probe("redis-exporter", "redis_up", "1x6 0 1x12"),),
            at=seconds(40),
            firing=(),
        ),
    ),
)

_CAUSES: Final = 'alertname=~"PostgresDown|RedisDown|ServiceDown|ManyTargetsDown", severity="critical"'


def _cause(values: str) -> InputSeries:
    return InputSeries.of(
        "ALERTS",
        values,
        alertname="PostgresDown",
        alertstate="firing",
        severity="critical",
        job="postgres-exporter",
    )


OUTAGE_RECENT: Final = AlertRule(
    name="OutageRecent",
    expr=f'count(max_over_time(ALERTS{{{_CAUSES}, alertstate="firing"}}[7m])) > 0',
    severity=Severity.INFO,
    team="platform",
    labels={"signal": "aftermath"},
    summary="An outage was paged within the last seven minutes.",
    description=(
        "It silences errors and error budgets, which outlast the outage that made them: errors by six minutes,"
        " the short window of budgets by five. What is new in these minutes is silenced, too."
    ),
    dashboard=INFRASTRUCTURE,
    tests=(
        AlertTest(
            claim="an outage that is over silences its errors for six minutes more",
            interval=seconds(15),
            series=(_cause("1x8 stale"),),
            at=minutes(8),
            firing=({},),
        ),
        AlertTest(
            claim="after eight minutes nothing is left of it",
            interval=seconds(15),
            series=(_cause("1x8 stale"),),
            at=minutes(10),
            firing=(),
        ),
        AlertTest(
            claim="a ticket is no outage",
            interval=seconds(15),
            series=(
                InputSeries.of(
                    "ALERTS",
                    "1x60",
                    alertname="ExporterDown",
                    alertstate="firing",
                    severity="warning",
                    job="x",
                ),
            ),
            at=minutes(8),
            firing=(),
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
    POSTGRES_DOWN,
    REDIS_DOWN,
    OUTAGE_RECENT,
)
