"""Is it full? More than 80 % for ten minutes is a ticket: there is time, and it must be used."""

from __future__ import annotations

from typing import Final

from platformctl.model.claims import fires, series, silent
from platformctl.model.rules import (
    AlertRule,
    DashboardLink,
    Escalation,
    InputSeries,
    RecordingRule,
    Severity,
)
from platformctl.model.units import hours, minutes

INFRASTRUCTURE: Final = DashboardLink(uid="infrastructure", variables={"host": "instance"})
DATABASES: Final = DashboardLink(uid="database-cache")
SERVICES: Final = DashboardLink(uid="api-endpoints", variables={"service": "job"})

SUSTAINED: Final = minutes(10)
WHY_SUSTAINED: Final = "Backups, deployments and vacuum fill a machine for minutes; ten are more than a peak."

NODE: Final = {"job": "node-exporter", "instance": "node-exporter"}
POSTGRES: Final = {"job": "postgres-exporter", "instance": "postgres-exporter"}
REDIS: Final = {"job": "redis-exporter", "instance": "redis-exporter"}
API: Final = {"job": "api", "instance": "api"}

CPU_RATIO: Final = RecordingRule(
    name="instance:node_cpu:ratio_rate5m",
    expr='1 - avg by (job, instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))',
    help="Share of the machine's CPU time that is used.",
)
MEMORY_RATIO: Final = RecordingRule(
    name="instance:node_memory_used:ratio",
    expr="1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes",
    help="Share of the machine's memory that could not be given to a new process.",
)
DISK_RATIO: Final = RecordingRule(
    name="instance_mountpoint:node_filesystem_used:ratio",
    expr=(
        "1 - max by (job, instance, mountpoint) (\n"
        '  node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs|overlay|squashfs|iso9660"}\n'
        '  / node_filesystem_size_bytes{fstype!~"tmpfs|ramfs|overlay|squashfs|iso9660"}\n'
        ")"
    ),
    help="Share of a file system that unprivileged processes cannot write to any more.",
)
POSTGRES_RATIO: Final = RecordingRule(
    name="instance:pg_connections:ratio",
    expr="sum by (job, instance) (pg_stat_activity_count) / max by (job, instance) (pg_settings_max_connections)",
    help="Share of PostgreSQL's connections that are taken.",
)
REDIS_RATIO: Final = RecordingRule(
    name="instance:redis_memory:ratio",
    expr="redis_memory_used_bytes / (redis_memory_max_bytes > 0)",
    help="Share of Redis' own memory limit that is used; absent where no limit is set.",
)
POOL_RATIO: Final = RecordingRule(
    name="instance:db_pool:ratio",
    expr="db_pool_connections_in_use / (db_pool_connections_max > 0)",
    help="Share of a service's database pool that is handed out.",
)


def _share(used: str, whole: str, labels: dict[str, str], percent: str) -> tuple[InputSeries, ...]:
    """A constant whole of 100, and how much of it is used, sample by sample."""
    return (series(used, percent, **labels), series(whole, "100x999", **labels))


CPU: Final = AlertRule(
    name="HostCpuSaturated",
    expr="instance:node_cpu:ratio_rate5m > 0.8",
    for_=SUSTAINED,
    why_for=WHY_SUSTAINED,
    severity=Severity.WARNING,
    team="platform",
    labels={"signal": "saturation"},
    summary="{{ $value | humanizePercentage }} of the CPU of {{ $labels.instance }} is used.",
    description="The CPU has been more than 80% busy for ten minutes: response times grow from here.",
    dashboard=INFRASTRUCTURE,
    tests=(
        fires(
            "nine tenths busy for a quarter of an hour fires",
            series("node_cpu_seconds_total", "0+6x20", **NODE, cpu="0", mode="idle"),
            at=minutes(16),
            every=minutes(1),
            alerts=(NODE,),
        ),
        silent(
            "three quarters busy is silent",
            series("node_cpu_seconds_total", "0+15x20", **NODE, cpu="0", mode="idle"),
            at=minutes(16),
            every=minutes(1),
        ),
        silent(
            "a busy peak of eight minutes is silent",
            series("node_cpu_seconds_total", "0+6x8 48+60x20", **NODE, cpu="0", mode="idle"),
            at=minutes(16),
            every=minutes(1),
        ),
    ),
)

