"""The objects of a PagerDuty account: who is called, in which order, and where events arrive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from platformctl.errors import DefinitionError
from platformctl.model import _guard
from platformctl.model.units import Duration, hours, minutes

Field: TypeAlias = "str | int | bool | list[Field] | dict[str, Field] | None"
Described: TypeAlias = dict[str, Field]
"""One object as `pagerduty/objects.yml` has it: others are named, never numbered."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PagerDutySchedule:
    """A weekly on-call rotation over users, named by e-mail."""

    name: str
    time_zone: str
    users: tuple[str, ...]
    start: str
    rotation: Duration = hours(24 * 7)


@dataclass(frozen=True, kw_only=True, slots=True)
class EscalationStep:
    """Whom to call, and how long to wait for an acknowledgement before the next step."""

    schedules: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    delay: Duration = minutes(5)

    def __post_init__(self) -> None:
        if not self.schedules and not self.users:
            raise DefinitionError("an escalation step calls nobody", fix="name a schedule or a user")


@dataclass(frozen=True, kw_only=True, slots=True)
class EscalationPolicy:
    """The steps an unacknowledged incident climbs."""

    name: str
    steps: tuple[EscalationStep, ...]
    loops: int = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class PagerDutyService:
    """A PagerDuty service: where pages of one team arrive.

    routing_key_secret: the secret file that `platformctl pagerduty apply` puts its routing key into.
    components: all that pages here; a maintenance of all of them opens a window here, too.
    """

    name: str
    description: str
    escalation_policy: str
    team: str
    routing_key_secret: str = ""
    components: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class BusinessService:
    """What customers call the thing; it suffers when one of the services below it does."""

    name: str
    description: str
    team: str
    supported_by: tuple[str, ...]
    point_of_contact: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class EventRoute:
    """Events for which the condition (PagerDuty's condition language) holds go to the service."""

    label: str
    condition: str
    service: str

    def __post_init__(self) -> None:
        _guard.not_blank(self.condition, what=f"condition of the event route {self.label!r}")


@dataclass(frozen=True, kw_only=True, slots=True)
class EventOrchestration:
    """One routing key for several services: the first route that fits an event takes it.

    catch_all: the service for events that no route takes; without one they stay unrouted.
    """

    name: str
    description: str
    team: str
    routes: tuple[EventRoute, ...]
    catch_all: str = ""
    routing_key_secret: str = ""
