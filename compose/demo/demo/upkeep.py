"""The database made ready, and kept small: schema, registered tenants, and what is old enough to go."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog
from fastapi import HTTPException
from sqlalchemy import case, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from demo import schema
from demo.database import Database, Work
from demo.registry import Registry

_LOCK: Final = 7_305_811
"""Any number, the same in every process of the demo."""

_RETRY_S: Final = 1.0
_SWEEP_EVERY_S: Final = 300.0
_RECORDS_KEPT: Final = 2_000


async def prepare(database: Database, registry: Registry) -> None:
    """Create the schema and register the tenants; waits for a database that is not up yet."""
    log = structlog.stdlib.get_logger("upkeep")
    while True:
        try:
            async with database.work() as work:
                await work.run(select(func.pg_advisory_xact_lock(_LOCK)))
                await work.create(schema.METADATA)
                await _register(work, registry)
            break
        except HTTPException as problem:
            log.warning("waiting for the database", reason=str(problem.__cause__))
            await asyncio.sleep(_RETRY_S)
    log.info("the database is ready", tenants=len(registry.tenants))


async def keep_small(database: Database) -> None:
    """Delete old rows every few minutes. Endless."""
    log = structlog.stdlib.get_logger("upkeep")
    while True:
        await asyncio.sleep(_SWEEP_EVERY_S)
        try:
            async with database.work() as work:
                await sweep(work)
        except HTTPException as problem:
            log.warning("old rows were not deleted", reason=problem.detail)


async def _register(work: Work, registry: Registry) -> None:
    """Take over the registry. A tier that was changed at run time stays until the registry's own changes."""
    table = schema.TENANTS
    for tenant in registry.tenants:
        fresh = insert(table).values(
            id=tenant.id, name=tenant.name, vertical=tenant.vertical, tier=tenant.tier,
            registered_tier=tenant.tier, active=True,
        )  # fmt: skip
        same = table.c.registered_tier == fresh.excluded.registered_tier
        await work.run(
            fresh.on_conflict_do_update(
                index_elements=[table.c.id],
                set_={
                    "name": fresh.excluded.name,
                    "vertical": fresh.excluded.vertical,
                    "active": True,
                    "tier": case((same, table.c.tier), else_=fresh.excluded.tier),
                    "registered_tier": fresh.excluded.registered_tier,
                },
            )
        )
    gone = table.c.id.not_in([tenant.id for tenant in registry.tenants])
    await work.run(update(table).where(gone).values(active=False))


async def sweep(work: Work) -> None:
    """Delete what is older than a day, and the records beyond the newest of each tenant."""
    for table in schema.KEPT_FOR_A_DAY:
        await work.run(delete(table).where(table.c.at < func.now() - text("interval '1 day'")))
    records, tenants = schema.RECORDS, schema.TENANTS
    rank = func.row_number().over(partition_by=records.c.tenant, order_by=records.c.id.desc()).label("rank")
    ranked = select(records.c.id, rank).subquery()
    surplus = select(ranked.c.id).where(ranked.c.rank > _RECORDS_KEPT)
    gone = (
        delete(records)
        .where(records.c.id.in_(surplus))
        .returning(records.c.tenant, records.c.payload)
        .cte("gone")
    )
    freed = (
        select(
            gone.c.tenant,
            func.count().label("records"),
            func.sum(func.octet_length(gone.c.payload)).label("data_bytes"),
        )
        .group_by(gone.c.tenant)
        .subquery()
    )
    await work.run(
        update(tenants)
        .where(tenants.c.id == freed.c.tenant)
        .values(
            records=tenants.c.records - freed.c.records, data_bytes=tenants.c.data_bytes - freed.c.data_bytes
        )
    )
