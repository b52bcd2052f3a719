"""Every alert has a test that fires it and one that must not."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.model.platform import Platform
from platformctl.model.problem import Problem
from platformctl.model.rules import Severity


def alert_has_tests(platform: Platform) -> Iterator[Problem]:
    """One problem for each kind of test an alert lacks; a watchdog, which always fires, needs no silent one."""
    for alert in platform.alerts:
        fires = any(test.firing for test in alert.claims)
        silent = any(not test.firing for test in alert.claims) or alert.severity is Severity.NONE
        for there, lacking in ((fires, "that fires it"), (silent, "in which it must stay silent")):
            if not there:
                yield Problem(
                    check="alert_has_tests",
                    what=f"{alert.name} has no test {lacking}",
                    where=platform.origin("alert", alert.name),
                    fix="add an AlertTest to its tests",
                )
