"""Every alert has a test that fires it and one that must not; one that escalates has a test of that, too."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.model.platform import Platform
from platformctl.model.problem import Problem
from platformctl.model.rules import AlertTest, Severity


def alert_has_tests(platform: Platform) -> Iterator[Problem]:
    """One problem for each kind of test an alert lacks; a watchdog, which always fires, needs no silent one."""
    for alert in platform.alerts:
        fires = any(test.firing for test in alert.claims)
        silent = any(not test.firing for test in alert.claims) or alert.severity is Severity.NONE
        grows = alert.escalation is None or any(map(_escalates, alert.tests))
        for there, lacking in (
            (fires, "that fires it"),
            (silent, "in which it must stay silent"),
            (grows, "in which it lasts until it escalates"),
        ):
            if not there:
                yield Problem(
                    check="alert_has_tests",
                    what=f"{alert.name} has no test {lacking}",
                    where=platform.origin("alert", alert.name),
                    fix="add an AlertTest to its tests",
                )


def _escalates(test: AlertTest) -> bool:
    return any("escalated" in labels for labels in test.firing)
