"""The application behind the gateway: says what reached it, and carries the middleware too."""

from __future__ import annotations

import json
import os

from platform_ratelimit.address import LOOPBACK, TrustedProxies
from platform_ratelimit.asgi import Receive, Scope, Send
from platform_ratelimit.identity import TrustedHeader
from platform_ratelimit.limiter import Limiter
from platform_ratelimit.mark import GatewayMark
from platform_ratelimit.middleware import RateLimitMiddleware
from platform_ratelimit.policy import Limit, PolicySnapshot, Tier
from platform_ratelimit.redis.node import RedisNode
from platform_ratelimit.redis.settings import RedisSettings


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    body = json.dumps({"path": scope["path"], "headers": headers}).encode()
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]}
    )
    await send({"type": "http.response.body", "body": body})


def app() -> RateLimitMiddleware:
    """Behind the middleware with one request a day, which only the gateway's mark gets past."""
    tier = Tier(name="t", limits=(Limit(name="own", quota=1, window_s=86_400),))
    snapshot = PolicySnapshot(version=1, tiers={"t": tier}, default_tier="t", anonymous=tier)
    limiter = Limiter(RedisNode(RedisSettings(port=int(os.environ["REDIS_PORT"]), deadline_s=1.0)), snapshot)
    proxies = TrustedProxies(LOOPBACK)
    return RateLimitMiddleware(
        echo,
        limiter=limiter,
        identify=TrustedHeader("x-tenant-id", proxies),
        proxies=proxies,
        mark=GatewayMark(os.environ["MARK_SECRET"]),
    )
