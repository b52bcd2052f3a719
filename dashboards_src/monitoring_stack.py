"""The watchers themselves: Prometheus, Alertmanager, Loki."""

from __future__ import annotations

from typing import Final

from platformctl.model.dashboard import Audience, Dashboard, Row
from platformctl.model.panel import Color, Link, Panel, PanelKind, Query, Threshold, Unit, ValueText

ANY_IS_BAD: Final = (Threshold(value=1, color=Color.RED),)
NO_LOKI: Final = "no Loki runs in this deployment"
YES_NO: Final = (
    ValueText(value=0, text="refused", color=Color.RED),
    ValueText(value=1, text="loaded", color=Color.GREEN),
)

TRUST: Final = Row(
    title="Can the other dashboards be trusted?",
    panels=(
        Panel(
            title="Targets down",
            description="What is not being measured? Scrape targets that do not answer.",
            kind=PanelKind.STAT,
            queries=(Query(expr="count(up == 0) or vector(0)"),),
            thresholds=ANY_IS_BAD,
            width=4,
            height=5,
        ),
        Panel(
            title="Rules failing",
            description="Are alerts blind? Rule evaluations that failed in the last hour.",
            kind=PanelKind.STAT,
            queries=(Query(expr="sum(increase(prometheus_rule_evaluation_failures_total[1h]))"),),
            decimals=0,
            thresholds=ANY_IS_BAD,
            width=4,
            height=5,
            empty_reason="Prometheus has no rules",
        ),
        Panel(
            title="Evaluations missed",
            description="Is Prometheus too slow for its rules? Evaluations left out in the last hour.",
            kind=PanelKind.STAT,
            queries=(Query(expr="sum(increase(prometheus_rule_group_iterations_missed_total[1h]))"),),
            decimals=0,
            thresholds=ANY_IS_BAD,
            width=4,
            height=5,
            empty_reason="Prometheus has no rules",
        ),
        Panel(
            title="Notifications failed",
            description="Would a page arrive? Notifications that Alertmanager could not deliver"
            " in the last hour.",
            kind=PanelKind.STAT,
            queries=(Query(expr="sum(increase(alertmanager_notifications_failed_total[1h]))"),),
            decimals=0,
            thresholds=ANY_IS_BAD,
            width=4,
            height=5,
        ),
        Panel(
            title="Prometheus' configuration",
            description="Does it run what was deployed? Whether the last load was accepted.",
            kind=PanelKind.STAT,
            queries=(Query(expr="min(prometheus_config_last_reload_successful)", instant=True),),
            unit=Unit.NONE,
            texts=YES_NO,
            width=4,
            height=5,
        ),
        Panel(
            title="Alertmanager's configuration",
            description="Does it run what was deployed? Whether the last load was accepted.",
            kind=PanelKind.STAT,
            queries=(Query(expr="min(alertmanager_config_last_reload_successful)", instant=True),),
            unit=Unit.NONE,
            texts=YES_NO,
            width=4,
            height=5,
        ),
    ),
)

COLLECTION: Final = Row(
    title="Collecting",
    panels=(
        Panel(
            title="Samples taken in",
            description="How much does it collect? Samples appended per second.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(
                    expr="sum(rate(prometheus_tsdb_head_samples_appended_total[$__rate_interval]))",
                    legend="samples",
                ),
            ),
            unit=Unit.PER_SECOND,
        ),
        Panel(
            title="Series in memory",
            description="Does cardinality explode? Series with recent samples; memory follows this figure.",
            kind=PanelKind.TIMESERIES,
            queries=(Query(expr="sum(prometheus_tsdb_head_series)", legend="series"),),
        ),
        Panel(
            title="Where the series come from",
            description="Which component costs most? Samples of one scrape, by job.",
            kind=PanelKind.BAR_GAUGE,
            queries=(
                Query(
                    expr="sort_desc(sum by (job) (scrape_samples_post_metric_relabeling))",
                    legend="{{job}}",
                    instant=True,
                ),
            ),
            base=Color.BLUE,
        ),
        Panel(
            title="Time of a scrape",
            description="Does a target answer too slowly? Seconds per scrape; above 10 s it counts as down.",
            kind=PanelKind.TIMESERIES,
            queries=(Query(expr="max by (job) (scrape_duration_seconds)", legend="{{job}}"),),
            unit=Unit.SECONDS,
        ),
        Panel(
            title="Storage",
            description="Will the disk hold it? Bytes of blocks on disk.",
            kind=PanelKind.TIMESERIES,
            queries=(Query(expr="sum(prometheus_tsdb_storage_blocks_bytes)", legend="blocks"),),
            unit=Unit.BYTES,
        ),
        Panel(
            title="Memory",
            description="Is a watcher about to be killed? Resident memory of the stack's own parts.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(
                    expr='process_resident_memory_bytes{job=~"prometheus|alertmanager|loki|promtail|alloy'
                    '|grafana|.*-exporter"}',
                    legend="{{job}}",
                ),
            ),
            unit=Unit.BYTES,
            stacked=True,
        ),
    ),
)

