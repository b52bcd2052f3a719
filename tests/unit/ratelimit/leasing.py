"""Leases on a backend that grants all: what several tests ask of them."""

from __future__ import annotations

import asyncio

from platform_ratelimit.decision import Decision
from platform_ratelimit.lease import Leases
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


async def most_held(leases: Leases, backend: Granting, groups: list[Plan]) -> int:
    """The most units the groups hold together while all of them are busy; each is charged and spent once."""
    spent = most = 0
    for _ in range(2000):
        decisions = await asyncio.gather(*(one_more(leases, plan) for plan in groups))
        spent += sum(decision.allowed for decision in decisions)
        held = sum(leases.held(plan) for plan in groups)
        assert backend.granted - spent == held
        most = max(most, held)
    return most
