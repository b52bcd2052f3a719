"""A critical alert pages somebody, a warning reaches somebody, and quiet hours never hold a page back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from platformctl.model.oncall import PagerDutyTarget, Receiver, Route
from platformctl.model.platform import Platform
from platformctl.model.problem import Problem
from platformctl.model.rollout import variants
from platformctl.model.routing import routes_for
from platformctl.model.rules import AlertRule, Severity


def alert_is_routed(platform: Platform) -> Iterator[Problem]:
    """One problem for each alert that ends where nobody looks."""
    receivers = {receiver.name: receiver for receiver in platform.oncall.receivers}
    for alert in (rule for defined in platform.alerts for rule in variants(defined)):
        routes = routes_for(platform.oncall.route, _labels(alert))
        if what := _fault(alert, routes, receivers):
            yield Problem(
                check="alert_is_routed",
                what=what,
                where=platform.origin("alert", alert.name),
                fix="change its severity or team, or add a route in alerts_src/oncall.py",
            )


def _labels(alert: AlertRule) -> Mapping[str, str]:
    return {**alert.labels, "alertname": alert.name, "severity": str(alert.severity), "team": alert.team}


def _fault(alert: AlertRule, routes: tuple[Route, ...], receivers: Mapping[str, Receiver]) -> str | None:
    names = ", ".join(route.receiver for route in routes)
    targets = [target for route in routes for target in receivers[route.receiver].targets]
    if alert.severity is Severity.CRITICAL:
        if not any(isinstance(target, PagerDutyTarget) for target in targets):
            return f"{alert.name} is critical and pages nobody: it goes to {names}"
        if all(route.mute_times for route in routes):
            return f"{alert.name} is critical and is held back in the quiet hours of {names}"
    if alert.severity is Severity.WARNING and not targets:
        return f"{alert.name} is a warning and reaches nobody: it goes to {names}"
    return None
