"""The watchers themselves: Prometheus, Alertmanager, Loki."""

from __future__ import annotations

from typing import Final

from platformctl.model.dashboard import Audience, Dashboard, Row
from platformctl.model.panel import Color, Link, Threshold, Unit, ValueText
from platformctl.model.panels import bars, graph, stat

ANY_IS_BAD: Final = (Threshold(value=1, color=Color.RED),)
NO_LOKI: Final = "no Loki runs in this deployment"
YES_NO: Final = (
    ValueText(value=0, text="refused", color=Color.RED),
    ValueText(value=1, text="loaded", color=Color.GREEN),
)

TRUST: Final = Row(
    title="Can the other dashboards be trusted?",
    panels=(
        stat(
            "Targets down",
            "What is not being measured? Scrape targets that do not answer.",
            "count(up == 0) or vector(0)",
            thresholds=ANY_IS_BAD,
        ),
        stat(
            "Rules failing",
            "Are alerts blind? Rule evaluations that failed in the last hour.",
            "sum(increase(prometheus_rule_evaluation_failures_total[1h]))",
            decimals=0,
            thresholds=ANY_IS_BAD,
            empty_reason="Prometheus has no rules",
        ),
        stat(
            "Evaluations missed",
            "Is Prometheus too slow for its rules? Evaluations left out in the last hour.",
            "sum(increase(prometheus_rule_group_iterations_missed_total[1h]))",
            decimals=0,
            thresholds=ANY_IS_BAD,
            empty_reason="Prometheus has no rules",
        ),
        stat(
            "Notifications failed",
            "Would a page arrive? Notifications that Alertmanager could not deliver in the last hour.",
            "sum(increase(alertmanager_notifications_failed_total[1h]))",
            decimals=0,
            thresholds=ANY_IS_BAD,
        ),
        stat(
            "Prometheus' configuration",
            "Does it run what was deployed? Whether the last load was accepted.",
            "min(prometheus_config_last_reload_successful)",
            instant=True,
            unit=Unit.NONE,
            texts=YES_NO,
            base=Color.GREEN,
        ),
        stat(
            "Alertmanager's configuration",
            "Does it run what was deployed? Whether the last load was accepted.",
            "min(alertmanager_config_last_reload_successful)",
            instant=True,
            unit=Unit.NONE,
            texts=YES_NO,
            base=Color.GREEN,
        ),
    ),
)

COLLECTION: Final = Row(
    title="Collecting",
    panels=(
        graph(
            "Samples taken in",
            "How much does it collect? Samples appended per second.",
            ("sum(rate(prometheus_tsdb_head_samples_appended_total[$__rate_interval]))", "samples"),
            unit=Unit.PER_SECOND,
        ),
        graph(
            "Series in memory",
            "Does cardinality explode? Series with recent samples; memory follows this figure.",
            ("sum(prometheus_tsdb_head_series)", "series"),
        ),
        bars(
            "Where the series come from",
            "Which component costs most? Samples of one scrape, by job.",
            "sort_desc(sum by (job) (scrape_samples_post_metric_relabeling))",
            "{{job}}",
        ),
        graph(
            "Time of a scrape",
            "Does a target answer too slowly? Seconds per scrape; above 10 s it counts as down.",
            ("max by (job) (scrape_duration_seconds)", "{{job}}"),
            unit=Unit.SECONDS,
        ),
        graph(
            "Storage",
            "Will the disk hold it? Bytes of blocks on disk.",
            ("sum(prometheus_tsdb_storage_blocks_bytes)", "blocks"),
            unit=Unit.BYTES,
        ),
        graph(
            "Memory",
            "Is a watcher about to be killed? Resident memory of the stack's own parts.",
            (
                'process_resident_memory_bytes{job=~"prometheus|alertmanager|loki|promtail|alloy'
                '|grafana|.*-exporter"}',
                "{{job}}",
            ),
            unit=Unit.BYTES,
            stacked=True,
        ),
    ),
)

ALERTING: Final = Row(
    title="Rules and alerts",
    panels=(
        graph(
            "Time to evaluate a rule group",
            "Which rules are expensive? Seconds of the last evaluation, by group;"
            " longer than its interval, and evaluations are missed.",
            ("topk(10, max by (rule_group) (prometheus_rule_group_last_duration_seconds))", "{{rule_group}}"),
            unit=Unit.SECONDS,
            empty_reason="Prometheus has no rules",
        ),
        graph(
            "Queries",
            "Are dashboards and rules slow to answer? 90th percentile of the time of a query, by phase.",
            ('max by (slice) (prometheus_engine_query_duration_seconds{quantile="0.9"})', "{{slice}}"),
            unit=Unit.SECONDS,
        ),
        graph(
            "Alerts in Alertmanager",
            "How much is going on? Alerts held now: active, or suppressed by a silence or another alert.",
            ("sum by (state) (alertmanager_alerts)", "{{state}}"),
            stacked=True,
        ),
        graph(
            "Notifications",
            "Who is being told? Notifications sent per minute, by integration.",
            (
                "sum by (integration) (rate(alertmanager_notifications_total[$__rate_interval])) * 60 > 0",
                "{{integration}}",
            ),
            empty_reason="no notification was sent in this time",
        ),
        graph(
            "Queue to Alertmanager",
            "Do alerts get through? Share of Prometheus' notification queue in use.",
            # Prometheus 3 tells the length by Alertmanager, and the capacity once.
            (
                "max(max by (instance) (prometheus_notifications_queue_length)"
                " / max by (instance) (prometheus_notifications_queue_capacity))",
                "queue",
            ),
            unit=Unit.RATIO,
            minimum=0,
            maximum=1,
        ),
        stat(
            "Silences",
            "Is something silenced that should not be? Silences in effect.",
            'sum(alertmanager_silences{state="active"})',
            thresholds=(Threshold(value=1, color=Color.YELLOW),),
            width=8,
            height=8,
        ),
    ),
)

LOGS: Final = Row(
    title="Logs",
    panels=(
        graph(
            "Lines taken in",
            "Do log lines arrive? Lines per second that Loki accepted, by Loki tenant.",
            ("sum by (tenant) (rate(loki_distributor_lines_received_total[$__rate_interval]))", "{{tenant}}"),
            unit=Unit.PER_SECOND,
            stacked=True,
            empty_reason=NO_LOKI,
        ),
        graph(
            "Lines refused",
            "Are lines lost? Lines that Loki refused, by reason: over a tenant's limit, too old, too long.",
            ("sum by (reason) (rate(loki_discarded_samples_total[$__rate_interval]))", "{{reason}}"),
            unit=Unit.PER_SECOND,
            empty_reason="Loki refused nothing, or none runs in this deployment",
        ),
        graph(
            "Lines the agent dropped",
            "Does the agent keep up? Lines that it read but gave up sending, by reason.",
            ("sum by (reason) (rate(promtail_dropped_entries_total[$__rate_interval]))", "{{reason}}"),
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
