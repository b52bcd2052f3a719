"""The parts of the policy as the admin API shows them; none where there is no such part."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from platform_ratelimit.admin.models import (
    AllowModel,
    ApiKeysView,
    CeilingModel,
    EffectiveLimit,
    EmergencyModel,
    GroupModel,
    OverrideView,
    PolicyView,
    RolloutModel,
    TenantRollout,
    TenantView,
    TierModel,
    limit_models,
)
from platform_ratelimit.db.read import policy_row, read_allow, read_ceiling, read_tiers
from platform_ratelimit.db.tables import ApiKeyRow, GroupRow, OverrideRow, TenantRow, TierRow
from platform_ratelimit.plan import Planner
from platform_ratelimit.policy import DEFAULT_GROUP, FailurePolicy, Mode, PolicySnapshot, Scope

_SHOWN: Final = 12
View = Callable[[AsyncSession], Awaitable[BaseModel | None]]


async def policy(session: AsyncSession) -> PolicyView:
    """The whole in short."""
    row = await policy_row(session)
    tiers = (await session.scalars(select(TierRow.name).order_by(TierRow.name))).all()
    groups = (await session.scalars(select(GroupRow.name).order_by(GroupRow.position, GroupRow.name))).all()
    tenants = await session.scalar(select(func.count()).select_from(TenantRow))
    return PolicyView(
        version=row.version,
        default_tier=row.default_tier,
        tiers=list(tiers),
        groups=list(groups),
        tenants=tenants or 0,
    )


async def tier(session: AsyncSession, name: str) -> TierModel | None:
    """One tier."""
    found = (await read_tiers(session)).get(name)
    return TierModel.of(found) if found else None


async def group(session: AsyncSession, name: str) -> GroupModel | None:
    """One endpoint group."""
    row = await session.get(GroupRow, name)
    if row is None:
        return None
    return GroupModel(position=row.position, patterns=list(row.patterns), failure=FailurePolicy(row.failure))


async def tenant(session: AsyncSession, name: str) -> TenantView | None:
    """One tenant with its overrides, expired ones too."""
    row = await session.get(TenantRow, name)
    if row is None:
        return None
    overrides = await session.scalars(
        select(OverrideRow).where(OverrideRow.tenant == name).order_by(OverrideRow.limit_name)
    )
    return TenantView(
        id=row.id,
        tier=row.tier,
        overrides={
            one.limit_name: OverrideView(quota=one.quota, expires_at=one.expires_at, reason=one.reason)
            for one in overrides
        },
        factor=row.factor,
        blocked=row.blocked,
        rollout_mode=Mode(row.rollout_mode) if row.rollout_mode else None,
    )


async def tenant_names(session: AsyncSession, *, after: str, most: int) -> list[str]:
    """A page of tenants, by name."""
    query = select(TenantRow.id).where(TenantRow.id > after).order_by(TenantRow.id).limit(most)
    return list((await session.scalars(query)).all())


async def tenant_tiers(session: AsyncSession, *, after: str, most: int | None) -> dict[str, str]:
    """A page of tenants by name, with their tiers."""
    query = (
        select(TenantRow.id, TenantRow.tier).where(TenantRow.id > after).order_by(TenantRow.id).limit(most)
    )
    return {row.id: row.tier for row in await session.execute(query)}


async def api_keys(session: AsyncSession, name: str) -> ApiKeysView | None:
    """The API keys of one tenant."""
    if await session.get(TenantRow, name) is None:
        return None
    rows = await session.scalars(select(ApiKeyRow).where(ApiKeyRow.tenant == name).order_by(ApiKeyRow.label))
    return ApiKeysView(keys={row.label: row.digest[:_SHOWN] for row in rows})


def effective_limits(snapshot: PolicySnapshot, tenant: str) -> list[EffectiveLimit]:
    """The tenant's own limits, over everything and by endpoint group, as the planner makes them."""
    planner, tier = Planner(snapshot), snapshot.tier_of(tenant)
    of_tier = {
        limit.name: limit.quota for limits in (tier.limits, *tier.group_limits.values()) for limit in limits
    }
    found: dict[str, EffectiveLimit] = {}
    for group in (DEFAULT_GROUP, *tier.group_limits):
        for planned in planner.for_tenant(tenant, group).limits:
            limit, scope = planned.limit, planned.scope
            if scope is not Scope.PLATFORM:
                found[limit.name] = EffectiveLimit(
                    name=limit.name,
                    scope=scope,
                    group=group if scope is Scope.GROUP else None,
                    quota=limit.quota,
                    tier_quota=of_tier[limit.name],
                    window_s=limit.window_s,
                    algorithm=limit.algorithm,
                )
    return list(found.values())


def tenant_rollout(snapshot: PolicySnapshot, tenant: str) -> TenantRollout:
    """The mode in force for the tenant: its own, or by the percentage."""
    rollout = snapshot.rollout
    return TenantRollout(mode=rollout.mode_of(tenant), own=tenant in rollout.tenants)


async def ceiling(session: AsyncSession) -> CeilingModel:
    """The limits of the platform."""
    return CeilingModel(limits=limit_models(await read_ceiling(session)))


async def allow(session: AsyncSession) -> AllowModel:
    """The allow-list."""
    found = await read_allow(session)
    return AllowModel(networks=list(found.networks), user_agents=list(found.user_agents))


async def rollout(session: AsyncSession) -> RolloutModel:
    """The feature flag."""
    row = await policy_row(session)
    tenants = await session.scalars(
        select(TenantRow).where(TenantRow.rollout_mode.is_not(None)).order_by(TenantRow.id)
    )
    modes = {one.id: Mode(one.rollout_mode) for one in tenants if one.rollout_mode}
    return RolloutModel(mode=Mode(row.rollout_mode), percent=row.rollout_percent, tenants=modes)


async def emergency(session: AsyncSession) -> EmergencyModel:
    """The emergency switch."""
    tiers = await session.scalars(select(TierRow).where(TierRow.factor != 1).order_by(TierRow.name))
    touched = (TenantRow.factor != 1) | TenantRow.blocked
    tenants = (await session.scalars(select(TenantRow).where(touched).order_by(TenantRow.id))).all()
    return EmergencyModel(
        everything=(await policy_row(session)).factor,
        tiers={one.name: one.factor for one in tiers},
        tenants={one.id: one.factor for one in tenants if one.factor != 1},
        blocked=[one.id for one in tenants if one.blocked],
    )
