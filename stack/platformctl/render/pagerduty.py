"""The PagerDuty objects that should exist, in plain YAML: what the sink compares with the account."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.model.artifact import Artifact
from platformctl.model.oncall import (
    EscalationPolicy,
    EscalationStep,
    PagerDutySchedule,
    PagerDutyService,
    Team,
)
from platformctl.model.platform import Platform
from platformctl.model.site import Site
from platformctl.render._yaml import yaml_artifact


def render(platform: Platform, site: Site) -> Iterator[Artifact]:  # noqa: ARG001 - a renderer's signature
    """Teams, schedules, escalation policies and services, in the order in which they can be made."""
    oncall = platform.oncall
    yield yaml_artifact(
        "pagerduty/objects.yml",
        {
            "teams": [_team(t) for t in oncall.teams],
            "schedules": [_schedule(s) for s in oncall.schedules],
            "escalation_policies": [_policy(p) for p in oncall.escalation_policies],
            "services": [_service(s) for s in oncall.services],
        },
    )


def _team(team: Team) -> dict[str, object]:
    return {"name": team.name, "description": team.title}


def _schedule(schedule: PagerDutySchedule) -> dict[str, object]:
    return {
        "name": schedule.name,
        "time_zone": schedule.time_zone,
        "start": schedule.start,
        "rotation_turn_length_seconds": int(schedule.rotation.seconds),
        "users": list(schedule.users),
    }


def _policy(policy: EscalationPolicy) -> dict[str, object]:
    return {
        "name": policy.name,
        "num_loops": policy.loops,
        "escalation_rules": [_step(step) for step in policy.steps],
    }


def _step(step: EscalationStep) -> dict[str, object]:
    return {
        "escalation_delay_in_minutes": int(step.delay.seconds // 60),
        "schedules": list(step.schedules),
        "users": list(step.users),
    }


def _service(service: PagerDutyService) -> dict[str, object]:
    return {
        "name": service.name,
        "description": service.description,
        "escalation_policy": service.escalation_policy,
        "team": service.team,
    }