ALERTING: Final = Row(
    title="Rules and alerts",
    panels=(
        Panel(
            title="Time to evaluate a rule group",
            description="Which rules are expensive? Seconds of the last evaluation, by group;"
            " longer than its interval, and evaluations are missed.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(
                    expr="topk(10, max by (rule_group) (prometheus_rule_group_last_duration_seconds))",
                    legend="{{rule_group}}",
                ),
            ),
            unit=Unit.SECONDS,
            empty_reason="Prometheus has no rules",
        ),
        Panel(
            title="Queries",
            description="Are dashboards and rules slow to answer? 90th percentile of the time of a query,"
            " by phase.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(
                    expr='max by (slice) (prometheus_engine_query_duration_seconds{quantile="0.9"})',
                    legend="{{slice}}",
                ),
            ),
            unit=Unit.SECONDS,
        ),
        Panel(
            title="Alerts in Alertmanager",
            description="How much is going on? Alerts held now: active, or suppressed by a silence"
            " or another alert.",
            kind=PanelKind.TIMESERIES,
            queries=(Query(expr="sum by (state) (alertmanager_alerts)", legend="{{state}}"),),
            stacked=True,
        ),
        Panel(
            title="Notifications",
            description="Who is being told? Notifications sent per minute, by integration.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(
                    expr="sum by (integration) (rate(alertmanager_notifications_total[$__rate_interval])) * 60"
                    " > 0",
                    legend="{{integration}}",
                ),
            ),
            empty_reason="no notification was sent in this time",
        ),
        Panel(
            title="Queue to Alertmanager",
            description="Do alerts get through? Share of Prometheus' notification queue in use.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(
                    expr="max(prometheus_notifications_queue_length / prometheus_notifications_queue_capacity)",
                    legend="queue",
                ),
            ),
            unit=Unit.RATIO,
            minimum=0,
            maximum=1,
        ),
        Panel(
            title="Silences",
            description="Is something silenced that should not be? Silences in effect.",
            kind=PanelKind.STAT,
            queries=(Query(expr='sum(alertmanager_silences{state="active"})'),),
            thresholds=(Threshold(value=1, color=Color.YELLOW),),
        ),
    ),
)

LOGS: Final = Row(
    title="Logs",
    panels=(
        Panel(
            title="Lines taken in",
            description="Do log lines arrive? Lines per second that Loki accepted, by Loki tenant.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(
                    expr="sum by (tenant) (rate(loki_distributor_lines_received_total[$__rate_interval]))",
                    legend="{{tenant}}",
                ),
            ),
            unit=Unit.PER_SECOND,
            stacked=True,
            empty_reason=NO_LOKI,
        ),
        Panel(
            title="Lines refused",
            description="Are lines lost? Lines that Loki refused, by reason: over a tenant's limit, too old,"
            " too long.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(
                    expr="sum by (reason) (rate(loki_discarded_samples_total[$__rate_interval]))",
                    legend="{{reason}}",
                ),
            ),
            unit=Unit.PER_SECOND,
            empty_reason="Loki refused nothing, or none runs in this deployment",
        ),
        Panel(
            title="Lines the agent dropped",
            description="Does the agent keep up? Lines that it read but gave up sending, by reason.",
            kind=PanelKind.TIMESERIES,
            queries=(
                Query(
                    expr="sum by (reason) (rate(promtail_dropped_entries_total[$__rate_interval]))",
                    legend="{{reason}}",
                ),
            ),
            unit=Unit.PER_SECOND,
            empty_reason="no Promtail runs in this deployment",
        ),
    ),
)

MONITORING_STACK: Final = Dashboard(
    uid="monitoring-stack",
    title="Monitoring stack",
    question="Can what the other dashboards and the alerts say be trusted, and what does watching cost?",
    audience=Audience.OPERATIONS,
    rows=(TRUST, COLLECTION, ALERTING, LOGS),
    links=(
        Link(title="Overview", dashboard="platform-overview"),
        Link(title="Infrastructure", dashboard="infrastructure"),
    ),
)

DASHBOARDS: Final = (MONITORING_STACK,)
