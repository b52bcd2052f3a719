"""PostgreSQL and Redis, as they see themselves and as the services see them."""

from __future__ import annotations

from typing import Final

from platformctl.model.dashboard import Audience, Dashboard, Row
from platformctl.model.panel import Color, Link, Panel, PanelKind, Query, Threshold, Unit, ValueText
from platformctl.model.panels import graph, stat

FULL: Final = (Threshold(value=0.8, color=Color.YELLOW), Threshold(value=0.9, color=Color.RED))
ANY_IS_BAD: Final = (Threshold(value=1, color=Color.RED),)
UP_DOWN: Final = (
    ValueText(value=0, text="down", color=Color.RED),
    ValueText(value=1, text="up", color=Color.GREEN),
)
# Databases of PostgreSQL itself.
OURS: Final = 'datname!~"template.*|postgres|"'

NOW: Final = Row(
    title="Right now",
    panels=(
        stat(
            "PostgreSQL",
            "Does the database answer? As its exporter sees it.",
            "min(pg_up)",
            instant=True,
            unit=Unit.NONE,
            texts=UP_DOWN,
            base=Color.GREEN,
        ),
        stat(
            "Redis",
            "Does the cache answer? As its exporter sees it.",
            "min(redis_up)",
            instant=True,
            unit=Unit.NONE,
            texts=UP_DOWN,
            base=Color.GREEN,
        ),
        Panel(
            title="Database connections in use",
            description="Is the server running out of connections? Share of max_connections.",
            kind=PanelKind.GAUGE,
            queries=(Query(expr="sum(pg_stat_activity_count) / sum(pg_settings_max_connections)"),),
            unit=Unit.RATIO,
            thresholds=FULL,
            minimum=0,
            maximum=1,
            width=4,
            height=5,
        ),
        Panel(
            title="Connection pools in use",
            description="Do requests wait for a connection? The fullest pool of a service.",
            kind=PanelKind.GAUGE,
            queries=(Query(expr="max(db_pool_connections_in_use / db_pool_connections_max)"),),
            unit=Unit.RATIO,
            thresholds=FULL,
            minimum=0,
            maximum=1,
            width=4,
            height=5,
        ),
        stat(
            "Found in the cache",
            "Does the services' cache pay? Share of look-ups that found something.",
            'sum(rate(cache_lookups_total{result="hit"}[$__rate_interval]))'
            " / sum(rate(cache_lookups_total[$__rate_interval]))",
            unit=Unit.RATIO,
            base=Color.RED,
            thresholds=(Threshold(value=0.5, color=Color.YELLOW), Threshold(value=0.8, color=Color.GREEN)),
            empty_reason="nothing was looked up in a cache in this time",
        ),
        stat(
            "Slow statements",
            "Did statements exceed the services' own threshold? Number in the last hour.",
            "sum(increase(db_slow_queries_total[1h])) or vector(0)",
            decimals=0,
            thresholds=ANY_IS_BAD,
        ),
    ),
)

SERVICES: Final = Row(
    title="As the services see them",
    panels=(
        graph(
            "Statements, 95th percentile",
            "Is the database slow for us? Time of SQL statements by operation.",
            (
                "histogram_quantile(0.95, sum by (le, operation)"
                " (rate(db_query_duration_seconds_bucket[$__rate_interval])))",
                "{{operation}}",
            ),
            unit=Unit.SECONDS,
        ),
        graph(
            "Connections of the pools",
            "How close is each pool to its limit? In use, and the most it may hand out.",
            ("sum by (job) (db_pool_connections_in_use)", "{{job}} in use"),
            ("sum by (job) (db_pool_connections_max)", "{{job}} limit"),
        ),
        graph(
            "Failures of the database layer",
            "Why do statements fail? No connection, none free in the pool in time, or the statement itself.",
            ("sum by (kind) (rate(db_errors_total[$__rate_interval]))", "{{kind}}"),
            unit=Unit.PER_SECOND,
            stacked=True,
            empty_reason="no statement has failed since the services started",
        ),
        graph(
            "Redis commands, 95th percentile",
            "Is the cache slow for us? Time of commands, the network included.",
            (
                "histogram_quantile(0.95, sum by (le, command)"
                " (rate(redis_client_command_duration_seconds_bucket[$__rate_interval])))",
                "{{command}}",
            ),
            unit=Unit.SECONDS,
        ),
        graph(
            "Redis commands that failed",
            "Does the cache refuse or lose commands? By command.",
            (
                'sum by (command) (rate(redis_client_commands_total{outcome="error"}[$__rate_interval]))',
                "{{command}}",
            ),
            unit=Unit.PER_SECOND,
            stacked=True,
            empty_reason="no command has failed since the services started",
        ),
        graph(
            "Found in each cache",
            "Which cache is worth its memory? Share of look-ups that found something, by cache.",
            (
                'sum by (cache) (rate(cache_lookups_total{result="hit"}[$__rate_interval]))'
                " / sum by (cache) (rate(cache_lookups_total[$__rate_interval]))",
                "{{cache}}",
            ),
            unit=Unit.RATIO,
            minimum=0,
            maximum=1,
            empty_reason="nothing was looked up in a cache in this time",
        ),
    ),
)

