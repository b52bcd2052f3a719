"""Billing: money that moves, and the subscription tier."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field
from sqlalchemy import insert, select, update

from demo import schema
from demo.parts import Platform, User
from platform_telemetry.events import Direction, Goal, RevenueKind

router = APIRouter(prefix="/billing")

_TRIAL = "trial"


class RevenueIn(BaseModel):
    """An event of the payment provider."""

    kind: RevenueKind
    amount_cents: int = Field(ge=0, le=100_000_000)


class TierIn(BaseModel):
    """The tier that is wanted."""

    tier: str = Field(max_length=64)


@router.post("/events", status_code=201)
async def revenue_event(platform: Platform, user: User, body: RevenueIn) -> dict[str, str]:
    """Keep an event of the payment provider."""
    async with platform.database.work() as work:
        await work.run(insert(schema.REVENUE_EVENTS).values(tenant=user.tenant, **body.model_dump()))
        work.count(platform.events.moved_revenue, user.tenant, body.kind, body.amount_cents)
    return {"kind": body.kind}


@router.put("/tier")
async def change_tier(platform: Platform, user: User, body: TierIn) -> dict[str, str]:
    """Change the tenant's subscription tier; out of the trial is a conversion."""
    ranks, tenants = platform.facts.ranks, schema.TENANTS
    if body.tier not in ranks:
        raise HTTPException(422, f"no such tier: take one of {', '.join(ranks)}")
    async with platform.database.work() as work:
        mine = tenants.c.id == user.tenant
        before = str(await work.value(select(tenants.c.tier).where(mine).with_for_update()))
        if before == body.tier:
            raise HTTPException(409, "this is the tenant's tier already")
        upgrade = ranks[body.tier] > ranks.get(before, -1)
        direction = Direction.UPGRADE if upgrade else Direction.DOWNGRADE
        await work.run(update(tenants).where(mine).values(tier=body.tier))
        change = {"tenant": user.tenant, "from_tier": before, "to_tier": body.tier, "direction": direction}
        await work.run(insert(schema.TIER_CHANGES).values(change))
        work.count(platform.events.changed_tier, before, body.tier, direction)
        if before == _TRIAL:
            await work.run(insert(schema.CONVERSIONS).values(tenant=user.tenant, goal=Goal.TRIAL_TO_PAID))
            work.count(platform.events.converted, user.tenant, Goal.TRIAL_TO_PAID)
    await platform.facts.look()
    return {"tier": body.tier}
