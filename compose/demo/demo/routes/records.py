"""A tenant's data: its customers' bookings, tickets, memberships, deals and orders."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import func, insert, select, update

from demo import schema
from demo.database import Work
from demo.parts import Platform, User, note
from platform_telemetry.events import Action, Goal

router = APIRouter()

_LIST_CACHE_S = 10
_GOALS = {
    "hotels": Goal.BOOKING,
    "cinemas": Goal.TICKET,
    "gyms": Goal.MEMBERSHIP,
    "b2b": Goal.DEAL,
    "retail": Goal.ORDER,
}


class RecordIn(BaseModel):
    """What is stored. The payload may not hold a NUL, which PostgreSQL's text cannot."""

    kind: str = Field(min_length=1, max_length=40, pattern=r"^[a-z_]+$")
    payload: Annotated[str, StringConstraints(max_length=20_000, pattern=r"^[^\x00]*$")]
    amount_cents: int = Field(ge=0, le=100_000_000)


@router.get("/records")
async def list_records(platform: Platform, user: User) -> dict[str, object]:
    """How many records there are, and the newest twenty; up to ten seconds old."""
    listing = await platform.cache.get("records", user.tenant)
    async with platform.database.work() as work:
        if listing is None:
            listing = await _listing(work, user.tenant)
            await platform.cache.put("records", user.tenant, listing, seconds=_LIST_CACHE_S)
        await note(work, platform, user, Action.VIEW)
    return listing


@router.get("/records/{record}")
async def get_record(platform: Platform, user: User, record: int) -> dict[str, object]:
    """One record of the caller's tenant."""
    table = schema.RECORDS
    query = select(table.c.id, table.c.kind, table.c.payload, table.c.amount_cents)
    async with platform.database.work() as work:
        rows = await work.rows(query.where(table.c.id == record, table.c.tenant == user.tenant))
        if not rows:
            raise HTTPException(404, "no such record")
        await note(work, platform, user, Action.VIEW)
    return dict(rows[0]._mapping)


@router.post("/records", status_code=201)
async def create_record(platform: Platform, user: User, body: RecordIn) -> dict[str, int | None]:
    """Store a record."""
    table = schema.RECORDS
    async with platform.database.work() as work:
        new = insert(table).values(tenant=user.tenant, **body.model_dump()).returning(table.c.id)
        record = await work.value(new)
        await _grow(work, platform, user, records=1, size=_size(body), grown=_size(body))
        await note(work, platform, user, Action.CREATE)
    await platform.cache.forget("records", user.tenant)
    return {"id": record}


@router.put("/records/{record}")
async def update_record(platform: Platform, user: User, record: int, body: RecordIn) -> dict[str, int]:
    """Replace a record of the caller's tenant."""
    table = schema.RECORDS
    mine = (table.c.id == record, table.c.tenant == user.tenant)
    async with platform.database.work() as work:
        before = select(func.octet_length(table.c.payload)).where(*mine).with_for_update()
        size_before = await work.value(before)
        if size_before is None:
            raise HTTPException(404, "no such record")
        await work.run(update(table).where(*mine).values(**body.model_dump()))
        grown = _size(body) - size_before
        await _grow(work, platform, user, records=0, size=_size(body), grown=grown)
        await note(work, platform, user, Action.UPDATE)
    await platform.cache.forget("records", user.tenant)
    return {"id": record}


@router.post("/exports", status_code=201)
async def export(platform: Platform, user: User) -> dict[str, object]:
    """The sums of all records, by kind."""
    table = schema.RECORDS
    sums = select(table.c.kind, func.count(), func.sum(table.c.amount_cents)).group_by(table.c.kind)
    async with platform.database.work() as work:
        rows = await work.rows(sums.where(table.c.tenant == user.tenant).order_by(table.c.kind))
        await note(work, platform, user, Action.EXPORT)
    return {"kinds": [{"kind": kind, "records": count, "cents": int(cents)} for kind, count, cents in rows]}


@router.post("/conversions", status_code=201)
async def convert(platform: Platform, user: User) -> dict[str, str]:
    """One of the tenant's own customers has reached the goal of the vertical."""
    goal = _GOALS[platform.facts.tenants[user.tenant].vertical]
    async with platform.database.work() as work:
        await work.run(insert(schema.CONVERSIONS).values(tenant=user.tenant, goal=goal))
        work.count(platform.events.converted, user.tenant, goal)
    return {"goal": goal}


async def _listing(work: Work, tenant: str) -> dict[str, object]:
    table, tenants = schema.RECORDS, schema.TENANTS
    count = await work.value(select(tenants.c.records).where(tenants.c.id == tenant))
    newest = select(table.c.id, table.c.kind, table.c.amount_cents).where(table.c.tenant == tenant)
    rows = await work.rows(newest.order_by(table.c.id.desc()).limit(20))
    return {"records": count, "newest": [dict(row._mapping) for row in rows]}


async def _grow(work: Work, platform: Platform, user: User, *, records: int, size: int, grown: int) -> None:
    """Keep the tenant's totals, and the write itself."""
    table = schema.TENANTS
    totals = {"records": table.c.records + records, "data_bytes": table.c.data_bytes + grown}
    await work.run(update(table).where(table.c.id == user.tenant).values(totals))
    await work.run(insert(schema.WRITES).values(tenant=user.tenant, size_bytes=size))
    work.count(platform.events.stored, user.tenant, size)


def _size(body: RecordIn) -> int:
    return len(body.payload.encode())
