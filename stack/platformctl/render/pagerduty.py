"""The PagerDuty objects that should exist, in plain YAML: what the sink compares with the account."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.model.artifact import Artifact
from platformctl.model.oncall import OnCall, Team
from platformctl.model.pagerduty import (
    BusinessService,
    Described,
    EscalationPolicy,
    EscalationStep,
    EventOrchestration,
    PagerDutySchedule,
    PagerDutyService,
)
from platformctl.model.platform import Platform
from platformctl.model.site import Site
from platformctl.render._yaml import yaml_artifact

_NEVER_S = 0
_FORGOTTEN_S = 1800
"""An incident that was acknowledged and then left alone comes back after half an hour."""


def render(platform: Platform, site: Site) -> Iterator[Artifact]:  # noqa: ARG001 - a renderer's signature
    """One file with every object."""
    yield yaml_artifact("pagerduty/objects.yml", objects(platform.oncall))


def objects(oncall: OnCall) -> dict[str, list[Described]]:
    """The objects by their kind, in the order in which they can be made."""
    return {
        "teams": [_team(t) for t in oncall.teams],
        "schedules": [_schedule(s) for s in oncall.schedules],
        "escalation_policies": [_policy(p, oncall) for p in oncall.escalation_policies],
        "services": [_service(s) for s in oncall.services],
        "business_services": [_business_service(s) for s in oncall.business_services],
        "event_orchestrations": [_orchestration(o) for o in oncall.orchestrations],
    }


def routing_keys(oncall: OnCall) -> dict[tuple[str, str], str]:
    """The secret file for the routing key of each object that has one, by the object's kind and name."""
    services = {("services", s.name): s.routing_key_secret for s in oncall.services}
    orchestrations = {("event_orchestrations", o.name): o.routing_key_secret for o in oncall.orchestrations}
    return {holder: secret for holder, secret in (services | orchestrations).items() if secret}


def _team(team: Team) -> Described:
    return {"name": team.name, "description": team.title}


def _schedule(schedule: PagerDutySchedule) -> Described:
    return {
        "name": schedule.name,
        "description": "",
        "time_zone": schedule.time_zone,
        "start": schedule.start,
        "rotation_turn_length_seconds": int(schedule.rotation.seconds),
        "users": list(schedule.users),
    }


def _policy(policy: EscalationPolicy, oncall: OnCall) -> Described:
    """PagerDuty gives a service the team of its policy: it has no team of its own."""
    teams = {service.team for service in oncall.services if service.escalation_policy == policy.name}
    return {
        "name": policy.name,
        "description": "",
        "team": min(teams) if len(teams) == 1 else "",
        "num_loops": policy.loops,
        "escalation_rules": [_step(step) for step in policy.steps],
    }


def _step(step: EscalationStep) -> Described:
    return {
        "escalation_delay_in_minutes": int(step.delay.seconds // 60),
        "schedules": list(step.schedules),
        "users": list(step.users),
    }


def _service(service: PagerDutyService) -> Described:
    """Alertmanager resolves what is over: PagerDuty must not do it by the clock."""
    return {
        "name": service.name,
        "description": service.description,
        "escalation_policy": service.escalation_policy,
        "auto_resolve_timeout": _NEVER_S,
        "acknowledgement_timeout": _FORGOTTEN_S,
        "urgency": "severity_based",
    }


def _business_service(service: BusinessService) -> Described:
    return {
        "name": service.name,
        "description": service.description,
        "point_of_contact": service.point_of_contact,
        "team": service.team,
        "supported_by": [*sorted(service.supported_by)],
    }


def _orchestration(orchestration: EventOrchestration) -> Described:
    return {
        "name": orchestration.name,
        "description": orchestration.description,
        "team": orchestration.team,
        "routes": [
            {"label": r.label, "condition": r.condition, "service": r.service} for r in orchestration.routes
        ],
        "catch_all": orchestration.catch_all,
    }
