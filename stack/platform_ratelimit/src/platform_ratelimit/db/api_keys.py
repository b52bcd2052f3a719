"""Edits of tenants' API keys, of which only digests are kept."""

from __future__ import annotations

from sqlalchemy import delete as sql_delete
from sqlalchemy.ext.asyncio import AsyncSession

from platform_ratelimit.db.tables import ApiKeyRow, TenantRow
from platform_ratelimit.errors import PolicyError


async def put(session: AsyncSession, key: ApiKeyRow) -> None:
    """Give a tenant an API key; the one of that label before it ends."""
    if await session.get(TenantRow, key.tenant) is None:
        raise PolicyError(f"no tenant {key.tenant!r}", where="api key", fix="enter the tenant first")
    await delete(session, key.tenant, key.label)
    if await session.get(ApiKeyRow, key.digest) is not None:
        raise PolicyError("this key is in use", where=f"tenant {key.tenant}", fix="make another key")
    session.add(key)


async def delete(session: AsyncSession, tenant: str, label: str) -> None:
    """End a tenant's API key."""
    await session.execute(sql_delete(ApiKeyRow).where(ApiKeyRow.tenant == tenant, ApiKeyRow.label == label))
