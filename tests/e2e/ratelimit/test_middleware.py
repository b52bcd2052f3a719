"""The middleware in a real FastAPI application, deciding with a real Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
from e2e.ratelimit.policies import policy, running
from e2e.ratelimit.servers import RedisServer
from fastapi import FastAPI, WebSocket

from platform_ratelimit.address import LOOPBACK, TrustedProxies
from platform_ratelimit.identity import TrustedHeader
from platform_ratelimit.limiter import Limiter
from platform_ratelimit.mark import GatewayMark
from platform_ratelimit.middleware import RateLimitMiddleware
from platform_ratelimit.policy import AllowList, Emergency, Mode, PolicySnapshot, Rollout
from platform_ratelimit.redis.node import RedisNode
from platform_ratelimit.redis.settings import RedisSettings

pytestmark = pytest.mark.e2e
PROXIES = TrustedProxies(LOOPBACK)
MARK = GatewayMark("a secret of the gateway")


def application(limiter: Limiter) -> FastAPI:
    app = FastAPI()

    @app.get("/data")
    async def data() -> dict[str, str]:
        return {"it": "works"}

    @app.websocket("/ws")
    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(await socket.receive_text())
        await socket.close()

    app.add_middleware(
        RateLimitMiddleware,
        limiter=limiter,
        identify=TrustedHeader("x-tenant", PROXIES),
        proxies=PROXIES,
        mark=MARK,
    )
    return app


@asynccontextmanager
async def client(server: RedisServer, snapshot: PolicySnapshot) -> AsyncIterator[httpx.AsyncClient]:
    async with running(server, snapshot) as limiter:
        transport = httpx.ASGITransport(app=application(limiter), client=("127.0.0.1", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://app") as http:
            yield http


def statuses(server: RedisServer, snapshot: PolicySnapshot, *requests: dict[str, str]) -> list[int]:
    async def scenario() -> list[int]:
        async with client(server, snapshot) as http:
            return [(await http.get("/data", headers=headers)).status_code for headers in requests]

    return asyncio.run(scenario())


ACME, OTHER = {"x-tenant": "acme"}, {"x-tenant": "other"}


def test_a_tenant_over_its_limit_gets_429_and_its_neighbour_does_not(redis_server: RedisServer) -> None:
    assert statuses(redis_server, policy(2), ACME, ACME, ACME, OTHER) == [200, 200, 429, 200]


def test_the_refusal_tells_what_and_when(redis_server: RedisServer) -> None:
    async def scenario() -> None:
        async with client(redis_server, policy(1)) as http:
            allowed = await http.get("/data", headers=ACME)
            assert allowed.headers["ratelimit-policy"] == '"all";q=1;w=86400'
            assert allowed.headers["ratelimit"].startswith('"all";r=0;t=')
            assert allowed.headers["x-ratelimit-remaining"] == "0"
            refused = await http.get("/data", headers=ACME)
            assert refused.headers["content-type"] == "application/problem+json"
            assert refused.json()["violated-policies"] == ["all"]
            assert int(refused.headers["retry-after"]) >= int(refused.headers["ratelimit"].rpartition("=")[2])

    asyncio.run(scenario())


def test_who_shows_no_identity_is_limited_by_address(redis_server: RedisServer) -> None:
    one, two = {"x-forwarded-for": "203.0.113.1"}, {"x-forwarded-for": "203.0.113.2"}
    assert statuses(redis_server, policy(1), one, one, two, ACME) == [200, 429, 200, 200]


def test_shadow_decides_but_never_blocks(redis_server: RedisServer) -> None:
    snapshot = replace(policy(1), rollout=Rollout(mode=Mode.SHADOW))
    assert statuses(redis_server, snapshot, ACME, ACME, ACME) == [200, 200, 200]
    with redis_server.client() as redis:
        assert redis.exists("rl:{acme}:t")


def test_off_does_not_even_ask(redis_server: RedisServer) -> None:
    snapshot = replace(policy(1), rollout=Rollout(mode=Mode.ENFORCE, tenants={"acme": Mode.OFF}))
    assert statuses(redis_server, snapshot, ACME, ACME, OTHER, OTHER) == [200, 200, 200, 429]
    with redis_server.client() as redis:
        assert not redis.exists("rl:{acme}:t")


def test_the_allow_list_is_not_limited(redis_server: RedisServer) -> None:
    snapshot = replace(policy(1), allow=AllowList(networks=("203.0.113.0/24",), user_agents=("probe/1",)))
    inside, agent = {**ACME, "x-forwarded-for": "203.0.113.9"}, {**ACME, "user-agent": "probe/1"}
    assert statuses(redis_server, snapshot, inside, inside, agent, agent, ACME, ACME) == [200] * 5 + [429]


def test_a_blocked_tenant_is_refused_at_once(redis_server: RedisServer) -> None:
    snapshot = replace(policy(10), emergency=Emergency(blocked=frozenset({"acme"})))
    assert statuses(redis_server, snapshot, ACME, OTHER) == [429, 200]


def test_behind_the_gateway_a_request_is_charged_once(redis_server: RedisServer) -> None:
    marked = {**ACME, "x-ratelimit-decided": MARK.value()}
    forged = {**ACME, "x-ratelimit-decided": "0" * 64}
    assert statuses(redis_server, policy(1), marked, marked, forged, forged) == [200, 200, 200, 429]


def test_websockets_and_lifespan_pass_through_and_start_the_limiter(redis_server: RedisServer) -> None:
    async def speak(app: FastAPI, scope: Mapping[str, object], *said: Mapping[str, object]) -> list[str]:
        lines, heard = iter(said), []

        async def receive() -> dict[str, object]:
            return dict(next(lines))

        async def send(message: MutableMapping[str, Any]) -> None:
            heard.append(f"{message['type']} {message.get('text', '')}".strip())

        await app(dict(scope), receive, send)
        return heard

    async def scenario() -> None:
        limiter = Limiter(RedisNode(RedisSettings(port=redis_server.port, deadline_s=0.5)), policy(1))
        app = application(limiter)
        socket = {
            "type": "websocket",
            "path": "/ws",
            "headers": [],
            "query_string": b"",
            "client": ("127.0.0.1", 1),
        }
        hello = {"type": "websocket.receive", "text": "hello"}
        for _ in range(3):
            heard = await speak(app, socket, {"type": "websocket.connect"}, hello)
            assert limiter.backend.available is False  # only the lifespan starts it
            assert heard == ["websocket.accept", "websocket.send hello", "websocket.close"]
        life = await speak(
            app, {"type": "lifespan"}, {"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}
        )
        assert life == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
        assert not limiter.backend.available

    asyncio.run(scenario())


def test_an_application_starts_and_serves_without_redis(redis_server: RedisServer) -> None:
    absent = RedisServer(redis_server.folder)
    assert statuses(absent, policy(1), ACME, ACME) == [200, 429]


def test_headers_the_application_sets_are_kept(redis_server: RedisServer) -> None:
    async def scenario() -> None:
        async with client(redis_server, policy(5)) as http:
            response = await http.get("/data", headers=ACME)
            assert response.headers["content-type"] == "application/json"
            assert response.headers["x-ratelimit-limit"] == "5"

    asyncio.run(scenario())
