"""Does the watch itself work? Prometheus, Alertmanager, and the way from the one to the other."""

from __future__ import annotations

from typing import Final

from platformctl.model.claims import fires, series, silent
from platformctl.model.rules import AlertRule, DashboardLink, Severity
from platformctl.model.units import minutes

MONITORING: Final = DashboardLink(uid="monitoring-stack")
PROMETHEUS: Final = {"job": "prometheus", "instance": "prometheus"}
SERVICES_GROUP: Final = PROMETHEUS | {"rule_group": "services"}
ALERTMANAGER: Final = {"job": "alertmanager", "instance": "alertmanager"}


WATCHDOG: Final = AlertRule(
    name="Watchdog",
    expr="vector(1)",
    severity=Severity.NONE,
    team="platform",
    summary="The alerting chain works.",
    description="Always fires. Whoever receives it raises the alarm when it stops arriving.",
    dashboard=MONITORING,
    tests=(
        fires(
            "it fires from the first evaluation on, whatever the platform does",
            series("up", "0x8", **PROMETHEUS),
            at=minutes(0),
        ),
    ),
)

RELOAD_FAILED: Final = AlertRule(
    name="PrometheusReloadFailed",
    expr="prometheus_config_last_reload_successful == 0",
    for_=minutes(1),
    why_for="A deployment that is refused is rolled back within the minute.",
    severity=Severity.WARNING,
    team="platform",
    labels={"signal": "monitoring"},
    summary="Prometheus refuses its configuration.",
    description="It goes on with the last good one: new targets and rules are not in force.",
    dashboard=MONITORING,
    tests=(
        fires(
            "a refused configuration fires",
            series("prometheus_config_last_reload_successful", "1x4 0x12", **PROMETHEUS),
            at=minutes(3),
            alerts=(PROMETHEUS,),
        ),
        silent(
            "a configuration that is mended within the minute is silent",
            series("prometheus_config_last_reload_successful", "1x4 0x3 1x12", **PROMETHEUS),
            at=minutes(3),
        ),
    ),
)

RULE_FAILURES: Final = AlertRule(
    name="PrometheusRuleFailures",
    expr="sum by (job, instance, rule_group) (increase(prometheus_rule_evaluation_failures_total[2m])) > 0",
    for_=minutes(3),
    why_for="Longer than the window: one failure at a restart heals by itself, and one that goes on fails every time.",
    severity=Severity.CRITICAL,
    team="platform",
    labels={"signal": "monitoring"},
    summary="Rules of {{ $labels.rule_group }} cannot be evaluated.",
    description="{{ $value | humanize }} evaluations failed in 2 minutes: alerts of this group are blind.",
    dashboard=MONITORING,
    tests=(
        fires(
            "a group that fails each time fires",
            series("prometheus_rule_evaluation_failures_total", "0+1x30", **SERVICES_GROUP),
            at=minutes(5),
            alerts=(SERVICES_GROUP,),
        ),
        silent(
            "one failure is silent",
            series("prometheus_rule_evaluation_failures_total", "0x4 1x40", **SERVICES_GROUP),
            at=minutes(4),
        ),
        silent(
            "failures of long ago are silent",
            series("prometheus_rule_evaluation_failures_total", "7x40", **SERVICES_GROUP),
            at=minutes(8),
        ),
    ),
)

MISSED_EVALUATIONS: Final = AlertRule(
    name="PrometheusMissesEvaluations",
    expr="sum by (job, instance, rule_group) (increase(prometheus_rule_group_iterations_missed_total[5m])) > 0",
    for_=minutes(10),
    why_for="A busy machine misses one now and then; ten minutes of it is a group that is too slow.",
    severity=Severity.WARNING,
    team="platform",
    labels={"signal": "monitoring"},
    summary="Rules of {{ $labels.rule_group }} take longer than their interval.",
    description="{{ $value | humanize }} evaluations were missed in 5 minutes: alerts come late.",
    dashboard=MONITORING,
    tests=(
        fires(
            "a group that is always late fires",
            series("prometheus_rule_group_iterations_missed_total", "0+2x20", **PROMETHEUS, rule_group="slo"),
            at=minutes(15),
            every=minutes(1),
            alerts=(PROMETHEUS | {"rule_group": "slo"},),
        ),
        silent(
            "one miss is silent",
            series(
                "prometheus_rule_group_iterations_missed_total", "0x3 1x20", **PROMETHEUS, rule_group="slo"
            ),
            at=minutes(15),
            every=minutes(1),
        ),
    ),
)

NO_ALERTMANAGER: Final = AlertRule(
    name="PrometheusHasNoAlertmanager",
    expr="prometheus_notifications_alertmanagers_discovered < 1",
    for_=minutes(1),
    why_for="Discovery after a start takes a few seconds.",
    severity=Severity.CRITICAL,
    team="platform",
    labels={"signal": "monitoring"},
    summary="Prometheus knows no Alertmanager: no alert reaches anybody.",
    description="Seen only in Prometheus itself and by the dead man's switch: Watchdog has stopped arriving.",
    dashboard=MONITORING,
    tests=(
        fires(
            "no Alertmanager for two minutes fires",
            series("prometheus_notifications_alertmanagers_discovered", "0x12", **PROMETHEUS),
            at=minutes(2),
            alerts=(PROMETHEUS,),
        ),
        silent(
            "one is enough",
            series("prometheus_notifications_alertmanagers_discovered", "1x12", **PROMETHEUS),
            at=minutes(2),
        ),
    ),
)

