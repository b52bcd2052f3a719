"""Are database and cache quick, complete and in step, as the services and they themselves see it?"""

from __future__ import annotations

from typing import Final

from platformctl.model.claims import fires, series, silent
from platformctl.model.rules import AlertRule, DashboardLink, LogLink, Severity
from platformctl.model.units import minutes

DATABASES: Final = DashboardLink(uid="database-cache")
SERVICES: Final = DashboardLink(uid="api-endpoints", variables={"service": "job"})
SERVICE_LOGS: Final = LogLink(query='{service="{{ $labels.job }}"} | json | level=~"warning|error"')

API: Final = {"job": "api", "instance": "api"}
POSTGRES: Final = {"job": "postgres-exporter", "instance": "postgres-exporter"}
REDIS: Final = {"job": "redis-exporter", "instance": "redis-exporter"}

SLOW_QUERIES: Final = AlertRule(
    name="DatabaseSlowQueries",
    expr=(
        "sum by (job) (increase(db_slow_queries_total[5m])) > 10\n"
        "and sum by (job) (rate(db_slow_queries_total[5m]))"
        " / sum by (job) (rate(db_query_duration_seconds_count[5m])) > 0.01"
    ),
    for_=minutes(2),
    why_for="An index that is being built or a nightly report makes a burst; two minutes more are a habit.",
    severity=Severity.WARNING,
    team="backend",
    labels={"signal": "latency"},
    summary="{{ $labels.job }} has run {{ $value | humanize }} slow statements in five minutes.",
    description="More than ten, and more than 1% of all, took longer than the service's threshold.",
    dashboard=SERVICES,
    logs=SERVICE_LOGS,
    tests=(
        fires(
            "one statement in twenty being slow fires",
            series("db_slow_queries_total", "0+5x60", **API, operation="select"),
            series("db_query_duration_seconds_count", "0+100x60", **API, operation="select"),
            at=minutes(9),
            alerts=({"job": "api"},),
        ),
        silent(
            "one in two hundred is silent, however many they are: almost a fault",
            series("db_slow_queries_total", "0+5x60", **API, operation="select"),
            series("db_query_duration_seconds_count", "0+1000x60", **API, operation="select"),
            at=minutes(9),
        ),
        silent(
            "it resolves five minutes after the last one",
            series("db_slow_queries_total", "0+5x40 200x60", **API, operation="select"),
            series("db_query_duration_seconds_count", "0+100x100", **API, operation="select"),
            at=minutes(16),
        ),
    ),
)

REPLICATION_LAG: Final = AlertRule(
    name="PostgresReplicationLag",
    expr="pg_replication_lag_seconds > 30 and on (job, instance) pg_replication_is_replica == 1",
    for_=minutes(2),
    why_for="A bulk load puts a replica behind for a minute; it must catch up by itself.",
    severity=Severity.WARNING,
    team="platform",
    labels={"signal": "replication"},
    summary="{{ $labels.instance }} is {{ $value | humanizeDuration }} behind its primary.",
    description="Readers of the replica see old data, and so much would be lost if the primary died now.",
    dashboard=DATABASES,
    logs=LogLink(query='{service="postgres"}'),
    tests=(
        fires(
            "a minute behind for three minutes fires",
            series("pg_replication_lag_seconds", "60x40", **POSTGRES),
            series("pg_replication_is_replica", "1x40", **POSTGRES),
            at=minutes(4),
            alerts=(POSTGRES,),
        ),
        silent(
            "25 s behind is silent: almost a fault",
            series("pg_replication_lag_seconds", "25x40", **POSTGRES),
            series("pg_replication_is_replica", "1x40", **POSTGRES),
            at=minutes(4),
        ),
        silent(
            "a primary has no lag, whatever its exporter says",
            series("pg_replication_lag_seconds", "600x40", **POSTGRES),
            series("pg_replication_is_replica", "0x40", **POSTGRES),
            at=minutes(4),
        ),
        silent(
            "a replica that has caught up resolves",
            series("pg_replication_lag_seconds", "60x20 1x20", **POSTGRES),
            series("pg_replication_is_replica", "1x40", **POSTGRES),
            at=minutes(6),
        ),
    ),
)