MEMORY: Final = AlertRule(
    name="HostMemorySaturated",
    expr="instance:node_memory_used:ratio > 0.8",
    for_=SUSTAINED,
    why_for=WHY_SUSTAINED,
    severity=Severity.WARNING,
    team="platform",
    labels={"signal": "saturation"},
    summary="{{ $value | humanizePercentage }} of the memory of {{ $labels.instance }} is used.",
    description="Less than 20% of the memory has been available for ten minutes: the OOM killer is next.",
    dashboard=INFRASTRUCTURE,
    tests=(
        fires(
            "a tenth available for a quarter of an hour fires",
            *_share("node_memory_MemAvailable_bytes", "node_memory_MemTotal_bytes", NODE, "10x20"),
            at=minutes(15),
            every=minutes(1),
            alerts=(NODE,),
        ),
        silent(
            "a quarter available is silent",
            *_share("node_memory_MemAvailable_bytes", "node_memory_MemTotal_bytes", NODE, "25x20"),
            at=minutes(15),
            every=minutes(1),
        ),
    ),
)

ROOT: Final = NODE | {"mountpoint": "/"}
_DISK_LABELS: Final = ROOT | {"device": "/dev/sda1", "fstype": "ext4"}

DISK: Final = AlertRule(
    name="HostDiskSaturated",
    expr="instance_mountpoint:node_filesystem_used:ratio > 0.8",
    for_=SUSTAINED,
    escalation=Escalation(after=hours(4)),
    why_for=WHY_SUSTAINED,
    severity=Severity.WARNING,
    team="platform",
    labels={"signal": "saturation"},
    summary="{{ $labels.mountpoint }} of {{ $labels.instance }} is {{ $value | humanizePercentage }} full.",
    description="The file system has been more than 80% full for ten minutes: PostgreSQL stops when it is full.",
    dashboard=INFRASTRUCTURE,
    tests=(
        fires(
            "a tenth free for a quarter of an hour fires",
            *_share("node_filesystem_avail_bytes", "node_filesystem_size_bytes", _DISK_LABELS, "10x20"),
            at=minutes(15),
            every=minutes(1),
            alerts=(ROOT,),
        ),
        fires(
            "four hours later nobody has looked, and it pages",
            *_share("node_filesystem_avail_bytes", "node_filesystem_size_bytes", _DISK_LABELS, "10x300"),
            at=minutes(245),
            every=minutes(1),
            alerts=(ROOT, ROOT | {"severity": "critical", "escalated": "true"}),
        ),
        silent(
            "a quarter free is silent",
            *_share("node_filesystem_avail_bytes", "node_filesystem_size_bytes", _DISK_LABELS, "25x20"),
            at=minutes(15),
            every=minutes(1),
        ),
        silent(
            "a file system in memory may be full",
            *_share(
                "node_filesystem_avail_bytes",
                "node_filesystem_size_bytes",
                _DISK_LABELS | {"fstype": "tmpfs"},
                "1x20",
            ),
            at=minutes(15),
            every=minutes(1),
        ),
    ),
)

