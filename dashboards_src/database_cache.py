"""PostgreSQL and Redis, as they see themselves and as the services see them."""

from __future__ import annotations

from typing import Final

from platformctl.model.dashboard import Audience, Dashboard, Row
from platformctl.model.panel import Color, Link, Panel, PanelKind, Query, Threshold, Unit, ValueText

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
        Panel(
            title="PostgreSQL",
            description="Does the database answer? As its exporter sees it.",
            kind=PanelKind.STAT,
            queries=(Query(expr="min(pg_up)", instant=True),),
            unit=Unit.NONE,
            texts=UP_DOWN,
            width=4,
            height=5,
        ),
        Panel(
            title="Redis",
            description="Does the cache answer? As its exporter sees it.",
            kind=PanelKind.STAT,
            queries=(Query(expr="min(redis_up)", instant=True),),
            unit=Unit.NONE,
            texts=UP_DOWN,
            width=4,
            height=5,
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
        Panel(
            title="Found in the cache",
            description="Does the services' cache pay? Share of look-ups that found something.",
            kind=PanelKind.STAT,
            queries=(
                Query(
                    expr='sum(rate(cache_lookups_total{result="hit"}[$__rate_interval]))'
                    " / sum(rate(cache_lookups_total[$__rate_interval]))"
                ),
            ),
            unit=Unit.RATIO,
            base=Color.RED,
            thresholds=(Threshold(value=0.5, color=Color.YELLOW), Threshold(value=0.8, color=Color.GREEN)),
            width=4,
            height=5,
            empty_reason="nothing was looked up in a cache in this time",
        ),
        Panel(
            title="Slow statements",
            description="Did statements exceed the services' own threshold? Number in the last hour.",
            kind=PanelKind.STAT,
            queries=(Query(expr="sum(increase(db_slow_queries_total[1h])) or vector(0)"),),
            decimals=0,
            thresholds=ANY_IS_BAD,
            width=4,
            height=5,
        ),
    ),
)

SERVICES: Final = Row(
    title="As the services see them",
    panels=(
        Panel(
            title="Statements, 95th percentile",
            description="Is the database slow for us? Time of SQL statements by operation.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(
                    expr="histogram_quantile(0.95, sum by (le, operation)"
                    " (rate(db_query_duration_seconds_bucket[$__rate_interval])))",
                    legend="{{operation}}",
                ),
            ),
            unit=Unit.SECONDS,
        ),
        Panel(
            title="Connections of the pools",
            description="How close is each pool to its limit? In use, and the most it may hand out.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(expr="sum by (job) (db_pool_connections_in_use)", legend="{{job}} in use"),
                Query(expr="sum by (job) (db_pool_connections_max)", legend="{{job}} limit"),
            ),
        ),
        Panel(
            title="Failures of the database layer",
            description="Why do statements fail? No connection, none free in the pool in time,"
            " or the statement itself.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(
                    expr="sum by (kind) (rate(db_errors_total[$__rate_interval]))",
                    legend="{{kind}}",
                ),
            ),
            unit=Unit.PER_SECOND,
            stacked=True,
            empty_reason="no statement has failed since the services started",
        ),
        Panel(
            title="Redis commands, 95th percentile",
            description="Is the cache slow for us? Time of commands, the network included.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(
                    expr="histogram_quantile(0.95, sum by (le, command)"
                    " (rate(redis_client_command_duration_seconds_bucket[$__rate_interval])))",
                    legend="{{command}}",
                ),
            ),
            unit=Unit.SECONDS,
        ),
        Panel(
            title="Redis commands that failed",
            description="Does the cache refuse or lose commands? By command.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(
                    expr='sum by (command) (rate(redis_client_commands_total{outcome="error"}'
                    "[$__rate_interval]))",
                    legend="{{command}}",
                ),
            ),
            unit=Unit.PER_SECOND,
            stacked=True,
            empty_reason="no command has failed since the services started",
        ),
        Panel(
            title="Found in each cache",
            description="Which cache is worth its memory? Share of look-ups that found something, by cache.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(
                    expr='sum by (cache) (rate(cache_lookups_total{result="hit"}[$__rate_interval]))'
                    " / sum by (cache) (rate(cache_lookups_total[$__rate_interval]))",
                    legend="{{cache}}",
                ),
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
        Panel(
            title="Transactions",
            description="How much does it do, and how much of it is thrown away?"
            " Committed and rolled back per second.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(
                    expr=f"sum(rate(pg_stat_database_xact_commit{{{OURS}}}[$__rate_interval]))",
                    legend="committed",
                ),
                Query(
                    expr=f"sum(rate(pg_stat_database_xact_rollback{{{OURS}}}[$__rate_interval]))",
                    legend="rolled back",
                ),
            ),
            unit=Unit.OPS_PER_SECOND,
        ),
        Panel(
            title="Connections by state",
            description="What do connections do? Many `idle in transaction` hold locks and stop clean-up.",
            kind=PanelKind.TIMESERIES,
            queries=(Query(expr="sum by (state) (pg_stat_activity_count)", legend="{{state}}"),),
            stacked=True,
        ),
        Panel(
            title="Longest transaction",
            description="Does one transaction block the others? Age of the oldest, by database.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(
                    expr=f"max by (datname) (pg_stat_activity_max_tx_duration{{{OURS}}})",
                    legend="{{datname}}",
                ),
            ),
            unit=Unit.SECONDS,
        ),
        Panel(
            title="Read from memory",
            description="Is shared_buffers large enough? Share of blocks found in memory;"
            " a healthy server is above 99%.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(
                    expr=f"sum by (datname) (rate(pg_stat_database_blks_hit{{{OURS}}}[$__rate_interval]))"
                    f" / (sum by (datname) (rate(pg_stat_database_blks_hit{{{OURS}}}[$__rate_interval]))"
                    f" + sum by (datname) (rate(pg_stat_database_blks_read{{{OURS}}}[$__rate_interval])))",
                    legend="{{datname}}",
                ),
            ),
            unit=Unit.RATIO,
            maximum=1,
        ),
        Panel(
            title="Deadlocks",
            description="Do transactions block each other? Deadlocks that the server resolved"
            " by failing one of them, in the chosen time range.",
            kind=PanelKind.STAT,
            queries=(
                Query(expr=f"sum(increase(pg_stat_database_deadlocks{{{OURS}}}[$__range]))", instant=True),
            ),
            decimals=0,
            thresholds=ANY_IS_BAD,
        ),
        Panel(
            title="Size",
            description="How fast does it grow? Size of each database on disk.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(expr=f"max by (datname) (pg_database_size_bytes{{{OURS}}})", legend="{{datname}}"),
            ),
            unit=Unit.BYTES,
        ),
    ),
)

