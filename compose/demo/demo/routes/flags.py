"""Feature flags, by tenant."""

from __future__ import annotations

from enum import StrEnum

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from demo import schema
from demo.parts import Platform, User

router = APIRouter()


class Flag(StrEnum):
    """What is being introduced."""

    NEW_CHECKOUT = "new_checkout"
    AI_SUMMARY = "ai_summary"
    BULK_EXPORT = "bulk_export"


class FlagIn(BaseModel):
    """On or off."""

    enabled: bool


@router.get("/flags/{flag}")
async def evaluate(platform: Platform, user: User, flag: Flag) -> dict[str, bool]:
    """Whether the flag is on for the tenant; each evaluation is kept."""
    table = schema.FLAGS
    mine = select(table.c.enabled).where(table.c.tenant == user.tenant, table.c.flag == flag)
    async with platform.database.work() as work:
        enabled = bool(await work.value(mine))
        kept = {"tenant": user.tenant, "flag": flag, "variant": "on" if enabled else "off"}
        await work.run(insert(schema.EVALUATIONS).values(kept))
        work.count(platform.events.evaluated_flag, flag, enabled=enabled)
    return {"enabled": enabled}


@router.put("/flags/{flag}")
async def switch(platform: Platform, user: User, flag: Flag, body: FlagIn) -> dict[str, bool]:
    """Switch the flag for the tenant."""
    new = upsert(schema.FLAGS).values(tenant=user.tenant, flag=flag, enabled=body.enabled)
    async with platform.database.work() as work:
        await work.run(
            new.on_conflict_do_update(
                index_elements=["tenant", "flag"], set_={"enabled": new.excluded.enabled}
            )
        )
    return {"enabled": body.enabled}
