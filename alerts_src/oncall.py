"""Who is told of which alert, when and how."""

from __future__ import annotations

from typing import Final

from platformctl.model.oncall import (
    Inhibition,
    Matcher,
    MatchOp,
    OnCall,
    PagerDutyTarget,
    QuietHours,
    Receiver,
    Route,
    SlackTarget,
    Team,
)
from platformctl.model.pagerduty import (
    BusinessService,
    EscalationPolicy,
    EscalationStep,
    PagerDutySchedule,
    PagerDutyService,
)
from platformctl.model.units import Duration, hours, minutes, seconds

PLATFORM: Final = Team(name="platform", title="Platform engineering", email="platform@example.com")
BACKEND: Final = Team(name="backend", title="Backend services", email="backend@example.com")
TEAMS: Final = (PLATFORM, BACKEND)

NIGHTS: Final = QuietHours(
    name="nights", weekdays=("monday:friday",), start="19:00", end="08:00", time_zone="Europe/Berlin"
)
WEEKENDS: Final = QuietHours(
    name="weekends", weekdays=("saturday", "sunday"), start="00:00", end="24:00", time_zone="Europe/Berlin"
)

SLACK: Final = "slack-webhook"
"""The secret file that holds the URL of the incoming webhook."""

ERROR_BUDGETS: Final = Matcher("alertname", "ErrorBudgetBurn.+", MatchOp.REGEX)
SYMPTOMS: Final = Matcher("signal", "errors|latency|saturation|cache|auth", MatchOp.REGEX)

CRITICAL: Final = Matcher("severity", "critical")
WARNING: Final = Matcher("severity", "warning")


def _pages(team: Team) -> Receiver:
    return Receiver(
        name=f"page-{team.name}",
        targets=(
            PagerDutyTarget(routing_key_secret=f"pagerduty-{team.name}"),
            SlackTarget(channel=f"#alerts-{team.name}", webhook_secret=SLACK),
        ),
    )


def _tickets(team: Team) -> Receiver:
    return Receiver(
        name=f"tickets-{team.name}",
        targets=(SlackTarget(channel=f"#tickets-{team.name}", webhook_secret=SLACK),),
    )


INCIDENT: Final = ("alertname", "job")
"""One page an incident: a group is an alert on a job, whatever tenants, routes or instances it has."""


def _page_route(receiver: str, *matchers: Matcher) -> Route:
    """A page leaves 5 s after its alert: just enough for the alerts of one evaluation to arrive together.

    Errors wait 20 s for their cause: a dead database, cache or service fires within 15 s of the fault (30 s
    where its job is scraped every 15 s), errors do so after 1 s at the soonest. Error budgets wait 90 s: tenants
    of one fault pass their thresholds in neighbouring evaluations, and three of them are one incident.
    """

    def paced(group_wait: Duration, *own: Matcher, routes: tuple[Route, ...] = ()) -> Route:
        return Route(
            receiver=receiver,
            matchers=own,
            group_by=INCIDENT,
            group_wait=group_wait,
            group_interval=minutes(1),
            repeat_interval=hours(1),
            routes=routes,
        )

    return paced(
        seconds(5),
        CRITICAL,
        *matchers,
        routes=(paced(seconds(20), Matcher("signal", "errors")), paced(seconds(90), ERROR_BUDGETS)),
    )


def _ticket_route(team: Team) -> Route:
    """A ticket in working hours: what fires at night is sent in the morning, if it still fires.

    The highest tiers have paid for nights: their tickets are sent at once.
    """

    def paced(*own: Matcher, mute: tuple[str, ...], routes: tuple[Route, ...] = ()) -> Route:
        return Route(
            receiver=f"tickets-{team.name}",
            matchers=own,
            group_by=INCIDENT,
            group_wait=minutes(1),
            group_interval=minutes(10),
            repeat_interval=hours(24),
            mute_times=mute,
            routes=routes,
        )

    nights_too = paced(Matcher("tier", "platinum|gold", MatchOp.REGEX), mute=())
    return paced(WARNING, Matcher("team", team.name), mute=(NIGHTS.name, WEEKENDS.name), routes=(nights_too,))


