"""Small policies and limiters that several tests use."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from e2e.ratelimit.servers import RedisServer

from platform_ratelimit.decision import Source
from platform_ratelimit.lease import LeaseSettings
from platform_ratelimit.limiter import Limiter
from platform_ratelimit.policy import (
    Algorithm,
    EndpointGroup,
    FailurePolicy,
    Limit,
    PolicySnapshot,
    Precision,
    Tier,
)
from platform_ratelimit.redis.node import RedisNode, StateChange
from platform_ratelimit.redis.settings import RedisSettings

DAY = 86_400


def policy(
    quota: int = 100,
    *,
    version: int = 1,
    window_s: float = DAY,
    precision: Precision = Precision.EXACT,
    algorithm: Algorithm = Algorithm.SLIDING_WINDOW,
    ceiling: int | None = None,
) -> PolicySnapshot:
    """One tier with one limit over everything, and three groups that fail differently."""
    groups = tuple(
        EndpointGroup(name=name, patterns=(f"/{name}/**",), failure=FailurePolicy(name))
        for name in ("local", "open", "closed")
    )
    limit = Limit(name="all", quota=quota, window_s=window_s, algorithm=algorithm)
    anonymous = Tier(name="anonymous", limits=(Limit(name="ip", quota=quota, window_s=window_s),))
    return PolicySnapshot(
        version=version,
        tiers={"t": Tier(name="t", limits=(limit,), precision=precision)},
        default_tier="t",
        groups=groups,
        anonymous=anonymous,
        ceiling=(Limit(name="ceiling", quota=ceiling, window_s=window_s),) if ceiling else (),
    )


@asynccontextmanager
async def running(
    server: RedisServer,
    snapshot: PolicySnapshot,
    *,
    settings: RedisSettings | None = None,
    share: float = 0.01,
    on_change: StateChange = lambda _place, _available, _reason: None,
) -> AsyncIterator[Limiter]:
    node = RedisNode(
        replace(settings or RedisSettings(deadline_s=0.5), port=server.port), on_change=on_change
    )
    limiter = Limiter(node, snapshot, leases=LeaseSettings(share=share))
    await limiter.start()
    try:
        yield limiter
    finally:
        await limiter.close()


async def sources(limiter: Limiter, count: int = 1, group: str = "default") -> Counter[Source]:
    plan = limiter.planner.for_tenant("acme", group)
    return Counter([(await limiter.decide(plan)).source for _ in range(count)])


async def until(claim: Callable[[], Awaitable[bool]], *, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not await claim():
        assert time.monotonic() < deadline, "did not come true"
        await asyncio.sleep(0.02)
