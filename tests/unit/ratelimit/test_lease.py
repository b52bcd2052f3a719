"""What one process holds of a limit, over all the plans that share it."""

from __future__ import annotations

import asyncio

from platform_ratelimit.decision import Decision
from platform_ratelimit.lease import Leases, LeaseSettings
from platform_ratelimit.plan import Plan, Planner
from platform_ratelimit.policy import EndpointGroup, Limit, PolicySnapshot, Precision, Tier
from platform_ratelimit.redis.connection import Reply

GROUPS = ("one", "two", "three")


def plans(quota: int) -> list[Plan]:
    """Three endpoint groups of one tenant, under one limit."""
    tier = Tier(name="t", limits=(Limit(name="all", quota=quota, window_s=60),), precision=Precision.LEASED)
    groups = tuple(EndpointGroup(name=name, patterns=(f"/{name}",)) for name in GROUPS)
    planner = Planner(PolicySnapshot(version=1, tiers={"t": tier}, default_tier="t", groups=groups))
    return [planner.for_tenant("acme", name) for name in GROUPS]


class Granting:
    """A backend that grants all that is asked for, a turn of the loop later."""

    def __init__(self) -> None:
        self.granted = 0

    async def ask(self, _plan: Plan, wanted: int) -> Reply:
        await asyncio.sleep(0)
        self.granted += wanted
        return [wanted, 1, 1000, 10_000]


async def one_more(leases: Leases, plan: Plan) -> Decision:
    return leases.spend(plan, 0.0) or await leases.decide(plan)


def test_groups_that_refill_at_once_hold_no_more_than_the_share_together() -> None:
    async def scenario() -> None:
        backend = Granting()
        settings = LeaseSettings(share=0.01, busy_s=100)
        leases, groups = Leases(settings, backend.ask), plans(quota=10_000)
        spent = most = 0
        for _ in range(2000):
            decisions = await asyncio.gather(*(one_more(leases, plan) for plan in groups))
            spent += sum(decision.allowed for decision in decisions)
            most = max(most, sum(leases.held(plan) for plan in groups))
            assert backend.granted - spent == sum(leases.held(plan) for plan in groups)
        assert 50 < most <= settings.max_held(10_000) == 100

    asyncio.run(scenario())


def test_a_unit_given_back_is_spent_again_and_never_one_too_many() -> None:
    async def scenario() -> None:
        leases, plan = Leases(LeaseSettings(share=0.01, most_units=3), Granting().ask), plans(10_000)[0]
        assert (await one_more(leases, plan)).allowed
        await asyncio.sleep(0.01)  # what was asked for ahead has come
        assert leases.held(plan) == 2
        for _ in range(5):
            leases.give_back(plan)
        assert leases.held(plan) == 3

    asyncio.run(scenario())


def test_what_a_leased_answer_tells_counts_the_units_in_hand() -> None:
    async def scenario() -> None:
        leases, plan = Leases(LeaseSettings(share=0.01, busy_s=100), Granting().ask), plans(10_000)[0]
        for _ in range(20):
            decision = await one_more(leases, plan)
            assert decision.left_of(0) == decision.remaining[0] == 10_000 + leases.held(plan)

    asyncio.run(scenario())
