"""Each kind of object in two languages: ours, in which others are named, and PagerDuty's, which numbers them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias, cast

from platformctl.model.pagerduty import Described, Field
from platformctl.sinks.pagerduty.marks import plain

WINDOWS: Final = "maintenance_windows"

Ids: TypeAlias = Mapping[str, Mapping[str, str]]
"""PagerDuty's id by kind and name; users go by e-mail."""
Names: TypeAlias = Mapping[str, str]
"""Name by PagerDuty's id; ids are unique in an account."""


def _name(entity: Described) -> str:
    return str(entity["name"])


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """One kind of object.

    wrapper: the key that PagerDuty wraps one in; listed: the key of a list.
    whole: whether a list gives all that is compared, or each owned object is asked for by itself.
    chosen: the query that leaves out what is over; named: how an object of PagerDuty's is called.
    """

    name: str
    title: str
    wrapper: str
    listed: str
    to_api: Callable[[Described, Ids], Described]
    from_api: Callable[[Described, Names], Described]
    whole: bool = True
    chosen: str = ""
    named: Callable[[Described], str] = _name

    @property
    def path(self) -> str:
        """Where the objects of this kind live."""
        return f"/{self.name}"


def _reference(kind: str, id_: str) -> Described:
    return {"id": id_, "type": f"{kind}_reference"}


def _named(entity: Field, names: Names) -> str:
    """The name of what is referred to; its id where it is unknown, empty where there is none."""
    if not isinstance(entity, dict):
        return ""
    id_ = str(entity.get("id", ""))
    return names.get(id_, id_)


def objects(value: Field) -> list[Described]:
    """A list of objects; empty where PagerDuty gives none."""
    return cast(list[Described], value or [])


def _team(told: Described, ids: Ids) -> Described:  # noqa: ARG001 - every kind has the same signature
    return {"type": "team", "name": told["name"]}


def _team_told(entity: Described, names: Names) -> Described:  # noqa: ARG001
    return {}


def _schedule(told: Described, ids: Ids) -> Described:
    """One layer. Its start may lie in the past: the rotation is counted from there."""
    layer: Described = {
        "name": "Layer 1",
        "start": told["start"],
        "rotation_virtual_start": told["start"],
        "rotation_turn_length_seconds": told["rotation_turn_length_seconds"],
        "users": [{"user": _reference("user", ids["users"][u])} for u in cast(list[str], told["users"])],
    }
    return {
        "type": "schedule",
        "name": told["name"],
        "time_zone": told["time_zone"],
        "schedule_layers": [layer],
    }


def _schedule_told(entity: Described, names: Names) -> Described:
    """PagerDuty moves `start` to the moment of the change; the virtual start is what was asked for.

    A schedule of several layers, or of some hours only, is none of ours: it has no start here.
    """
    layers = objects(entity.get("schedule_layers"))
    plain = len(layers) == 1 and not layers[0].get("restrictions")
    first = layers[0] if plain else {}
    return {
        "time_zone": entity.get("time_zone", ""),
        "start": str(first.get("rotation_virtual_start", "")),
        "rotation_turn_length_seconds": first.get("rotation_turn_length_seconds", 0),
        "users": [_named(member["user"], names) for member in objects(first.get("users"))],
    }


def _policy(told: Described, ids: Ids) -> Described:
    return {
        "type": "escalation_policy",
        "name": told["name"],
        "num_loops": told["num_loops"],
        "teams": [_reference("team", ids["teams"][str(told["team"])])] if told["team"] else [],
        "escalation_rules": [_rule(rule, ids) for rule in objects(told["escalation_rules"])],
    }


def _rule(told: Described, ids: Ids) -> Described:
    schedules = [_reference("schedule", ids["schedules"][n]) for n in cast(list[str], told["schedules"])]
    users = [_reference("user", ids["users"][n]) for n in cast(list[str], told["users"])]
    return {
        "escalation_delay_in_minutes": told["escalation_delay_in_minutes"],
        "targets": [*schedules, *users],
    }


def _policy_told(entity: Described, names: Names) -> Described:
    return {
        "team": ", ".join(_named(team, names) for team in objects(entity.get("teams"))),
        "num_loops": entity.get("num_loops", 0),
        "escalation_rules": [_rule_told(rule, names) for rule in objects(entity.get("escalation_rules"))],
    }


def _rule_told(entity: Described, names: Names) -> Described:
    targets = objects(entity["targets"])
    return {
        "escalation_delay_in_minutes": entity["escalation_delay_in_minutes"],
        "schedules": [_named(t, names) for t in targets if str(t["type"]).startswith("schedule")],
        "users": [_named(t, names) for t in targets if str(t["type"]).startswith("user")],
    }


