"""The same FastAPI route behind each limiter; `STACK` chooses. Run by bench.py under uvicorn."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse

from platform_ratelimit.address import LOOPBACK, TrustedProxies
from platform_ratelimit.identity import TrustedHeader
from platform_ratelimit.limiter import Limiter
from platform_ratelimit.middleware import RateLimitMiddleware
from platform_ratelimit.policy import EndpointGroup, Limit, PolicySnapshot, Precision, Tier
from platform_ratelimit.redis.node import RedisNode
from platform_ratelimit.redis.settings import RedisSettings

STACK, PORT, LIMITS = os.environ["STACK"], int(os.environ["REDIS_PORT"]), int(os.environ["LIMITS"])
WORK_S = float(os.environ.get("WORK_MS", "0")) / 1000
# Patient by default: on a crowded machine a fallback would be counted as a fast decision.
DEADLINE_S = float(os.environ.get("DEADLINE_S", "1"))
URL = f"redis://127.0.0.1:{PORT}/0"
# Never reached: what is measured is the price of asking. `denied` asks for one request a day instead.
PLENTY = [(1_000_000, 1), (50_000_000, 60), (900_000, 1), (40_000_000, 60)][:LIMITS]
Startup = Callable[[], Awaitable[None]]


def tenant_of(request: Request) -> str:
    return request.headers["x-tenant"]


def build(*dependencies: Callable[..., Awaitable[None]], startup: Startup | None = None) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        if startup is not None:
            await startup()
        yield

    app = FastAPI(lifespan=lifespan, openapi_url=None)

    @app.get("/data", dependencies=[Depends(one) for one in dependencies])
    async def data() -> JSONResponse:
        if WORK_S:
            await asyncio.sleep(WORK_S)
        return JSONResponse({"rows": [1, 2, 3]})

    return app


def ours(*, leased: bool = False, denied: bool = False) -> FastAPI:
    limits = [Limit(name=f"l{i}", quota=quota, window_s=window) for i, (quota, window) in enumerate(PLENTY)]
    if denied:
        limits = [Limit(name="day", quota=1, window_s=86400), *limits[1:]]
    tier = Tier(
        name="t", limits=tuple(limits[:2]), group_limits={"data": tuple(limits[2:])},
        precision=Precision.LEASED if leased else Precision.EXACT,
    )  # fmt: skip
    groups = (EndpointGroup(name="data", patterns=("/data",)),)
    return limited(PolicySnapshot(version=1, tiers={"t": tier}, default_tier="t", groups=groups))


def limited(snapshot: PolicySnapshot) -> FastAPI:
    """The app behind our middleware with this policy; tenants come in a header, from loopback."""
    limiter = Limiter(RedisNode(RedisSettings(port=PORT, deadline_s=DEADLINE_S)), snapshot)
    proxies = TrustedProxies(LOOPBACK)
    app = build()
    app.add_middleware(
        RateLimitMiddleware, limiter=limiter, identify=TrustedHeader("x-tenant", proxies), proxies=proxies
    )
    return app


def noisy() -> FastAPI:
    """Limits small enough to be reached, for noisy.py."""
    anonymous = Tier(name="anonymous", limits=(Limit(name="ip-sec", quota=5, window_s=1),))
    tier = Tier(
        name="t", limits=(Limit(name="sec", quota=20, window_s=1), Limit(name="min", quota=1200, window_s=60))
    )
    return limited(PolicySnapshot(version=1, tiers={"t": tier}, default_tier="t", anonymous=anonymous))


def floor() -> FastAPI:
    """One PING per request on the thin client: what a round trip costs at the least."""
    node = RedisNode(RedisSettings(port=PORT))

    async def ping() -> None:
        await node.execute(b"PING")

    return build(ping, startup=node.start)


def slowapi_() -> FastAPI:
    from slowapi import Limiter

    app = FastAPI(openapi_url=None)
    # The same work as the others do: its default, fixed windows, admits twice the limit over an edge.
    limiter = Limiter(key_func=tenant_of, storage_uri=URL, strategy="sliding-window-counter")
    app.state.limiter = limiter

    async def data(request: Request) -> JSONResponse:
        return JSONResponse({"rows": [1, 2, 3]})

    for quota, window in PLENTY:
        data = limiter.limit(f"{quota}/{window} seconds")(data)
    app.add_api_route("/data", data)
    return app


def limits_() -> FastAPI:
    from limits import RateLimitItemPerSecond
    from limits.aio.storage import RedisStorage
    from limits.aio.strategies import SlidingWindowCounterRateLimiter

    limiter = SlidingWindowCounterRateLimiter(RedisStorage("async+" + URL, implementation="redispy"))
    items = [RateLimitItemPerSecond(quota, window) for quota, window in PLENTY]

    async def check(request: Request) -> None:
        tenant = tenant_of(request)
        for item in items:
            await limiter.hit(item, tenant)

    return build(check)


def throttled_() -> FastAPI:
    from datetime import timedelta

    from throttled.asyncio import RateLimiterType, RedisStore, Throttled, rate_limiter

    store = RedisStore(server=URL)
    kind = RateLimiterType.SLIDING_WINDOW.value
    checks = [
        Throttled(using=kind, quota=rate_limiter.per_duration(timedelta(seconds=window), quota), store=store)
        for quota, window in PLENTY
    ]

    async def check(request: Request) -> None:
        tenant = tenant_of(request)
        for index, one in enumerate(checks):
            await one.limit(f"{tenant}:{index}")

    return build(check)


def fastapi_limiter_() -> FastAPI:
    from fastapi_limiter.depends import RateLimiter
    from pyrate_limiter import Limiter, Rate, RedisBucket
    from redis.asyncio import Redis

    redis, app = Redis.from_url(URL), FastAPI(openapi_url=None)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        dependencies = []
        for index, (quota, window) in enumerate(PLENTY):
            bucket = await RedisBucket.init([Rate(quota, window * 1000)], redis, f"bucket{index}")
            dependencies.append(Depends(RateLimiter(Limiter(bucket))))

        @app.get("/data", dependencies=dependencies)
        async def data() -> JSONResponse:
            return JSONResponse({"rows": [1, 2, 3]})

        yield

    app.router.lifespan_context = lifespan
    return app


STACKS: dict[str, Callable[[], FastAPI]] = {
    "bare": build,
    "ping": floor,
    "ours": ours,
    "ours-leased": lambda: ours(leased=True),
    "noisy": noisy,
    "ours-denied": lambda: ours(denied=True),
    "limits": limits_,
    "throttled-py": throttled_,
    "fastapi-limiter": fastapi_limiter_,
    "slowapi": slowapi_,
}
app = STACKS[STACK]()
