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
    services = {service.name for service in oncall.services}
    for policy in oncall.escalation_policies:
        for name in sorted({name for step in policy.steps for name in step.schedules} - schedules):
            yield f"the escalation policy {policy.name} calls the schedule {name!r}, which is not defined"
    for service in oncall.services:
        if service.escalation_policy not in policies:
            yield f"the service {service.name} escalates by {service.escalation_policy!r}, which is not defined"
    for name, team in _owned(oncall):
        if team not in teams:
            yield f"{name} belongs to the team {team!r}, which is not defined"
    for business in oncall.business_services:
        for name in sorted(set(business.supported_by) - services):
            yield f"{business.name} is supported by the service {name!r}, which is not defined"
    for orchestration in oncall.orchestrations:
        reached = {route.service for route in orchestration.routes} | {orchestration.catch_all}
        for name in sorted(reached - services - {""}):
            yield f"{orchestration.name} sends events to the service {name!r}, which is not defined"


def _owned(oncall: OnCall) -> Iterator[tuple[str, str]]:
    """The name and the team of everything that has one."""
    yield from ((service.name, service.team) for service in oncall.services)
    yield from ((service.name, service.team) for service in oncall.business_services)
    yield from ((orchestration.name, orchestration.team) for orchestration in oncall.orchestrations)
