"""What a tenant has left, asked of the limiter."""

from __future__ import annotations

from fastapi import HTTPException

from platform_ratelimit.admin.models import LimitUsage
from platform_ratelimit.admin.routes import Usage
from platform_ratelimit.limiter import Limiter
from platform_ratelimit.policy import DEFAULT_GROUP, Scope
from platform_ratelimit.redis.failures import BackendUnavailable


def limiter_usage(limiter: Limiter) -> Usage:
    """For `admin_router`: reads the counters of a tenant, group by group, and takes nothing from them."""

    async def usage(tenant: str) -> list[LimitUsage]:
        planner = limiter.planner
        rows: dict[str, LimitUsage] = {}
        try:
            for group in (DEFAULT_GROUP, *planner.snapshot.tier_of(tenant).group_limits):
                plan = planner.for_tenant(tenant, group)
                for planned, left in zip(plan.limits, await limiter.remaining(plan), strict=True):
                    name, quota = planned.limit.name, planned.limit.quota
                    if planned.scope is not Scope.PLATFORM:
                        rows[name] = LimitUsage(name=name, scope=planned.scope, quota=quota, remaining=left)
        except BackendUnavailable as error:
            raise HTTPException(503, f"redis cannot be asked: {error.reason}") from error
        return list(rows.values())

    return usage