REDIS: Final = Row(
    title="Redis",
    panels=(
        Panel(
            title="Memory",
            description="Does it fit? Memory of the data, and what the system gave the process.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(expr="sum(redis_memory_used_bytes)", legend="data"),
                Query(expr="sum(redis_memory_used_rss_bytes)", legend="process"),
            ),
            unit=Unit.BYTES,
        ),
        Panel(
            title="Commands by name",
            description="What is it asked for? Commands per second.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(
                    expr="topk(10, sum by (cmd) (rate(redis_commands_total[$__rate_interval])))",
                    legend="{{cmd}}",
                ),
            ),
            unit=Unit.OPS_PER_SECOND,
            stacked=True,
        ),
        Panel(
            title="Clients",
            description="Who is connected? Connected clients, and those that wait in a blocking command.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(expr="sum(redis_connected_clients)", legend="connected"),
                Query(expr="sum(redis_blocked_clients)", legend="blocked"),
            ),
        ),
        Panel(
            title="Keys thrown out",
            description="Does memory run out? Keys evicted for lack of memory (bad)"
            " and expired at their time (normal), per second.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(expr="sum(rate(redis_evicted_keys_total[$__rate_interval]))", legend="evicted"),
                Query(expr="sum(rate(redis_expired_keys_total[$__rate_interval]))", legend="expired"),
            ),
            unit=Unit.PER_SECOND,
        ),
        Panel(
            title="Found by Redis",
            description="Do reads find their key? Share of reads that did, over all of Redis.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(
                    expr="sum(rate(redis_keyspace_hits_total[$__rate_interval]))"
                    " / (sum(rate(redis_keyspace_hits_total[$__rate_interval]))"
                    " + sum(rate(redis_keyspace_misses_total[$__rate_interval])))",
                    legend="found",
                ),
            ),
            unit=Unit.RATIO,
            minimum=0,
            maximum=1,
            empty_reason="no key was read in this time",
        ),
        Panel(
            title="Keys",
            description="Does something pile up? Keys in each logical database.",
            kind=PanelKind.TIMESERIES,
            queries=(Query(expr="sum by (db) (redis_db_keys) > 0", legend="{{db}}"),),
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
