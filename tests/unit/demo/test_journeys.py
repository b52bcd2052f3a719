"""The traffic is the same for the same seed, and uses all that the demo offers."""

from __future__ import annotations

from random import Random

import pytest
from demo.journeys import BUSINESSES, Answer, Call, choose

from platform_telemetry.events import OnboardingStep, Tool


def calls_of(seed: int, vertical: str = "hotels", tier: str = "trial") -> list[Call]:
    journey, calls = choose(tier, vertical, Random(seed)), []
    answer: Answer | None = None
    while True:
        try:
            calls.append(next(journey) if answer is None else journey.send(answer))
        except StopIteration:
            return calls
        answer = {"id": 7}


def test_the_same_seed_plays_the_same_journey() -> None:
    assert [calls_of(seed) for seed in range(50)] == [calls_of(seed) for seed in range(50)]


def test_other_seeds_play_other_journeys() -> None:
    assert len({tuple(str(calls_of(seed))) for seed in range(50)}) > 10


@pytest.mark.parametrize("vertical", BUSINESSES)
def test_each_vertical_uses_every_area_in_the_long_run(vertical: str) -> None:
    used = {(call.method, call.path) for seed in range(400) for call in calls_of(seed, vertical)}
    wanted = {
        ("GET", "/records"), ("POST", "/records"), ("PUT", "/records/7"), ("POST", "/exports"),
        ("POST", "/conversions"), ("POST", "/billing/events"), ("PUT", "/billing/tier"), ("POST", "/locations"),
        ("GET", "/flags/ai_summary"), ("PUT", "/flags/bulk_export"),
        *(("POST", f"/tools/{tool}/runs") for tool in Tool),
        *(("POST", f"/locations/7/onboarding/{step}") for step in OnboardingStep),
    }  # fmt: skip
    assert wanted <= used


def test_only_small_plans_change_their_tier() -> None:
    paths = {call.path for seed in range(400) for call in calls_of(seed, tier="platinum")}
    assert "/billing/tier" not in paths
