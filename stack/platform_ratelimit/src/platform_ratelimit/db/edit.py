"""Edits of the policy: each one transaction, checked whole before it counts, and in the audit trail."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from platform_ratelimit.db.migrate import migrate
from platform_ratelimit.db.read import Loaded, policy_row, read_policy
from platform_ratelimit.db.tables import (
    AllowRow,
    ApiKeyRow,
    AuditRow,
    GroupRow,
    LimitRow,
    OverrideRow,
    PolicyRow,
    TenantRow,
    TierRow,
)
from platform_ratelimit.errors import PolicyError
from platform_ratelimit.policy import AllowList, EndpointGroup, Limits, Mode, Rollout, Tier, valid_name

_BATCH: Final = 500  # names in one statement


def utc_now() -> datetime:
    """The present, aware."""
    return datetime.now(UTC)


@dataclass(kw_only=True, slots=True)
class Change:
    """Who wants what, and why; the editor fills in `before` and `after`, plain data for the trail."""

    actor: str
    action: str
    subject: str
    reason: str = ""
    before: object = None
    after: object = None


class PolicyStore:
    """The policy's tables: reading whole, editing piecewise."""

    def __init__(self, engine: AsyncEngine, *, now: Callable[[], datetime] = utc_now) -> None:
        self._engine, self._now = engine, now
        self._sessions = async_sessionmaker(engine, expire_on_commit=False)

    async def migrate(self) -> None:
        """Bring the tables up to date."""
        await migrate(self._engine)

    async def close(self) -> None:
        """Let go of the database."""
        await self._engine.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session to look."""
        async with self._sessions() as session:
            yield session

    async def version(self) -> int:
        """The version of the policy in the tables: one cheap query."""
        async with self._sessions() as session:
            return (await policy_row(session)).version

    async def load(self) -> Loaded:
        """The whole policy."""
        async with self._sessions() as session:
            return await read_policy(session, self._now())

    @asynccontextmanager
    async def changing(self, change: Change) -> AsyncIterator[AsyncSession]:
        """Edit in here. What comes out must be a policy, or nothing has happened.

        Edits queue up on the policy's row, so what is read inside cannot change before it is written.
        """
        async with self._sessions.begin() as session:
            bump = update(PolicyRow).values(version=PolicyRow.version + 1)
            await session.execute(bump.execution_options(synchronize_session=False))
            yield session
            session.add(
                AuditRow(
                    at=self._now(),
                    actor=change.actor,
                    action=change.action,
                    subject=change.subject,
                    reason=change.reason,
                    before=change.before,
                    after=change.after,
                    version=(await policy_row(session)).version,
                )
            )
            await session.flush()
            await read_policy(session, self._now())

    async def audit(self, *, subject: str | None = None, most: int = 100) -> list[AuditRow]:
        """The latest changes first."""
        query = select(AuditRow).order_by(AuditRow.id.desc()).limit(most)
        if subject is not None:
            query = query.where(AuditRow.subject == subject)
        async with self._sessions() as session:
            return list((await session.scalars(query)).all())


async def put_tier(session: AsyncSession, tier: Tier) -> None:
    """Make the tier what it is here; counters go on."""
    row = await session.get(TierRow, tier.name)
    if row is None:
        session.add(TierRow(name=tier.name, precision=tier.precision, factor=1.0))
        await session.flush()
    else:
        row.precision = tier.precision
    await session.execute(delete(LimitRow).where(LimitRow.tier == tier.name))
    _add_limits(session, tier.limits, tier=tier.name, group=None)
    for group, limits in tier.group_limits.items():
        _add_limits(session, limits, tier=tier.name, group=group)


async def delete_tier(session: AsyncSession, name: str) -> None:
    """Remove a tier that nobody is on."""
    if await session.scalar(select(TenantRow.id).where(TenantRow.tier == name).limit(1)):
        raise PolicyError(f"tenants are on tier {name!r}", where="tier", fix="move them first")
    await session.execute(delete(LimitRow).where(LimitRow.tier == name))
    await session.execute(delete(TierRow).where(TierRow.name == name))


async def set_default_tier(session: AsyncSession, name: str) -> None:
    """The tier of tenants that are not entered with another one."""
    (await policy_row(session)).default_tier = name


async def set_ceiling(session: AsyncSession, limits: Limits) -> None:
    """Replace the limits of the whole platform."""
    await session.execute(delete(LimitRow).where(LimitRow.tier.is_(None)))
    _add_limits(session, limits, tier=None, group=None)


def _add_limits(session: AsyncSession, limits: Limits, *, tier: str | None, group: str | None) -> None:
    for limit in limits:
        session.add(
            LimitRow(
                tier=tier,
                endpoint_group=group,
                name=limit.name,
                quota=limit.quota,
                window_ms=limit.window_ms,
                algorithm=limit.algorithm,
            )
        )


async def put_tenant(session: AsyncSession, tenant: str, tier: str | None) -> TenantRow:
    """Enter a tenant, or move it; without a tier a new one gets the default."""
    if not valid_name(tenant):
        raise PolicyError(
            f"{tenant!r} is not a tenant's name", where="tenant", fix="use letters, digits, '_', '.', '-'"
        )
    row = await session.get(TenantRow, tenant)
    chosen = tier or (row.tier if row else (await policy_row(session)).default_tier)
    if await session.get(TierRow, chosen) is None:
        raise PolicyError(f"no tier {chosen!r}", where=f"tenant {tenant}", fix="enter the tier first")
    if row is None:
        row = _new_tenant(tenant, chosen)
        session.add(row)
    row.tier = chosen
    await session.flush()
    return row


async def delete_tenant(session: AsyncSession, tenant: str) -> None:
    """Forget a tenant and all that hangs on it."""
    await _delete_tenants(session, [tenant])


async def _delete_tenants(session: AsyncSession, tenants: Sequence[str]) -> None:
    await session.execute(delete(OverrideRow).where(OverrideRow.tenant.in_(tenants)))
    await session.execute(delete(ApiKeyRow).where(ApiKeyRow.tenant.in_(tenants)))
    await session.execute(delete(TenantRow).where(TenantRow.id.in_(tenants)))


async def move_tenants(session: AsyncSession, moves: Mapping[str, str | None]) -> None:
    """Enter and move many tenants at once; those whose tier is none are forgotten."""
    known = {row.id: row for row in await session.scalars(select(TenantRow))}
    tiers = set(await session.scalars(select(TierRow.name)))
    gone = [tenant for tenant, tier in moves.items() if tier is None]
    for at in range(0, len(gone), _BATCH):
        await _delete_tenants(session, gone[at : at + _BATCH])
    for tenant, tier in moves.items():
        if tier is None:
            continue
        if tier not in tiers:
            raise PolicyError(f"no tier {tier!r}", where=f"tenant {tenant}", fix="enter the tier first")
        if tenant in known:
            known[tenant].tier = tier
        else:
            session.add(_new_tenant(tenant, tier))
    await session.flush()


def _new_tenant(tenant: str, tier: str) -> TenantRow:
    return TenantRow(id=tenant, tier=tier, factor=1.0, blocked=False, rollout_mode=None)


async def put_override(session: AsyncSession, override: OverrideRow) -> None:
    """Give a tenant its own quota for a limit that its tier has."""
    row = await session.get(TenantRow, override.tenant)
    tier = row.tier if row else None
    if not await session.scalar(
        select(LimitRow.id).where(LimitRow.tier == tier, LimitRow.name == override.limit_name)
    ):
        raise PolicyError(
            f"tier {tier} has no limit {override.limit_name!r}",
            where=f"tenant {override.tenant}",
            fix="see the tier",
        )
    if not 1 <= override.quota < 2**32:
        raise PolicyError(f"a quota of {override.quota}", where=override.tenant, fix="use 1 to 4294967295")
    await session.merge(override)


async def delete_override(session: AsyncSession, tenant: str, limit_name: str) -> None:
    """Back to the tier's quota."""
    where = (OverrideRow.tenant == tenant, OverrideRow.limit_name == limit_name)
    await session.execute(delete(OverrideRow).where(*where))