def _service(told: Described, ids: Ids) -> Described:
    policy = ids["escalation_policies"][str(told["escalation_policy"])]
    return {
        "type": "service",
        "name": told["name"],
        "escalation_policy": _reference("escalation_policy", policy),
        "auto_resolve_timeout": told["auto_resolve_timeout"],
        "acknowledgement_timeout": told["acknowledgement_timeout"],
        "incident_urgency_rule": {"type": "constant", "urgency": told["urgency"]},
    }


def _service_told(entity: Described, names: Names) -> Described:
    urgency = cast(Described, entity.get("incident_urgency_rule") or {})
    return {
        "escalation_policy": _named(entity.get("escalation_policy"), names),
        "auto_resolve_timeout": entity.get("auto_resolve_timeout") or 0,
        "acknowledgement_timeout": entity.get("acknowledgement_timeout") or 0,
        "urgency": urgency.get("urgency", "by support hours"),
    }


def _business_service(told: Described, ids: Ids) -> Described:
    team: Described = {"team": {"id": ids["teams"][str(told["team"])]}} if told["team"] else {}
    return {"name": told["name"], "point_of_contact": told["point_of_contact"], **team}


def _business_service_told(entity: Described, names: Names) -> Described:
    return {
        "point_of_contact": entity.get("point_of_contact") or "",
        "team": _named(entity.get("team"), names),
        "supported_by": [*sorted(_named(s, names) for s in objects(entity.get("supporting")))],
    }


def _orchestration(told: Described, ids: Ids) -> Described:
    team: Described = {"team": {"id": ids["teams"][str(told["team"])]}} if told["team"] else {}
    return {"name": told["name"], **team}


def _orchestration_told(entity: Described, names: Names) -> Described:
    path = cast(Described, entity.get("orchestration_path") or {})
    sets = objects(path.get("sets"))
    catch_all = cast(Described, path.get("catch_all") or {})
    return {
        "team": _named(entity.get("team"), names),
        "routes": [_route_told(rule, names) for rule in objects(sets[0].get("rules") if sets else [])],
        "catch_all": _destination(catch_all, names),
    }


def _route_told(rule: Described, names: Names) -> Described:
    conditions = [str(c.get("expression", "")) for c in objects(rule.get("conditions"))]
    return {
        "label": rule.get("label") or "",
        "condition": " or ".join(conditions),
        "service": _destination(rule, names),
    }


def _destination(holder: Described, names: Names) -> str:
    to = str(cast(Described, holder.get("actions") or {}).get("route_to") or "unrouted")
    return "" if to == "unrouted" else names.get(to, to)


def router(told: Described, ids: Ids) -> Described:
    """The routes of an orchestration, as its router takes them."""
    services = ids["services"]
    rules: list[Field] = [
        {
            "label": route["label"],
            "conditions": [{"expression": route["condition"]}],
            "actions": {"route_to": services[str(route["service"])]},
        }
        for route in objects(told["routes"])
    ]
    catch_all = services[str(told["catch_all"])] if told["catch_all"] else "unrouted"
    return {
        "orchestration_path": {
            "sets": [{"id": "start", "rules": rules}],
            "catch_all": {"actions": {"route_to": catch_all}},
        }
    }


def _window(told: Described, ids: Ids) -> Described:
    return {
        "type": "maintenance_window",
        "start_time": told["start"],
        "end_time": told["end"],
        "services": [_reference("service", ids["services"][n]) for n in cast(list[str], told["services"])],
    }


def _window_told(entity: Described, names: Names) -> Described:
    return {
        "start": str(entity.get("start_time", "")),
        "end": str(entity.get("end_time", "")),
        "services": [*sorted(_named(service, names) for service in objects(entity.get("services")))],
    }


KINDS: Final = (
    Kind(name="teams", title="team", wrapper="team", listed="teams", to_api=_team, from_api=_team_told),
    Kind(
        name="schedules",
        title="schedule",
        wrapper="schedule",
        listed="schedules",
        to_api=_schedule,
        from_api=_schedule_told,
        whole=False,
    ),
    Kind(
        name="escalation_policies",
        title="escalation policy",
        wrapper="escalation_policy",
        listed="escalation_policies",
        to_api=_policy,
        from_api=_policy_told,
    ),
    Kind(
        name="services",
        title="service",
        wrapper="service",
        listed="services",
        to_api=_service,
        from_api=_service_told,
    ),
    Kind(
        name="business_services",
        title="business service",
        wrapper="business_service",
        listed="business_services",
        to_api=_business_service,
        from_api=_business_service_told,
    ),
    Kind(
        name="event_orchestrations",
        title="event orchestration",
        wrapper="orchestration",
        listed="orchestrations",
        to_api=_orchestration,
        from_api=_orchestration_told,
    ),
    Kind(
        name=WINDOWS,
        title="maintenance window",
        wrapper="maintenance_window",
        listed=WINDOWS,
        to_api=_window,
        from_api=_window_told,
        chosen="?filter=open",
        named=lambda entity: plain(str(entity.get("description") or "")),
    ),
)
"""In the order in which they can be made; deleted in the opposite one."""
