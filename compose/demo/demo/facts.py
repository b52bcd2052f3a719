"""Facts of the tenants, read from PostgreSQL every few seconds, for the gauges and for tier checks."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

import structlog
from fastapi import HTTPException
from sqlalchemy import func, select

from demo import schema
from demo.database import Database
from demo.registry import Registry
from platform_telemetry import contract
from platform_telemetry.instruments import Instruments, Labels

_EVERY_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class TenantFacts:
    """What is known of a tenant."""

    vertical: str
    tier: str
    records: int
    data_bytes: int


class Facts:
    """The facts as they were at the last look; while the database is away, the last that were known."""

    def __init__(self, database: Database, instruments: Instruments, registry: Registry) -> None:
        self._database = database
        self.ranks: Final = registry.ranks
        self.tenants: dict[str, TenantFacts] = {}
        self._flags: dict[Labels, float] = {}
        instruments.look_up(contract.TENANT_INFO, self._read_info)
        agreed = {(t.id, slo): target for t in registry.tenants for slo, target in t.objectives.items()}
        instruments.look_up(contract.TENANT_OBJECTIVE, lambda: agreed)
        instruments.look_up(contract.TENANT_DATA, self._read_data)
        instruments.look_up(contract.TENANT_RECORDS, self._read_records)
        instruments.look_up(contract.FLAG_TENANTS, lambda: self._flags)

    def segments_of(self, tenant: str) -> tuple[str, ...]:
        """The tier and the vertical, by which telemetry can be switched."""
        facts = self.tenants.get(tenant)
        return (facts.tier, facts.vertical) if facts else ()

    async def look(self) -> None:
        """Read the facts now."""
        tenants, flags = schema.TENANTS, schema.FLAGS
        columns = (tenants.c.id, tenants.c.vertical, tenants.c.tier, tenants.c.records, tenants.c.data_bytes)
        enabled = func.count().filter(flags.c.enabled)
        async with self._database.work() as work:
            rows = await work.rows(select(*columns).where(tenants.c.active).order_by(tenants.c.id))
            counts = await work.rows(select(flags.c.flag, enabled).group_by(flags.c.flag))
        self.tenants = {
            row.id: TenantFacts(row.vertical, row.tier, row.records, row.data_bytes) for row in rows
        }
        self._flags = {(flag,): float(count) for flag, count in counts}

    async def keep_looking(self) -> None:
        """Read the facts every few seconds. Endless."""
        log = structlog.stdlib.get_logger("facts")
        while True:
            try:
                await self.look()
            except HTTPException as problem:
                log.warning("tenant facts are not up to date", reason=problem.detail)
            await asyncio.sleep(_EVERY_S)

    def _read_info(self) -> dict[Labels, float]:
        return {(tenant, facts.tier, facts.vertical): 1.0 for tenant, facts in self.tenants.items()}

    def _read_data(self) -> dict[Labels, float]:
        return {(tenant,): float(facts.data_bytes) for tenant, facts in self.tenants.items()}

    def _read_records(self) -> dict[Labels, float]:
        return {(tenant,): float(facts.records) for tenant, facts in self.tenants.items()}