HEARTBEAT: Final = Route(
    receiver="heartbeat",
    matchers=(Matcher("alertname", "Watchdog"),),
    group_wait=seconds(0),
    group_interval=minutes(1),
    repeat_interval=minutes(1),
)
"""The dead man's switch: the receiver's far side raises the alarm when this stops arriving."""

ROOT: Final = Route(
    receiver=f"tickets-{PLATFORM.name}",
    routes=(
        HEARTBEAT,
        Route(receiver="shown-only", matchers=(Matcher("severity", "info|none", MatchOp.REGEX),)),
        *(_page_route(f"page-{team.name}", Matcher("team", team.name)) for team in TEAMS),
        _page_route(f"page-{PLATFORM.name}"),
        *(_ticket_route(team) for team in TEAMS),
    ),
)


def _named(*alerts: str) -> Matcher:
    """Any of these alerts."""
    if len(alerts) == 1:
        return Matcher("alertname", alerts[0])
    return Matcher("alertname", "|".join(alerts), MatchOp.REGEX)


def _aftermath(causes: tuple[str, ...]) -> tuple[Matcher, ...]:
    """One of these was paged within the last seven minutes."""
    return (_named("IncidentRecent"), Matcher("cause", "|".join(causes), MatchOp.REGEX))


CAUSES: Final = _named("PostgresDown", "RedisDown", "ManyTargetsDown")
OUTAGES: Final = ("PostgresDown", "RedisDown", "ServiceDown", "ManyTargetsDown")
LOOKS_BACK: Final = ("ManyTenantsFailing", "TenantHighErrorRate", "TenantSlow", "AuthenticationFailureSpike")
"""Alerts on shares of five minutes: what an outage has left in them looks like a fault."""

INHIBITIONS: Final = (
    # What has lasted so long that it became more severe is no longer told as what it was.
    Inhibition(
        source=(Matcher("escalated", "true"),),
        target=(Matcher("escalated", "true", MatchOp.NOT_EQUAL),),
        equal=("alertname", "job", "instance", "tenant", "slo", "mountpoint"),
    ),
    # Critical silences warning where both speak of the same signal of the same job.
    Inhibition(
        source=(CRITICAL, Matcher("signal", ".+", MatchOp.REGEX)),
        target=(WARNING, Matcher("signal", ".+", MatchOp.REGEX)),
        equal=("job", "signal"),
    ),
    # A dead service silences its own symptoms.
    Inhibition(source=(_named("ServiceDown"),), target=(SYMPTOMS,), equal=("job",)),
    # A dead database or cache, or most of the platform gone, silences the symptoms of everything.
    Inhibition(source=(CAUSES,), target=(SYMPTOMS,)),
    # Most targets gone at once is one incident: the host, the network or Prometheus itself.
    Inhibition(source=(_named("ManyTargetsDown"),), target=(_named("ServiceDown", "ExporterDown"),)),
    # The exporter of a dead database or cache may wait for it in vain.
    Inhibition(
        source=(_named("PostgresDown", "RedisDown"),), target=(_named("ExporterDown"),), equal=("job",)
    ),
    # An outage that is paged already also burns the tenants' budgets: one incident, one page.
    Inhibition(
        source=(_named(*OUTAGES),),
        target=(ERROR_BUDGETS,),
    ),
    Inhibition(
        source=(_named("HighErrorRate", "ManyTenantsFailing"),),
        target=(ERROR_BUDGETS, Matcher("slo", "availability")),
    ),
    Inhibition(source=(_named("ResponseOver30s"),), target=(ERROR_BUDGETS, Matcher("slo", "latency"))),
    # Errors outlast the outage that made them by two minutes, and whatever looks back five minutes by more.
    Inhibition(source=(_named("OutageRecent"),), target=(Matcher("signal", "errors|auth", MatchOp.REGEX),)),
    Inhibition(source=_aftermath(OUTAGES), target=(_named(*LOOKS_BACK),)),
    Inhibition(source=_aftermath(OUTAGES), target=(ERROR_BUDGETS,)),
    Inhibition(
        source=_aftermath(("HighErrorRate",)), target=(_named("ManyTenantsFailing", "TenantHighErrorRate"),)
    ),
    Inhibition(
        source=_aftermath(("HighErrorRate", "ManyTenantsFailing")),
        target=(ERROR_BUDGETS, Matcher("slo", "availability")),
    ),
    Inhibition(source=_aftermath(("ResponseOver30s",)), target=(ERROR_BUDGETS, Matcher("slo", "latency"))),
    # Errors of a whole service or of many tenants are one incident, and no tenant's own.
    Inhibition(
        source=(_named("HighErrorRate"),), target=(_named("ManyTenantsFailing", "TenantHighErrorRate"),)
    ),
    Inhibition(source=(_named("ManyTenantsFailing"),), target=(_named("TenantHighErrorRate"),)),
    # A decision service that is dead decides nothing.
    Inhibition(
        source=(_named("ServiceDown"), Matcher("job", "ratelimit")), target=(_named("RateLimiterBypassed"),)
    ),
    Inhibition(source=(_named("ManyTargetsDown"),), target=(_named("RateLimiterBypassed"),)),
    # A dead service does not answer from outside, either.
    Inhibition(source=(_named("ServiceDown", "ManyTargetsDown"),), target=(_named("ProbeFails"),)),
    # Many tenants at once are one incident, and a fast burn says more than a slow one.
    Inhibition(
        source=(_named("ErrorBudgetBurnManyTenants"),),
        target=(_named("ErrorBudgetBurnFast", "ErrorBudgetBurnSlow"),),
        equal=("slo", "vertical"),
    ),
    Inhibition(
        source=(_named("ErrorBudgetBurnFast"),),
        target=(_named("ErrorBudgetBurnSlow"),),
        equal=("slo", "tenant"),
    ),
    Inhibition(
        source=(_named("ErrorBudgetBurnServiceFast"),),
        target=(_named("ErrorBudgetBurnServiceSlow"),),
        equal=("slo", "job"),
    ),
)