async def put_group(session: AsyncSession, group: EndpointGroup, *, position: int) -> None:
    """Make the endpoint group what it is here."""
    await session.merge(
        GroupRow(name=group.name, position=position, patterns=list(group.patterns), failure=group.failure)
    )


async def delete_group(session: AsyncSession, name: str) -> None:
    """Remove an endpoint group; refused as a whole while a tier limits it."""
    await session.execute(delete(GroupRow).where(GroupRow.name == name))


async def set_allow(session: AsyncSession, allow: AllowList) -> None:
    """Replace the allow-list."""
    await session.execute(delete(AllowRow))
    session.add_all([AllowRow(kind="network", value=value) for value in allow.networks])
    session.add_all([AllowRow(kind="user-agent", value=value) for value in allow.user_agents])


async def set_rollout(session: AsyncSession, rollout: Rollout) -> None:
    """Replace the feature flag, tenant by tenant too."""
    policy = await policy_row(session)
    policy.rollout_mode, policy.rollout_percent = rollout.mode, rollout.percent
    await session.execute(update(TenantRow).values(rollout_mode=None))
    for tenant, mode in rollout.tenants.items():
        (await put_tenant(session, tenant, None)).rollout_mode = Mode(mode)


async def set_emergency(
    session: AsyncSession,
    *,
    everything: float,
    tiers: Mapping[str, float],
    tenants: Mapping[str, float],
    blocked: frozenset[str],
) -> None:
    """Replace the emergency switch whole; all ones and nobody blocked is the release."""
    (await policy_row(session)).factor = everything
    await session.execute(update(TierRow).values(factor=1.0))
    await session.execute(update(TenantRow).values(factor=1.0, blocked=False))
    for name, factor in tiers.items():
        tier = await session.get(TierRow, name, populate_existing=True)
        if tier is None:
            raise PolicyError(f"no tier {name!r}", where="emergency", fix="see the tiers")
        tier.factor = factor
    for tenant in sorted({*tenants, *blocked}):
        row = await put_tenant(session, tenant, None)
        await session.refresh(row)
        row.factor, row.blocked = tenants.get(tenant, 1.0), tenant in blocked
