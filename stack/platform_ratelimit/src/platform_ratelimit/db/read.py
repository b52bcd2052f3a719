"""From the tables to a snapshot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from platform_ratelimit.db.tables import (
    AllowRow,
    ApiKeyRow,
    GroupRow,
    LimitRow,
    OverrideRow,
    PolicyRow,
    TenantRow,
    TierRow,
)
from platform_ratelimit.errors import RateLimitError
from platform_ratelimit.policy import (
    Algorithm,
    AllowList,
    Emergency,
    EndpointGroup,
    FailurePolicy,
    Limit,
    Limits,
    Mode,
    PolicySnapshot,
    Precision,
    Rollout,
    Tenant,
    Tier,
)

ANONYMOUS = "anonymous"
POLICY_ROW = 1


@dataclass(frozen=True, slots=True)
class Loaded:
    """A snapshot, and when an override in it runs out (none: never)."""

    snapshot: PolicySnapshot
    next_expiry: datetime | None


async def policy_row(session: AsyncSession) -> PolicyRow:
    """The one row."""
    row = await session.get(PolicyRow, POLICY_ROW)
    if row is None:
        raise RateLimitError("the policy table is empty", where="database", fix="run the migrations")
    return row


async def read_policy(session: AsyncSession, now: datetime) -> Loaded:
    """The policy as of `now`; raises `PolicyError` where the tables hold what cannot be."""
    policy = await policy_row(session)
    tiers = await read_tiers(session)
    tenant_rows = (await session.scalars(select(TenantRow).order_by(TenantRow.id))).all()
    tier_rows = (await session.scalars(select(TierRow))).all()
    quotas, next_expiry = await _overrides(session, now)
    groups = await session.scalars(select(GroupRow).order_by(GroupRow.position, GroupRow.name))
    keys = await session.scalars(select(ApiKeyRow))
    modes = {row.id: Mode(row.rollout_mode) for row in tenant_rows if row.rollout_mode}
    snapshot = PolicySnapshot(
        version=policy.version,
        tiers=tiers,
        default_tier=policy.default_tier,
        anonymous=tiers.get(ANONYMOUS),
        tenants={
            row.id: Tenant(id=row.id, tier=row.tier, quotas=quotas.get(row.id, {})) for row in tenant_rows
        },
        groups=tuple(_group(row) for row in groups),
        ceiling=await read_ceiling(session),
        allow=await read_allow(session),
        rollout=Rollout(mode=Mode(policy.rollout_mode), percent=policy.rollout_percent, tenants=modes),
        emergency=Emergency(
            everything=policy.factor,
            tiers={row.name: row.factor for row in tier_rows if row.factor != 1},
            tenants={row.id: row.factor for row in tenant_rows if row.factor != 1},
            blocked=frozenset(row.id for row in tenant_rows if row.blocked),
        ),
        api_keys={row.digest: row.tenant for row in keys},
    )
    return Loaded(snapshot, next_expiry)


async def read_tiers(session: AsyncSession) -> dict[str, Tier]:
    """The tiers by name."""
    limits: dict[tuple[str, str | None], list[LimitRow]] = defaultdict(list)
    for row in await session.scalars(
        select(LimitRow).where(LimitRow.tier.is_not(None)).order_by(LimitRow.id)
    ):
        limits[row.tier or "", row.endpoint_group].append(row)
    tiers = {}
    for tier in await session.scalars(select(TierRow).order_by(TierRow.name)):
        groups = {
            g: _limits(rows) for (name, g), rows in limits.items() if name == tier.name and g is not None
        }
        tiers[tier.name] = Tier(
            name=tier.name,
            limits=_limits(limits.get((tier.name, None), ())),
            group_limits=groups,
            precision=Precision(tier.precision),
        )
    return tiers


async def _overrides(
    session: AsyncSession, now: datetime
) -> tuple[dict[str, dict[str, int]], datetime | None]:
    quotas: dict[str, dict[str, int]] = defaultdict(dict)
    expiries = []
    for row in await session.scalars(select(OverrideRow)):
        if row.expires_at is not None:
            if row.expires_at <= now:
                continue
            expiries.append(row.expires_at)
        quotas[row.tenant][row.limit_name] = row.quota
    return quotas, min(expiries, default=None)


async def read_ceiling(session: AsyncSession) -> Limits:
    """The limits of the whole platform."""
    return _limits(
        await session.scalars(select(LimitRow).where(LimitRow.tier.is_(None)).order_by(LimitRow.id))
    )


async def read_allow(session: AsyncSession) -> AllowList:
    """Who is never limited."""
    rows = (await session.scalars(select(AllowRow).order_by(AllowRow.value))).all()
    return AllowList(
        networks=tuple(row.value for row in rows if row.kind == "network"),
        user_agents=tuple(row.value for row in rows if row.kind == "user-agent"),
    )


def _limits(rows: Iterable[LimitRow]) -> Limits:
    return tuple(
        Limit(
            name=row.name, quota=row.quota, window_s=row.window_ms / 1000, algorithm=Algorithm(row.algorithm)
        )
        for row in rows
    )


def _group(row: GroupRow) -> EndpointGroup:
    return EndpointGroup(name=row.name, patterns=tuple(row.patterns), failure=FailurePolicy(row.failure))
