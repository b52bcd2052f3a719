"""An object of each kind, as a workspace defines them, and the users they name."""

OBJECTS = """

from dataclasses import replace

from platformctl.model.pagerduty import (
    BusinessService, EscalationPolicy, EscalationStep, EventOrchestration, EventRoute, PagerDutySchedule,
    PagerDutyService,
)
from platformctl.model.units import minutes

ONCALL = replace(
    ONCALL,
    schedules=(
        PagerDutySchedule(
            name="first-line", time_zone="Europe/Berlin", users=("ann@example.com", "bob@example.com"),
            start="2026-01-05T09:00:00+01:00",
        ),
    ),
    escalation_policies=(
        EscalationPolicy(
            name="climb",
            steps=(
                EscalationStep(schedules=("first-line",), delay=minutes(5)),
                EscalationStep(users=("eve@example.com",), delay=minutes(10)),
            ),
        ),
    ),
    services=(
        PagerDutyService(
            name="pages", description="What is critical.", escalation_policy="climb", team="platform",
            routing_key_secret="pagerduty-platform",
        ),
    ),
    business_services=(
        BusinessService(
            name="Booking", description="Rooms are sold.", team="platform", supported_by=("pages",),
            point_of_contact="Ann",
        ),
    ),
    orchestrations=(
        EventOrchestration(
            name="front-door", description="Events of vendors.", team="platform", catch_all="pages",
            routes=(
                EventRoute(
                    label="critical", condition="event.severity matches 'critical'", service="pages"
                ),
            ),
            routing_key_secret="pagerduty-front-door",
        ),
    ),
)
"""
USERS = ("ann@example.com", "bob@example.com", "eve@example.com", "zoe@example.com")