POSTGRES_CONNECTIONS: Final = AlertRule(
    name="PostgresConnectionsSaturated",
    expr="instance:pg_connections:ratio > 0.8",
    for_=SUSTAINED,
    why_for=WHY_SUSTAINED,
    severity=Severity.WARNING,
    team="platform",
    labels={"signal": "saturation"},
    summary="{{ $value | humanizePercentage }} of PostgreSQL's connections are taken.",
    description="More than 80% for ten minutes: at 100% new connections are refused and requests fail.",
    dashboard=DATABASES,
    tests=(
        fires(
            "85 of 100 connections for a quarter of an hour fire, whatever their state",
            series("pg_stat_activity_count", "25x20", **POSTGRES, datname="platform", state="active"),
            series("pg_stat_activity_count", "60x20", **POSTGRES, datname="platform", state="idle"),
            series("pg_settings_max_connections", "100x20", **POSTGRES),
            at=minutes(15),
            every=minutes(1),
            alerts=(POSTGRES,),
        ),
        silent(
            "75 of 100 connections are silent",
            series("pg_stat_activity_count", "75x20", **POSTGRES, datname="platform", state="idle"),
            series("pg_settings_max_connections", "100x20", **POSTGRES),
            at=minutes(15),
            every=minutes(1),
        ),
    ),
)

REDIS_MEMORY: Final = AlertRule(
    name="RedisMemorySaturated",
    expr="instance:redis_memory:ratio > 0.8",
    for_=SUSTAINED,
    why_for=WHY_SUSTAINED,
    severity=Severity.WARNING,
    team="platform",
    labels={"signal": "saturation"},
    summary="Redis uses {{ $value | humanizePercentage }} of the memory it may use.",
    description="More than 80% for ten minutes: at 100% Redis evicts keys or refuses writes.",
    dashboard=DATABASES,
    tests=(
        fires(
            "nine tenths of the limit for a quarter of an hour fire",
            *_share("redis_memory_used_bytes", "redis_memory_max_bytes", REDIS, "90x20"),
            at=minutes(15),
            every=minutes(1),
            alerts=(REDIS,),
        ),
        silent(
            "three quarters of the limit are silent",
            *_share("redis_memory_used_bytes", "redis_memory_max_bytes", REDIS, "75x20"),
            at=minutes(15),
            every=minutes(1),
        ),
        silent(
            "without a limit there is nothing to fill",
            series("redis_memory_used_bytes", "90x20", **REDIS),
            series("redis_memory_max_bytes", "0x20", **REDIS),
            at=minutes(15),
            every=minutes(1),
        ),
    ),
)

DB_POOL: Final = AlertRule(
    name="DatabasePoolSaturated",
    expr="instance:db_pool:ratio > 0.8",
    for_=minutes(2),
    escalation=Escalation(after=minutes(10)),
    why_for="A pool empties within seconds unless something holds its connections; requests queue already.",
    severity=Severity.WARNING,
    team="backend",
    labels={"signal": "saturation"},
    summary="{{ $labels.job }} has handed out {{ $value | humanizePercentage }} of its database pool.",
    description="More than 80% for two minutes: at 100% requests wait for a connection, and then fail.",
    dashboard=SERVICES,
    tests=(
        fires(
            "nine tenths of the pool for three minutes fire",
            *_share("db_pool_connections_in_use", "db_pool_connections_max", API, "90x20"),
            at=minutes(3),
            alerts=(API,),
        ),
        fires(
            "nine tenths of the pool for ten minutes page, besides",
            *_share("db_pool_connections_in_use", "db_pool_connections_max", API, "90x50"),
            at=minutes(11),
            alerts=(API, API | {"severity": "critical", "escalated": "true"}),
        ),
        silent(
            "a pool that empties ends its page with its ticket",
            *_share("db_pool_connections_in_use", "db_pool_connections_max", API, "90x48 10x20"),
            at=minutes(13),
        ),
        silent(
            "a full pool for one minute is silent",
            *_share("db_pool_connections_in_use", "db_pool_connections_max", API, "100x4 10x20"),
            at=minutes(3),
        ),
    ),
)

RECORDING_RULES: Final = (CPU_RATIO, MEMORY_RATIO, DISK_RATIO, POSTGRES_RATIO, REDIS_RATIO, POOL_RATIO)
ALERTS: Final = (CPU, MEMORY, DISK, POSTGRES_CONNECTIONS, REDIS_MEMORY, DB_POOL)