POSTGRES: Final = Row(
    title="PostgreSQL",
    panels=(
        graph(
            "Transactions",
            "How much does it do, and how much of it is thrown away? Committed and rolled back per second.",
            (f"sum(rate(pg_stat_database_xact_commit{{{OURS}}}[$__rate_interval]))", "committed"),
            (f"sum(rate(pg_stat_database_xact_rollback{{{OURS}}}[$__rate_interval]))", "rolled back"),
            unit=Unit.OPS_PER_SECOND,
        ),
        graph(
            "Connections by state",
            "What do connections do? Many `idle in transaction` hold locks and stop clean-up.",
            ("sum by (state) (pg_stat_activity_count)", "{{state}}"),
            stacked=True,
        ),
        graph(
            "Longest transaction",
            "Does one transaction block the others? Age of the oldest, by database.",
            (f"max by (datname) (pg_stat_activity_max_tx_duration{{{OURS}}})", "{{datname}}"),
            unit=Unit.SECONDS,
        ),
        graph(
            "Read from memory",
            "Is shared_buffers large enough? Share of blocks found in memory; a healthy server is above 99%.",
            (
                f"sum by (datname) (rate(pg_stat_database_blks_hit{{{OURS}}}[$__rate_interval]))"
                f" / (sum by (datname) (rate(pg_stat_database_blks_hit{{{OURS}}}[$__rate_interval]))"
                f" + sum by (datname) (rate(pg_stat_database_blks_read{{{OURS}}}[$__rate_interval])))",
                "{{datname}}",
            ),
            unit=Unit.RATIO,
            maximum=1,
        ),
        stat(
            "Deadlocks",
            "Do transactions block each other? Deadlocks that the server resolved"
            " by failing one of them, in the chosen time range.",
            f"sum(increase(pg_stat_database_deadlocks{{{OURS}}}[$__range]))",
            instant=True,
            decimals=0,
            thresholds=ANY_IS_BAD,
            width=8,
            height=8,
        ),
        graph(
            "Size",
            "How fast does it grow? Size of each database on disk.",
            (f"max by (datname) (pg_database_size_bytes{{{OURS}}})", "{{datname}}"),
            unit=Unit.BYTES,
        ),
    ),
)

REDIS: Final = Row(
    title="Redis",
    panels=(
        graph(
            "Memory",
            "Does it fit? Memory of the data, and what the system gave the process.",
            ("sum(redis_memory_used_bytes)", "data"),
            ("sum(redis_memory_used_rss_bytes)", "process"),
            unit=Unit.BYTES,
        ),
        graph(
            "Commands by name",
            "What is it asked for? Commands per second.",
            ("topk(10, sum by (cmd) (rate(redis_commands_total[$__rate_interval])))", "{{cmd}}"),
            unit=Unit.OPS_PER_SECOND,
            stacked=True,
        ),
        graph(
            "Clients",
            "Who is connected? Connected clients, and those that wait in a blocking command.",
            ("sum(redis_connected_clients)", "connected"),
            ("sum(redis_blocked_clients)", "blocked"),
        ),
        graph(
            "Keys thrown out",
            "Does memory run out? Keys evicted for lack of memory (bad)"
            " and expired at their time (normal), per second.",
            ("sum(rate(redis_evicted_keys_total[$__rate_interval]))", "evicted"),
            ("sum(rate(redis_expired_keys_total[$__rate_interval]))", "expired"),
            unit=Unit.PER_SECOND,
        ),
        graph(
            "Found by Redis",
            "Do reads find their key? Share of reads that did, over all of Redis.",
            (
                "sum(rate(redis_keyspace_hits_total[$__rate_interval]))"
                " / (sum(rate(redis_keyspace_hits_total[$__rate_interval]))"
                " + sum(rate(redis_keyspace_misses_total[$__rate_interval])))",
                "found",
            ),
            unit=Unit.RATIO,
            minimum=0,
            maximum=1,
            empty_reason="no key was read in this time",
        ),
        graph(
            "Keys",
            "Does something pile up? Keys in each logical database.",
            ("sum by (db) (redis_db_keys) > 0", "{{db}}"),
            empty_reason="Redis holds no keys",
        ),
    ),
)

DATABASE_CACHE: Final = Dashboard(
    uid="database-cache",
    title="Database and cache",
    question="Is the database or the cache the reason that services are slow or fail?",
    audience=Audience.OPERATIONS,
    rows=(NOW, SERVICES, POSTGRES, REDIS),
    links=(
        Link(title="Overview", dashboard="platform-overview"),
        Link(title="Endpoints", dashboard="api-endpoints"),
        Link(title="Infrastructure", dashboard="infrastructure"),
    ),
)

DASHBOARDS: Final = (DATABASE_CACHE,)
