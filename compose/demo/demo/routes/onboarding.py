"""Onboarding: a tenant opens a location and takes it through five steps."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from demo import schema
from demo.parts import Platform, User
from platform_telemetry.events import OnboardingStep

router = APIRouter()


class LocationIn(BaseModel):
    """A new location."""

    name: str = Field(min_length=1, max_length=80, pattern=r"^[^\x00]*$")


@router.post("/locations", status_code=201)
async def open_location(platform: Platform, user: User, body: LocationIn) -> dict[str, int | None]:
    """Open a location."""
    table = schema.LOCATIONS
    async with platform.database.work() as work:
        new = insert(table).values(tenant=user.tenant, name=body.name).returning(table.c.id)
        location = await work.value(new)
    return {"id": location}


@router.post("/locations/{location}/onboarding/{step}", status_code=201)
async def complete_step(
    platform: Platform, user: User, location: int, step: OnboardingStep
) -> dict[str, str]:
    """Complete a step, once."""
    locations, steps = schema.LOCATIONS, schema.ONBOARDING_STEPS
    mine = select(locations.c.id).where(locations.c.id == location, locations.c.tenant == user.tenant)
    async with platform.database.work() as work:
        if await work.value(mine) is None:
            raise HTTPException(404, "no such location")
        new = insert(steps).values(tenant=user.tenant, location=location, step=step)
        if await work.value(new.on_conflict_do_nothing().returning(steps.c.id)) is None:
            raise HTTPException(409, "this step is already done")
        work.count(platform.events.completed_step, user.tenant, step)
    return {"step": step}
