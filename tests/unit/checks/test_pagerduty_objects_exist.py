from dataclasses import replace

from support import sample

from platformctl.checks.pagerduty_objects_exist import pagerduty_objects_exist
from platformctl.model.oncall import OnCall
from platformctl.model.pagerduty import BusinessService, EventOrchestration, EventRoute


def whats(oncall: OnCall) -> list[str]:
    return [p.what for p in pagerduty_objects_exist(replace(sample.PLATFORM, oncall=oncall))]


def test_the_sample_platform_is_right() -> None:
    assert whats(sample.ONCALL) == []


def test_a_policy_that_calls_no_schedule_is_found() -> None:
    assert whats(replace(sample.ONCALL, schedules=())) == [
        "the escalation policy shop-escalation calls the schedule 'shop-on-call', which is not defined"
    ]


def test_a_service_without_a_policy_or_a_team_is_found() -> None:
    (service,) = sample.ONCALL.services
    lost = replace(service, escalation_policy="none", team="nobody")
    assert whats(replace(sample.ONCALL, services=(lost,))) == [
        "the service shop escalates by 'none', which is not defined",
        "shop belongs to the team 'nobody', which is not defined",
    ]


def test_a_business_service_and_an_orchestration_lead_to_services() -> None:
    business = BusinessService(name="Sales", description="", team="shop", supported_by=("shop", "gone"))
    orchestration = EventOrchestration(
        name="door",
        description="",
        team="nobody",
        routes=(EventRoute(label="all", condition="event.severity matches 'critical'", service="lost"),),
    )
    changed = replace(sample.ONCALL, business_services=(business,), orchestrations=(orchestration,))
    assert whats(changed) == [
        "door belongs to the team 'nobody', which is not defined",
        "Sales is supported by the service 'gone', which is not defined",
        "door sends events to the service 'lost', which is not defined",
    ]
