"""An account's objects written as definitions: Python that ``alerts_src/oncall.py`` can take in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import datetime
from typing import Final, cast

from platformctl.errors import DefinitionError
from platformctl.model.oncall import Team
from platformctl.model.pagerduty import (
    BusinessService,
    Described,
    EscalationPolicy,
    EscalationStep,
    EventOrchestration,
    EventRoute,
    PagerDutySchedule,
    PagerDutyService,
)
from platformctl.model.units import Duration, minutes, seconds

_TUPLES: Final = (
    "TEAMS",
    "SCHEDULES",
    "ESCALATION_POLICIES",
    "SERVICES",
    "BUSINESS_SERVICES",
    "ORCHESTRATIONS",
)
_STEP: Final = " " * 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Definitions:
    """source: Python text. left_out: objects that the definitions have no words for, and why."""

    source: str
    left_out: tuple[str, ...]


def definitions(told: Mapping[str, list[Described]], keys: Mapping[tuple[str, str], str]) -> Definitions:
    """The definitions of these objects; `keys` are the secret files by kind and name."""
    left_out: list[str] = []
    groups = [
        [*_kept(told["teams"], _team, left_out)],
        [*_kept(told["schedules"], _schedule, left_out)],
        [*_kept(told["escalation_policies"], _policy, left_out)],
        [*_kept(told["services"], lambda s: _service(s, told, keys), left_out)],
        [*_kept(told["business_services"], _business_service, left_out)],
        [*_kept(told["event_orchestrations"], lambda o: _orchestration(o, keys), left_out)],
    ]
    text = [*_imports(groups)]
    for name, group in zip(_TUPLES, groups, strict=True):
        members = "".join(f"{_STEP}{code(each, 1)},\n" for each in group)
        text.append(f"{name} = (\n{members})\n" if group else f"{name} = ()\n")
    return Definitions(source="\n".join(text), left_out=tuple(left_out))


def _kept(
    told: list[Described], make: Callable[[Described], object], left_out: list[str]
) -> Iterator[object]:
    for one in told:
        try:
            yield make(one)
        except (DefinitionError, ValueError) as error:
            left_out.append(f"{one['name']}: {error}")


def _team(told: Described) -> Team:
    """PagerDuty's teams have no address."""
    return Team(name=str(told["name"]), title=str(told["description"] or told["name"]), email="")


def _schedule(told: Described) -> PagerDutySchedule:
    if not told["start"]:
        raise DefinitionError("has several layers, or is for some hours only")
    datetime.fromisoformat(str(told["start"]))
    return PagerDutySchedule(
        name=str(told["name"]),
        time_zone=str(told["time_zone"]),
        users=_texts(told["users"]),
        start=str(told["start"]),
        rotation=seconds(cast(int, told["rotation_turn_length_seconds"])),
    )


def _policy(told: Described) -> EscalationPolicy:
    return EscalationPolicy(
        name=str(told["name"]),
        steps=tuple(
            EscalationStep(
                schedules=_texts(rule["schedules"]),
                users=_texts(rule["users"]),
                delay=minutes(cast(int, rule["escalation_delay_in_minutes"])),
            )
            for rule in cast(list[Described], told["escalation_rules"])
        ),
        loops=cast(int, told["num_loops"]),
    )


def _service(
    told: Described, every: Mapping[str, list[Described]], keys: Mapping[tuple[str, str], str]
) -> PagerDutyService:
    """A service has the team of its escalation policy."""
    policies = {policy["name"]: str(policy["team"]) for policy in every["escalation_policies"]}
    return PagerDutyService(
        name=str(told["name"]),
        description=str(told["description"]),
        escalation_policy=str(told["escalation_policy"]),
        team=policies.get(told["escalation_policy"], ""),
        routing_key_secret=keys.get(("services", str(told["name"])), ""),
    )


def _business_service(told: Described) -> BusinessService:
    return BusinessService(
        name=str(told["name"]),
        description=str(told["description"]),
        team=str(told["team"]),
        supported_by=_texts(told["supported_by"]),
        point_of_contact=str(told["point_of_contact"]),
    )


def _orchestration(told: Described, keys: Mapping[tuple[str, str], str]) -> EventOrchestration:
    return EventOrchestration(
        name=str(told["name"]),
        description=str(told["description"]),
        team=str(told["team"]),
        routes=tuple(
            EventRoute(label=str(r["label"]), condition=str(r["condition"]), service=str(r["service"]))
            for r in cast(list[Described], told["routes"])
        ),
        catch_all=str(told["catch_all"]),
        routing_key_secret=keys.get(("event_orchestrations", str(told["name"])), ""),
    )


def _texts(told: object) -> tuple[str, ...]:
    return tuple(cast(list[str], told))


def _imports(groups: list[list[object]]) -> Iterator[str]:
    used = {type(each).__name__ for each in _walk(groups)}
    pagerduty = sorted(used - {"Team", "Duration"})
    yield '"""The objects of a PagerDuty account, as `platformctl pagerduty export` wrote them."""\n'
    if "Team" in used:
        yield "from platformctl.model.oncall import Team"
    if pagerduty:
        yield f"from platformctl.model.pagerduty import {', '.join(pagerduty)}"
    if "Duration" in used:
        yield "from platformctl.model.units import milliseconds, minutes"
    yield ""


def _walk(value: object) -> Iterator[object]:
    """Every dataclass in it, at any depth."""
    if isinstance(value, list | tuple):
        for inner in value:
            yield from _walk(inner)
    elif is_dataclass(value):
        yield value
        for field in fields(value):
            yield from _walk(getattr(value, field.name))


def code(value: object, depth: int) -> str:
    """The expression that makes the value; what a definition has by default is left out."""
    if isinstance(value, Duration):
        whole, rest = divmod(value.ms, 60_000)
        return f"milliseconds({value.ms})" if rest else f"minutes({whole})"
    if isinstance(value, tuple):
        return _tuple(value, depth)
    if is_dataclass(value) and not isinstance(value, type):
        told = [f for f in fields(value) if _is_told(f, getattr(value, f.name))]
        lines = (f"{_STEP * (depth + 1)}{f.name}={code(getattr(value, f.name), depth + 1)},\n" for f in told)
        return f"{type(value).__name__}(\n{''.join(lines)}{_STEP * depth})"
    return repr(value)


def _tuple(values: tuple[object, ...], depth: int) -> str:
    if not any(is_dataclass(value) for value in values):
        return repr(values)
    lines = (f"{_STEP * (depth + 1)}{code(value, depth + 1)},\n" for value in values)
    return f"(\n{''.join(lines)}{_STEP * depth})"


def _is_told(field: Field[object], value: object) -> bool:
    return field.default is MISSING or value != field.default