CACHE_UNREACHABLE: Final = AlertRule(
    name="CacheUnreachable",
    expr=(
        'sum by (job) (rate(cache_lookups_total{result="error"}[1m]))\n'
        "/ (sum by (job) (rate(cache_lookups_total[1m])) > 0) > 0.5"
    ),
    for_=minutes(1),
    why_for="Without its cache a service is slow and right; a restart of Redis takes seconds.",
    severity=Severity.WARNING,
    team="backend",
    labels={"signal": "cache"},
    summary="{{ $value | humanizePercentage }} of the cache look-ups of {{ $labels.job }} fail.",
    description="The service cannot reach Redis, though Redis may be well: every request goes to the database.",
    dashboard=SERVICES,
    logs=SERVICE_LOGS,
    tests=(
        fires(
            "every look-up failing fires",
            series("cache_lookups_total", "0+10x20", **API, cache="records", result="error"),
            series("cache_lookups_total", "50x20", **API, cache="records", result="hit"),
            at=minutes(3),
            alerts=({"job": "api"},),
        ),
        silent(
            "four failures of ten are silent: almost a fault",
            series("cache_lookups_total", "0+4x20", **API, cache="records", result="error"),
            series("cache_lookups_total", "0+6x20", **API, cache="records", result="hit"),
            at=minutes(3),
        ),
        silent(
            "it resolves a minute after Redis is back",
            series("cache_lookups_total", "0+10x20 200x20", **API, cache="records", result="error"),
            series("cache_lookups_total", "50x20 50+10x20", **API, cache="records", result="hit"),
            at=minutes(7),
        ),
    ),
)

REDIS_EVICTS: Final = AlertRule(
    name="RedisEvictsKeys",
    expr="increase(redis_evicted_keys_total[5m]) > 100",
    for_=minutes(10),
    why_for="A burst of new keys pushes old ones out once; a quarter of an hour of it is a cache that is too small.",
    severity=Severity.WARNING,
    team="platform",
    labels={"signal": "saturation"},
    summary="Redis has evicted {{ $value | humanize }} keys in five minutes.",
    description="Its memory is full: cached values, and counters of rate limits, vanish before their time.",
    dashboard=DATABASES,
    logs=LogLink(query='{service="redis"}'),
    tests=(
        fires(
            "ten keys each quarter of a minute for a quarter of an hour fire",
            series("redis_evicted_keys_total", "0+10x80", **REDIS),
            at=minutes(16),
            alerts=(REDIS,),
        ),
        silent(
            "four keys each quarter of a minute are silent: almost a fault",
            series("redis_evicted_keys_total", "0+4x80", **REDIS),
            at=minutes(16),
        ),
        silent(
            "it resolves five minutes after the last one",
            series("redis_evicted_keys_total", "0+10x80 800x40", **REDIS),
            at=minutes(26),
        ),
    ),
)

HIT_RATE: Final = AlertRule(
    name="RedisHitRateLow",
    expr=(
        "rate(redis_keyspace_hits_total[10m])\n"
        "/ (rate(redis_keyspace_hits_total[10m]) + rate(redis_keyspace_misses_total[10m]) > 10) < 0.5"
    ),
    for_=minutes(20),
    why_for="After a restart or a deployment a cache is cold for a while, and that is no fault.",
    severity=Severity.WARNING,
    team="backend",
    labels={"signal": "cache"},
    summary="Only {{ $value | humanizePercentage }} of the keys asked of Redis are there.",
    description="Under half, at more than ten look-ups a second: the database does the cache's work.",
    dashboard=DATABASES,
    tests=(
        fires(
            "a third of the keys found for half an hour fires",
            series("redis_keyspace_hits_total", "0+500x60", **REDIS),
            series("redis_keyspace_misses_total", "0+1000x60", **REDIS),
            at=minutes(32),
            every=minutes(1),
            alerts=(REDIS,),
        ),
        silent(
            "six tenths are silent: almost a fault",
            series("redis_keyspace_hits_total", "0+900x60", **REDIS),
            series("redis_keyspace_misses_total", "0+600x60", **REDIS),
            at=minutes(32),
            every=minutes(1),
        ),
        silent(
            "a handful of look-ups has no hit rate",
            series("redis_keyspace_hits_total", "0+5x60", **REDIS),
            series("redis_keyspace_misses_total", "0+50x60", **REDIS),
            at=minutes(32),
            every=minutes(1),
        ),
        silent(
            "a cache that is warm again resolves",
            series("redis_keyspace_hits_total", "0+500x40 20000+2000x40", **REDIS),
            series("redis_keyspace_misses_total", "0+1000x80", **REDIS),
            at=minutes(55),
            every=minutes(1),
        ),
    ),
)

ALERTS: Final = (SLOW_QUERIES, REPLICATION_LAG, CACHE_UNREACHABLE, REDIS_EVICTS, HIT_RATE)
