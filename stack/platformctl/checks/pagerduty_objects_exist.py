"""What PagerDuty's objects name exists: teams, schedules, escalation policies; and every team has a service."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.model.oncall import OnCall
from platformctl.model.platform import Platform
from platformctl.model.problem import Problem


def pagerduty_objects_exist(platform: Platform) -> Iterator[Problem]:
    """One problem for each name that leads nowhere."""
    for what in _dangling(platform.oncall):
        yield Problem(
            check="pagerduty_objects_exist",
            what=what,
            where="alerts_src/oncall.py",
            fix="define it, or name one that is",
        )


def _dangling(oncall: OnCall) -> Iterator[str]:
    teams = {team.name for team in oncall.teams}
    schedules = {schedule.name for schedule in oncall.schedules}
    policies = {policy.name for policy in oncall.escalation_policies}
    for policy in oncall.escalation_policies:
        for name in sorted({name for step in policy.steps for name in step.schedules} - schedules):
            yield f"the escalation policy {policy.name} calls the schedule {name!r}, which is not defined"
    for service in oncall.services:
        if service.escalation_policy not in policies:
            yield f"the service {service.name} escalates by {service.escalation_policy!r}, which is not defined"
        if service.team not in teams:
            yield f"the service {service.name} belongs to the team {service.team!r}, which is not defined"