NOTIFICATIONS_DROPPED: Final = AlertRule(
    name="PrometheusDropsNotifications",
    expr="sum by (job, instance) (increase(prometheus_notifications_dropped_total[1m])) > 0",
    for_=minutes(2),
    why_for="Longer than the window: Alertmanager's restart drops a few, which are sent again; what goes on for two"
    " minutes is a broken way.",
    severity=Severity.CRITICAL,
    team="platform",
    labels={"signal": "monitoring"},
    summary="Prometheus cannot hand its alerts to Alertmanager.",
    description="{{ $value | humanize }} notifications were dropped in a minute.",
    dashboard=MONITORING,
    tests=(
        fires(
            "notifications that go on being dropped fire",
            series("prometheus_notifications_dropped_total", "0+2x20", **PROMETHEUS),
            at=minutes(4),
            alerts=(PROMETHEUS,),
        ),
        silent(
            "what a restart of Alertmanager drops is silent",
            series("prometheus_notifications_dropped_total", "0x4 9x40", **PROMETHEUS),
            at=minutes(3),
        ),
        silent(
            "an old count is silent",
            series("prometheus_notifications_dropped_total", "9x40", **PROMETHEUS),
            at=minutes(8),
        ),
    ),
)

ALERTMANAGER_DOWN: Final = AlertRule(
    name="AlertmanagerDown",
    expr='up{job="alertmanager"} == 0',
    for_=minutes(1),
    why_for="A restart takes seconds; without Alertmanager nobody is told, so the switch outside pages.",
    severity=Severity.CRITICAL,
    team="platform",
    labels={"signal": "availability"},
    summary="Alertmanager is down: no alert reaches anybody.",
    description="Seen only in Prometheus itself and by the dead man's switch: Watchdog has stopped arriving.",
    dashboard=MONITORING,
    tests=(
        fires(
            "two minutes without an answer fire",
            series("up", "1x4 0x12", **ALERTMANAGER),
            at=minutes(3),
            alerts=(ALERTMANAGER,),
        ),
        silent("a restart is silent", series("up", "1x4 0x2 1x12", **ALERTMANAGER), at=minutes(3)),
    ),
)

ALERTMANAGER_RELOAD_FAILED: Final = AlertRule(
    name="AlertmanagerReloadFailed",
    expr="alertmanager_config_last_reload_successful == 0",
    for_=minutes(1),
    why_for="A deployment that is refused is rolled back within the minute.",
    severity=Severity.WARNING,
    team="platform",
    labels={"signal": "monitoring"},
    summary="Alertmanager refuses its configuration.",
    description="It goes on with the last good one: new routes and receivers are not in force.",
    dashboard=MONITORING,
    tests=(
        fires(
            "a refused configuration fires",
            series("alertmanager_config_last_reload_successful", "1x4 0x12", **ALERTMANAGER),
            at=minutes(3),
            alerts=(ALERTMANAGER,),
        ),
        silent(
            "a good configuration is silent",
            series("alertmanager_config_last_reload_successful", "1x12", **ALERTMANAGER),
            at=minutes(3),
        ),
    ),
)

NOTIFICATIONS_FAIL: Final = AlertRule(
    name="AlertmanagerNotificationsFail",
    expr=(
        "sum by (job, instance, integration) (rate(alertmanager_notifications_failed_total[5m]))\n"
        "/ sum by (job, instance, integration) (rate(alertmanager_notifications_total[5m])) > 0.01"
    ),
    for_=minutes(1),
    why_for="Alertmanager tries again by itself; what fails for a minute is refused or unreachable.",
    severity=Severity.CRITICAL,
    team="platform",
    labels={"signal": "monitoring"},
    summary="{{ $value | humanizePercentage }} of the messages by {{ $labels.integration }} fail.",
    description="People who rely on {{ $labels.integration }} are not told. Other ways still work.",
    dashboard=MONITORING,
    tests=(
        fires(
            "a way that refuses half the messages fires, the other one is silent",
            series("alertmanager_notifications_total", "0+2x20", **ALERTMANAGER, integration="slack"),
            series("alertmanager_notifications_failed_total", "0+1x20", **ALERTMANAGER, integration="slack"),
            series("alertmanager_notifications_total", "0+2x20", **ALERTMANAGER, integration="pagerduty"),
            series(
                "alertmanager_notifications_failed_total", "0x20", **ALERTMANAGER, integration="pagerduty"
            ),
            at=minutes(4),
            alerts=(ALERTMANAGER | {"integration": "slack"},),
        ),
        silent(
            "a way that nobody uses is silent",
            series("alertmanager_notifications_total", "0x20", **ALERTMANAGER, integration="email"),
            series("alertmanager_notifications_failed_total", "0x20", **ALERTMANAGER, integration="email"),
            at=minutes(4),
        ),
    ),
)

ALERTS: Final = (
    WATCHDOG,
    RELOAD_FAILED,
    RULE_FAILURES,
    MISSED_EVALUATIONS,
    NO_ALERTMANAGER,
    NOTIFICATIONS_DROPPED,
    ALERTMANAGER_DOWN,
    ALERTMANAGER_RELOAD_FAILED,
    NOTIFICATIONS_FAIL,
)
