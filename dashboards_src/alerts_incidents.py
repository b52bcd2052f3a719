"""Alerts and incidents: what fires, how often, how soon it is seen and how long it lasts.

Times are counted on a grid of one minute: an alert that fires for less is one minute long.
"""

from __future__ import annotations

from typing import Final

from platformctl.model import slo
from platformctl.model.dashboard import Annotation, Audience, Dashboard, Row, Variable
from platformctl.model.panel import Color, Link, Query, Threshold, Unit
from platformctl.model.panels import ANY_IS_BAD, ANY_IS_ODD, TO_TENANT, bars, graph, log_lines, stat, table
from platformctl.model.units import days

CHOSEN: Final = 'severity=~"$severity", severity!="none", team=~"$team"'
FIRING: Final = f'ALERTS{{alertstate="firing", {CHOSEN}}}'
STARTS: Final = f"({FIRING} unless {FIRING} offset 1m)"
MINUTES: Final = f"count_over_time({FIRING}[$__range:1m])"
EPISODES: Final = f"count_over_time({STARTS}[$__range:1m])"
WAITED: Final = (
    f"avg_over_time(((time() - ALERTS_FOR_STATE{{{CHOSEN}}})"
    f" and ignoring (alertstate) {STARTS})[$__range:1m])"
)
NOTHING_FIRED: Final = "no alert has begun to fire in this time"
TELL: Final = " `platformctl runbook --firing` lists what fires with its pages."

NOW: Final = Row(
    title="Right now",
    panels=(
        stat(
            "Critical",
            "Is somebody being paged? Critical alerts that fire." + TELL,
            'count(ALERTS{alertstate="firing", severity="critical", team=~"$team"}) or vector(0)',
            thresholds=ANY_IS_BAD,
        ),
        stat(
            "Warnings",
            "What waits for working hours? Warnings that fire." + TELL,
            'count(ALERTS{alertstate="firing", severity="warning", team=~"$team"}) or vector(0)',
            thresholds=ANY_IS_ODD,
        ),
        stat(
            "About to fire",
            "What comes next? Alerts whose condition holds, but not for long enough yet.",
            f'count(ALERTS{{alertstate="pending", {CHOSEN}}}) or vector(0)',
            thresholds=ANY_IS_ODD,
        ),
        stat(
            "Held back",
            "Is something kept from us? Alerts that are silenced, or inhibited by a larger one.",
            'sum(alertmanager_alerts{state="suppressed"})',
            thresholds=ANY_IS_ODD,
        ),
        stat(
            "Silences",
            "Did somebody forget to lift one? Silences that are active.",
            'sum(alertmanager_silences{state="active"})',
            thresholds=ANY_IS_ODD,
        ),
        stat(
            "Messages lost",
            "Would a page arrive? Notifications that could not be delivered in the last hour.",
            "sum(increase(alertmanager_notifications_failed_total[1h]))",
            decimals=0,
            thresholds=ANY_IS_BAD,
        ),
    ),
)

