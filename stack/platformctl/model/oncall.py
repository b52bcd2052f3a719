"""Who is told, and how: teams, receivers, routes, inhibitions and PagerDuty objects."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from platformctl.errors import DefinitionError
from platformctl.model import _guard
from platformctl.model.pagerduty import (
    BusinessService,
    EscalationPolicy,
    EventOrchestration,
    PagerDutySchedule,
    PagerDutyService,
)
from platformctl.model.units import Duration, hours, minutes, seconds


class MatchOp(StrEnum):
    """Alertmanager's four label comparisons."""

    EQUAL = "="
    NOT_EQUAL = "!="
    REGEX = "=~"
    NOT_REGEX = "!~"


@dataclass(frozen=True, slots=True)
class Matcher:
    """One comparison of a label, as in ``severity="critical"``."""

    label: str
    value: str
    op: MatchOp = MatchOp.EQUAL

    def __post_init__(self) -> None:
        _guard.matches(_guard.LABEL_NAME, self.label, what="label of a matcher", like="severity")


@dataclass(frozen=True, kw_only=True, slots=True)
class Team:
    """The people who own a part of the platform."""

    name: str
    title: str
    email: str

    def __post_init__(self) -> None:
        _guard.matches(_guard.SLUG, self.name, what="team", like="platform")


@dataclass(frozen=True, kw_only=True, slots=True)
class MailServer:
    """Where mail is handed in. The password is read from the secret file, if one is named."""

    smarthost: str
    sender: str
    username: str = ""
    password_secret: str = ""
    require_tls: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class PagerDutyTarget:
    """A page through PagerDuty's Events API v2; the routing key is read from the secret file.

    events_url: where events are posted, for accounts of another region; empty for PagerDuty's default.
    """

    routing_key_secret: str
    events_url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SlackTarget:
    """A message to a Slack channel; the webhook URL is read from the secret file."""

    channel: str
    webhook_secret: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EmailTarget:
    """A mail."""

    to: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookTarget:
    """A POST of Alertmanager's JSON to a URL that holds no secret."""

    url: str


Target: TypeAlias = PagerDutyTarget | SlackTarget | EmailTarget | WebhookTarget


@dataclass(frozen=True, kw_only=True, slots=True)
class Receiver:
    """A named set of targets; without targets, alerts are only shown."""

    name: str
    targets: tuple[Target, ...] = ()
    send_resolved: bool = True

    def __post_init__(self) -> None:
        _guard.matches(_guard.SLUG, self.name, what="receiver", like="page-platform")


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """A branch of the routing tree. Editing `matchers` or `group_by` orphans open PagerDuty incidents.

    group_by: one page per group, so name what makes an incident (never the tenant).
    """

    receiver: str
    matchers: tuple[Matcher, ...] = ()
    group_by: tuple[str, ...] = ("alertname",)
    group_wait: Duration = seconds(10)
    group_interval: Duration = minutes(5)
    repeat_interval: Duration = hours(4)
    continue_: bool = False
    mute_times: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()

    def __post_init__(self) -> None:
        if self.repeat_interval < self.group_interval:
            raise DefinitionError(
                f"route to {self.receiver} repeats sooner than its group interval: {self.repeat_interval}",
                fix=f"set repeat_interval to {self.group_interval} or more",
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Inhibition:
    """While `source` fires, `target` is not sent, where both have the same values of `equal`."""

    source: tuple[Matcher, ...]
    target: tuple[Matcher, ...]
    equal: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class QuietHours:
    """A named time interval in which routes may be muted. Times are ``HH:MM``."""

    name: str
    weekdays: tuple[str, ...]
    start: str
    end: str
    time_zone: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OnCall:
    """Everything of ``alerts_src/oncall.py``. The root route has no matchers.

    mail: the server that e-mail targets use; without one they are left out, and named.
    pagerduty_owner: written into each PagerDuty object that this workspace owns; workspaces that share
    an account take different ones.
    """

    teams: tuple[Team, ...]
    receivers: tuple[Receiver, ...]
    route: Route
    inhibitions: tuple[Inhibition, ...] = ()
    quiet_hours: tuple[QuietHours, ...] = ()
    schedules: tuple[PagerDutySchedule, ...] = ()
    escalation_policies: tuple[EscalationPolicy, ...] = ()
    services: tuple[PagerDutyService, ...] = ()
    business_services: tuple[BusinessService, ...] = ()
    orchestrations: tuple[EventOrchestration, ...] = ()
    pagerduty_owner: str = "platformctl"
    mail: MailServer | None = None

    def __post_init__(self) -> None:
        _guard.unique((t.name for t in self.teams), what="team")
        _guard.unique((r.name for r in self.receivers), what="receiver")
        _guard.matches(_guard.SLUG, self.pagerduty_owner, what="PagerDuty owner", like="platformctl")
        for what, objects in (
            ("schedule", self.schedules),
            ("escalation policy", self.escalation_policies),
            ("PagerDuty service", self.services),
            ("business service", self.business_services),
            ("event orchestration", self.orchestrations),
        ):
            _guard.unique((each.name for each in objects), what=what)
        if self.route.matchers:
            raise DefinitionError("the root route has matchers", fix="move them to a route below it")
        names = {r.name for r in self.receivers}
        for route in walk(self.route):
            if route.receiver not in names:
                raise DefinitionError(
                    f"a route names the receiver {route.receiver!r}, which is not defined",
                    fix=f"define it, or use one of: {', '.join(sorted(names))}",
                )

    @property
    def secrets(self) -> frozenset[str]:
        """The names of the secret files that its targets and its mail server read."""
        names = {_secret(target) for receiver in self.receivers for target in receiver.targets}
        if self.mail:
            names.add(self.mail.password_secret)
        return frozenset(names - {""})


def _secret(target: Target) -> str:
    match target:
        case PagerDutyTarget(routing_key_secret=name) | SlackTarget(webhook_secret=name):
            return name
        case _:
            return ""


def walk(route: Route) -> tuple[Route, ...]:
    """The route and all routes below it, in the order Alertmanager tries them."""
    return (route, *(below for child in route.routes for below in walk(child)))
