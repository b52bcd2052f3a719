"""How an alert reaches people by and by, and how it grows more severe: the rules that one definition becomes.

Alertmanager knows neither. Both are made of rules: a shadow is evaluated and shown, and pages nobody;
an escalation is a second rule on the same condition, which silences the first (`escalated="true"`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from platformctl.model.rules import AlertRule, Escalation, Severity
from platformctl.model.slo import TENANT_FACTS

SHADOW_LABEL = "rollout"
SHADOW = "shadow"


def variants(alert: AlertRule) -> tuple[AlertRule, ...]:
    """The alert as Prometheus evaluates it: itself, what of it is still in shadow, and its escalation."""
    return tuple(_variants(alert))


def _variants(alert: AlertRule) -> Iterator[AlertRule]:
    rollout = alert.rollout
    if rollout.shadow:
        yield _in_shadow(alert)
        return
    paging = alert
    if rollout.tenants:
        chosen = f"on (tenant) {TENANT_FACTS}{{{rollout.tenants}}}"
        paging = replace(alert, expr=f"({alert.expr})\nand {chosen}")
        yield paging
        yield _in_shadow(replace(alert, expr=f"({alert.expr})\nunless {chosen}"))
    else:
        yield paging
    if alert.escalation:
        yield _escalated(paging, alert.escalation)


def _in_shadow(alert: AlertRule) -> AlertRule:
    labels = {**alert.labels, SHADOW_LABEL: SHADOW, "intended_severity": str(alert.severity)}
    return replace(alert, severity=Severity.INFO, labels=labels)


def _escalated(alert: AlertRule, escalation: Escalation) -> AlertRule:
    """The condition still holds, and the alert has been pending or firing for so long."""
    own = ", ".join(("alertname", "severity", "team", *sorted(alert.labels)))
    since = f'ALERTS_FOR_STATE{{alertname="{alert.name}", severity="{alert.severity}"}}'
    return replace(
        alert,
        expr=f"({alert.expr})\nand ignoring ({own}) (time() - {since} >= {escalation.after.seconds:g})",
        for_=type(alert.for_)(0),
        keep_firing_for=type(alert.for_)(0),
        severity=escalation.severity,
        labels={**alert.labels, "escalated": "true"},
        summary=f"For {escalation.after}: {alert.summary}",
    )