REPAIR: Final = Row(
    title="In the chosen time",
    panels=(
        stat(
            "Incidents",
            "How often were we called? Times that an alert has begun to fire.",
            f"sum({EPISODES}) or vector(0)",
            instant=True,
            decimals=0,
        ),
        stat(
            "Time to detect",
            "How soon do we know (MTTD)? Mean time from the first evaluation that saw a fault to its alert;"
            " the fault is older by up to the window that the alert's expression looks at.",
            f"avg({WAITED})",
            instant=True,
            unit=Unit.SECONDS,
            thresholds=(
                Threshold(value=120, color=Color.YELLOW),
                Threshold(value=600, color=Color.RED),
            ),
            empty_reason=NOTHING_FIRED,
        ),
        stat(
            "Time to repair",
            "How soon is it well again (MTTR)? Mean time that an alert fires, those that still do included.",
            f"60 * sum({MINUTES}) / sum({EPISODES})",
            instant=True,
            unit=Unit.SECONDS,
            thresholds=(
                Threshold(value=1800, color=Color.YELLOW),
                Threshold(value=7200, color=Color.RED),
            ),
            empty_reason=NOTHING_FIRED,
        ),
        stat(
            "Minutes without service",
            "What did customers feel? Tenants' minutes in which nothing was answered.",
            f"sum(sum_over_time({slo.DOWN_MINUTE}[$__range])) or vector(0)",
            instant=True,
            decimals=0,
            thresholds=ANY_IS_ODD,
        ),
        stat(
            "Messages sent",
            "How loud are we? Notifications to people and machines.",
            "sum(increase(alertmanager_notifications_total[$__range]))",
            instant=True,
            decimals=0,
        ),
        stat(
            "Slowest delivery",
            "Does a page arrive at once? The 95th percentile of a notification's delivery.",
            "histogram_quantile(0.95,"
            " sum by (le) (increase(alertmanager_notification_latency_seconds_bucket[$__range]))) > 0",
            instant=True,
            unit=Unit.SECONDS,
            empty_reason="nothing was sent in this time",
        ),
        table(
            "By alert",
            "Which alert costs most? How often each fired, for how long in all, and how long it took to detect"
            " and to repair. Many short ones: is the threshold right?",
            Query(expr=f"60 * sum by (alertname, severity, team) ({MINUTES})", legend="Fired for"),
            Query(
                expr=f"sum by (alertname, severity, team) ({EPISODES})", legend="Incidents", unit=Unit.SHORT
            ),
            Query(expr=f"avg by (alertname, severity, team) ({WAITED})", legend="To detect"),
            Query(
                expr=f"60 * sum by (alertname, severity, team) ({MINUTES})"
                f" / sum by (alertname, severity, team) ({EPISODES})",
                legend="To repair",
            ),
            unit=Unit.SECONDS,
            width=16,
            height=10,
            empty_reason=NOTHING_FIRED,
        ),
        bars(
            "By tenant",
            "Who was hit most? Minutes during which an alert fired for one tenant alone.",
            "topk(10, sum by (tenant)"
            f' (count_over_time(ALERTS{{alertstate="firing", tenant!="", {CHOSEN}}}[$__range:1m])))',
            "{{tenant}}",
            links=(TO_TENANT,),
            height=10,
            empty_reason="no alert was about one tenant alone",
        ),
    ),
)

HISTORY: Final = Row(
    title="Over time",
    panels=(
        graph(
            "Firing, by severity",
            "When was it bad? Alerts that fired.",
            (f"count by (severity) ({FIRING})", "{{severity}}"),
            stacked=True,
            width=12,
            empty_reason=NOTHING_FIRED,
        ),
        graph(
            "Firing, by team",
            "Whose time did it take? Alerts that fired.",
            (f"count by (team) ({FIRING})", "{{team}}"),
            stacked=True,
            width=12,
            empty_reason=NOTHING_FIRED,
        ),
        graph(
            "Messages, by way",
            "Which way do we hear of it? Notifications per second by integration.",
            (
                "sum by (integration) (rate(alertmanager_notifications_total[$__rate_interval])) > 0",
                "{{integration}}",
            ),
            unit=Unit.PER_SECOND,
            width=12,
            empty_reason="nothing was sent in this time",
        ),
        graph(
            "Delivery that failed, by way",
            "Which way is broken? Notifications that failed per second by integration.",
            (
                "sum by (integration) (rate(alertmanager_notifications_failed_total[$__rate_interval])) > 0",
                "{{integration}}",
            ),
            unit=Unit.PER_SECOND,
            width=12,
            empty_reason="every notification was delivered in this time",
        ),
        log_lines(
            "What services said",
            "What was logged meanwhile? Lines of level error and critical of all services; each carries its tenant"
            " and trace id.",
            '{level=~"error|critical"}',
            empty_reason="no error was logged in this time, or no Loki runs here",
        ),
    ),
)

ALERTS_INCIDENTS: Final = Dashboard(
    uid="alerts-incidents",
    title="Alerts and incidents",
    question="What fires, how soon do we notice, how long until it is well again, and which alerts cost us most?",
    audience=Audience.OPERATIONS,
    variables=(
        Variable(name="severity", label="Severity", metric="ALERTS", of="severity"),
        Variable(name="team", label="Team", metric="ALERTS", of="team"),
    ),
    rows=(NOW, REPAIR, HISTORY),
    annotations=(
        Annotation(
            name="Critical alerts",
            expr='count by (alertname) (ALERTS{alertstate="firing", severity="critical"})',
            title="{{alertname}}",
        ),
    ),
    links=(
        Link(title="Overview", dashboard="platform-overview"),
        Link(title="Error budgets", dashboard="slo-budgets"),
        Link(title="Compare tenants", dashboard="tenant-comparison"),
        Link(title="Logs", dashboard="logs-traces"),
    ),
    span=days(7),
)

DASHBOARDS: Final = (ALERTS_INCIDENTS,)