def _schedule(team: Team) -> PagerDutySchedule:
    return PagerDutySchedule(
        name=f"{team.name}-on-call",
        time_zone="Europe/Berlin",
        users=(f"{team.name}-first@example.com", f"{team.name}-second@example.com"),
        start="2026-01-05T09:00:00+01:00",
    )


def _escalation(team: Team) -> EscalationPolicy:
    """Five minutes for the person on call, ten for the other one, then the team's mailbox."""
    return EscalationPolicy(
        name=f"{team.name}-escalation",
        steps=(
            EscalationStep(schedules=(f"{team.name}-on-call",), delay=minutes(5)),
            EscalationStep(users=(f"{team.name}-second@example.com",), delay=minutes(10)),
            EscalationStep(users=(team.email,), delay=minutes(15)),
        ),
    )


ONCALL: Final = OnCall(
    teams=TEAMS,
    receivers=(
        Receiver(name="heartbeat", send_resolved=False),
        Receiver(name="shown-only"),
        *(_pages(team) for team in TEAMS),
        *(_tickets(team) for team in TEAMS),
    ),
    route=ROOT,
    inhibitions=INHIBITIONS,
    quiet_hours=(NIGHTS, WEEKENDS),
    schedules=tuple(_schedule(team) for team in TEAMS),
    escalation_policies=tuple(_escalation(team) for team in TEAMS),
    services=tuple(
        PagerDutyService(
            name=f"{team.name}-alerts",
            description=f"Critical alerts of {team.title}.",
            escalation_policy=f"{team.name}-escalation",
            team=team.name,
            routing_key_secret=f"pagerduty-{team.name}",
            components=("demo-api",) if team is BACKEND else (),
        )
        for team in TEAMS
    ),
    business_services=(
        BusinessService(
            name="Tenant API",
            description="Everything that tenants reach: bookings, prices, reports.",
            team=PLATFORM.name,
            supported_by=tuple(f"{team.name}-alerts" for team in TEAMS),
        ),
    ),
)
