"""What takes others down, and what it leaves behind: PostgreSQL, Redis, and the minutes after an incident.

Evaluated every 5 s, so that a cause fires before its symptoms have waited for it.
"""

from __future__ import annotations

from typing import Final

from platformctl.model.claims import fires, series, silent
from platformctl.model.rules import AlertRule, DashboardLink, InputSeries, LogLink, Severity
from platformctl.model.units import minutes, seconds

INTERVAL: Final = seconds(5)

INFRASTRUCTURE: Final = DashboardLink(uid="infrastructure")
DATABASES: Final = DashboardLink(uid="database-cache")
POSTGRES: Final = {"job": "postgres-exporter", "instance": "postgres-exporter"}
API: Final = {"job": "api", "instance": "api"}
REDIS: Final = {"job": "redis-exporter", "instance": "redis-exporter"}

POSTGRES_DOWN: Final = AlertRule(
    name="PostgresDown",
    expr=(
        "max by (job, instance) (pg_up) == 0\n"
        'or max by (job, instance) (up{job="postgres-exporter"}) == 0\n'
        'and on () sum(increase(db_errors_total{kind=~"connection|pool_timeout"}[1m])) > 5'
    ),
    for_=seconds(5),
    why_for="Two probes: with 5 s to the scrape and 5 s to the evaluation it fires 15 s after the fault, before"
    " the errors that it causes have waited their 20 s. An exporter that waits for a hung database is not answered"
    " by it and answers nobody; then the services, which have no connection either, are believed.",
    severity=Severity.CRITICAL,
    team="platform",
    labels={"signal": "availability"},
    summary="PostgreSQL does not answer.",
    description="{{ $labels.instance }} cannot connect to the database: every service that stores data fails.",
    dashboard=DATABASES,
    logs=LogLink(query='{service="postgres"}'),
    tests=(
        fires(
            "a database that refuses connections fires",
            series("pg_up", "1x6 0x12", **POSTGRES),
            at=seconds(60),
            every=seconds(5),
            alerts=(POSTGRES,),
        ),
        fires(
            "a database that hangs, and its exporter with it, fires when the services have no connection",
            series("up", "1x6 0x12", **POSTGRES),
            series("pg_up", "1x6 stale", **POSTGRES),
            series("db_errors_total", "0x6 4+4x20", **API, kind="connection"),
            at=seconds(60),
            every=seconds(5),
            alerts=(POSTGRES,),
        ),
        silent(
            "an exporter that died by itself is no dead database",
            series("up", "1x6 0x12", **POSTGRES),
            series("pg_up", "1x6 stale", **POSTGRES),
            series("db_errors_total", "0x20", **API, kind="connection"),
            at=seconds(60),
            every=seconds(5),
        ),
        silent(
            "one failed probe is silent",
            series("pg_up", "1x6 0 1x12", **POSTGRES),
            at=seconds(40),
            every=seconds(5),
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
        fires(
            "a Redis that is gone fires",
            series("redis_up", "1x6 0x12", **REDIS),
            at=seconds(60),
            every=seconds(5),
            alerts=(REDIS,),
        ),
        silent(
            "one failed probe is silent",
            series("redis_up", "1x6 0 1x12", **REDIS),
            at=seconds(40),
            every=seconds(5),
        ),
    ),
)

OUTAGES: Final = "PostgresDown|RedisDown|ServiceDown|ManyTargetsDown"
INCIDENTS: Final = f"{OUTAGES}|HighErrorRate|ManyTenantsFailing|ResponseOver30s"


def _paged(alert: str, values: str, severity: str = "critical") -> InputSeries:
    return series("ALERTS", values, alertname=alert, alertstate="firing", severity=severity, job="some")


def _firing(alerts: str, window: str) -> str:
    return (
        f'max_over_time(ALERTS{{alertname=~"{alerts}", severity="critical", alertstate="firing"}}[{window}])'
    )


OUTAGE_RECENT: Final = AlertRule(
    name="OutageRecent",
    expr=f"count({_firing(OUTAGES, '3m')}) > 0",
    why_for="Three minutes: errors outlast their outage by one minute of rate and one of `keep_firing_for`; the third"
    " is for clients that find their way back. Longer would hide what is new.",
    severity=Severity.INFO,
    team="platform",
    labels={"signal": "aftermath"},
    summary="An outage was paged within the last three minutes.",
    description="It silences errors, which outlast the outage that made them. New ones are silenced, too, so long.",
    dashboard=INFRASTRUCTURE,
    tests=(
        fires("it silences while the outage lasts", _paged("PostgresDown", "1x20"), at=minutes(4)),
        fires("and for almost three minutes more", _paged("PostgresDown", "1x8 stale"), at=seconds(285)),
        silent(
            "then nothing is left of it: what fires now is new",
            _paged("PostgresDown", "1x8 stale"),
            at=minutes(6),
        ),
        silent("a ticket is no outage", _paged("ServiceDown", "1x60", "warning"), at=minutes(4)),
        silent("errors without an outage are no outage", _paged("HighErrorRate", "1x60"), at=minutes(4)),
    ),
)

INCIDENT_RECENT: Final = AlertRule(
    name="IncidentRecent",
    expr=f'group by (cause) (label_replace({_firing(INCIDENTS, "7m")}, "cause", "$1", "alertname", "(.+)"))',
    why_for="Seven minutes: what looks at windows of five minutes cannot tell what is left of an incident from what is"
    " new before they are over. Alerts with windows of a minute can, and are not silenced by this one.",
    severity=Severity.INFO,
    team="platform",
    labels={"signal": "aftermath"},
    summary="{{ $labels.cause }} was paged within the last seven minutes.",
    description="It silences alerts that look back five minutes or more: error budgets and tenants' shares of errors.",
    dashboard=INFRASTRUCTURE,
    tests=(
        fires(
            "each kind of incident is told by its name",
            _paged("PostgresDown", "1x40"),
            _paged("HighErrorRate", "1x40"),
            at=minutes(4),
            alerts=({"cause": "PostgresDown"}, {"cause": "HighErrorRate"}),
        ),
        fires(
            "for almost seven minutes after its end",
            _paged("HighErrorRate", "1x8 stale"),
            at=seconds(525),
            alerts=({"cause": "HighErrorRate"},),
        ),
        silent("and not for ten", _paged("HighErrorRate", "1x8 stale"), at=minutes(10)),
        silent("a ticket leaves nothing behind", _paged("ResponseOver30s", "1x60", "warning"), at=minutes(8)),
    ),
)

ALERTS: Final = (POSTGRES_DOWN, REDIS_DOWN, OUTAGE_RECENT, INCIDENT_RECENT)
