"""The admin API over real databases: who may, what is refused, what is remembered."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from e2e.ratelimit.policies import policy, running
from e2e.ratelimit.servers import RedisServer
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import create_async_engine

from platform_ratelimit.admin import SuperAdmins, admin_router, limiter_usage
from platform_ratelimit.admin.models import LimitUsage
from platform_ratelimit.db.edit import PolicyStore
from platform_ratelimit.db.migrate import migrate

pytestmark = pytest.mark.e2e
TOKENS = {
    "ann": hashlib.sha256(b"ann's token").hexdigest(),
    "bob": hashlib.sha256(b"bob's token").hexdigest(),
}
ANN, BOB = {"Authorization": "Bearer ann's token"}, {"Authorization": "Bearer bob's token"}
TIER = {"limits": [{"name": "tenant-min", "quota": 100, "window_s": 60}]}


@asynccontextmanager
async def api(url: str, *, told: list[bytes]) -> AsyncIterator[tuple[httpx.AsyncClient, PolicyStore]]:
    engine = create_async_engine(url)
    await migrate(engine)
    store = PolicyStore(engine)

    async def announce(message: bytes) -> None:
        told.append(message)

    async def usage(_tenant: str) -> list[LimitUsage]:
        return []

    app = FastAPI()
    app.include_router(
        admin_router(store, authenticate=SuperAdmins(TOKENS), announce=announce, usage=usage), prefix="/admin"
    )
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://admin/admin", headers=ANN) as client:
        yield client, store
    await engine.dispose()


def run(url: str, scenario: Callable[[httpx.AsyncClient, PolicyStore], Awaitable[None]]) -> list[bytes]:
    told: list[bytes] = []

    async def main() -> None:
        async with api(url, told=told) as (client, store):
            await scenario(client, store)

    asyncio.run(main())
    return told


def test_only_a_super_admin_gets_in(database_url: str) -> None:
    async def scenario(client: httpx.AsyncClient, _store: PolicyStore) -> None:
        for headers in (
            {"Authorization": ""},
            {"Authorization": "Bearer wrong"},
            {"Authorization": "Basic YTpi"},
        ):
            assert (await client.get("/policy", headers=headers)).status_code == 401
            assert (await client.put("/tiers/gold", json=TIER, headers=headers)).status_code == 401
        assert (await client.get("/policy", headers=BOB)).status_code == 200

    assert run(database_url, scenario) == []


def test_a_change_is_stored_announced_and_audited(database_url: str) -> None:
    async def scenario(client: httpx.AsyncClient, store: PolicyStore) -> None:
        assert (await client.put("/tiers/gold?reason=launch", json=TIER)).status_code == 200
        assert (await client.put("/tenants/acme", json={"tier": "gold"})).json()["tier"] == "gold"
        assert (await store.load()).snapshot.tier_of("acme").limits[0].quota == 100
        newest, oldest = (await client.get("/audit")).json()
        assert (newest["actor"], newest["action"], newest["subject"]) == ("ann", "put-tenant", "tenant:acme")
        assert (oldest["reason"], oldest["before"], oldest["after"]["limits"][0]["quota"]) == (
            "launch",
            None,
            100,
        )
        assert len((await client.get("/audit?subject=tenant:acme")).json()) == 1

    assert run(database_url, scenario) == [b"tier:gold", b"tenant:acme"]


def test_two_admins_cannot_overwrite_each_other_unseen(database_url: str) -> None:
    async def scenario(client: httpx.AsyncClient, _store: PolicyStore) -> None:
        await client.put("/tiers/gold", json=TIER)
        seen = (await client.get("/tiers/gold")).headers["etag"]
        assert (await client.put("/tiers/gold", json={"limits": []})).status_code == 428
        assert (
            await client.put("/tiers/gold", json={"limits": []}, headers={"If-Match": seen})
        ).status_code == 200
        late = await client.put("/tiers/gold", json=TIER, headers={**BOB, "If-Match": seen})
        assert late.status_code == 412
        assert (await client.get("/tiers/gold")).json()["limits"] == []
        assert (await client.put("/tiers/new", json=TIER, headers={"If-Match": seen})).status_code == 412

    run(database_url, scenario)


def test_two_writers_at_once_have_one_winner(database_url: str) -> None:
    async def scenario(client: httpx.AsyncClient, _store: PolicyStore) -> None:
        seen = (await client.get("/rollout")).headers["etag"]
        bodies = [{"mode": "shadow", "percent": percent} for percent in range(1, 6)]
        answers = await asyncio.gather(
            *(client.put("/rollout", json=body, headers={"If-Match": seen}) for body in bodies)
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412]

    run(database_url, scenario)


def test_overrides_come_and_go_with_their_reason(database_url: str) -> None:
    async def scenario(client: httpx.AsyncClient, store: PolicyStore) -> None:
        await client.put("/tiers/gold", json=TIER)
        await client.put("/tenants/acme", json={"tier": "gold"})
        path, body = (
            "/tenants/acme/overrides/tenant-min",
            {"quota": 5000, "expires_at": "2099-01-01T00:00:00Z"},
        )
        any_state = {"If-Match": "*"}
        made = await client.put(path + "?reason=migration", json=body, headers=any_state)
        assert made.json()["overrides"]["tenant-min"]["reason"] == "migration"
        assert (await store.load()).snapshot.tenants["acme"].quotas == {"tenant-min": 5000}
        assert (
            await client.put("/tenants/acme/overrides/none", json=body, headers=any_state)
        ).status_code == 422
        naive = {"quota": 1, "expires_at": "2099-01-01T00:00:00"}
        assert (await client.put(path, json=naive, headers=any_state)).status_code == 422
        assert (await client.delete(path, headers=any_state)).json()["overrides"] == {}

    run(database_url, scenario)


def test_the_emergency_switch_tightens_blocks_and_releases(database_url: str) -> None:
    async def scenario(client: httpx.AsyncClient, store: PolicyStore) -> None:
        any_state = {"If-Match": "*"}
        tight = {"everything": 0.5, "tiers": {"standard": 0.5}, "tenants": {"acme": 0.1}, "blocked": ["bad"]}
        assert (await client.put("/emergency", json=tight, headers=any_state)).json() == tight
        emergency = (await store.load()).snapshot.emergency
        assert emergency.factor(tenant="acme", tier="standard") == pytest.approx(0.025)
        assert emergency.blocked == {"bad"}
        assert (await client.put("/emergency", json={"everything": 0}, headers=any_state)).status_code == 422
        released = {"everything": 1.0, "tiers": {}, "tenants": {}, "blocked": []}
        assert (await client.put("/emergency", json={}, headers=any_state)).json() == released

    run(database_url, scenario)


def test_what_would_be_no_policy_is_refused_with_the_reason(database_url: str) -> None:
    async def scenario(client: httpx.AsyncClient, store: PolicyStore) -> None:
        two = {"limits": [{"name": n, "quota": 1, "window_s": 1} for n in ("a", "b")]}
        answer = await client.put("/tiers/gold", json=two)
        assert answer.status_code == 422
        assert "share a window" in answer.json()["detail"]
        unknown = {"group_limits": {"none": TIER["limits"]}}
        assert (await client.put("/tiers/gold", json=unknown)).status_code == 422
        assert (await client.put("/tenants/acme", json={"tier": "none"})).status_code == 422
        assert (await client.put("/default-tier/none", headers={"If-Match": "*"})).status_code == 422
        assert (await client.put("/groups/g", json={"patterns": ["no-slash"]})).status_code == 422
        assert (await client.put("/tiers/a{b", json=TIER)).status_code == 422
        assert await store.version() == 1

    run(database_url, scenario)


def test_groups_allow_list_ceiling_and_pages_of_tenants(database_url: str) -> None:
    async def scenario(client: httpx.AsyncClient, store: PolicyStore) -> None:
        any_state = {"If-Match": "*"}
        await client.put("/groups/auth", json={"patterns": ["POST /auth/*"], "failure": "closed"})
        assert (await client.get("/groups/auth")).json()["failure"] == "closed"
        allow = {"networks": ["10.0.0.0/8", "10.0.0.0/8"], "user_agents": []}
        assert (await client.put("/allow-list", json=allow, headers=any_state)).json()["networks"] == [
            "10.0.0.0/8"
        ]
        assert (
            await client.put("/allow-list", json={"networks": ["x"]}, headers=any_state)
        ).status_code == 422
        assert (await client.put("/ceiling", json=TIER, headers=any_state)).status_code == 200
        assert (await store.load()).snapshot.ceiling[0].quota == 100
        for name in "cab":
            await client.put(f"/tenants/{name}", json={})
        assert (await client.get("/tenants?most=2")).json() == ["a", "b"]
        assert (await client.get("/tenants?after=b")).json() == ["c"]
        assert (await client.delete("/tenants/c", headers=any_state)).status_code == 204
        assert (await client.get("/tenants/c")).status_code == 404
        assert (await client.delete("/groups/auth", headers=any_state)).status_code == 204
        assert (await client.delete("/tiers/standard", headers=any_state)).status_code == 422

    run(database_url, scenario)


def test_usage_shows_what_is_left_and_costs_nothing(redis_server: RedisServer) -> None:
    async def scenario() -> None:
        async with running(redis_server, policy(10)) as limiter:
            plan = limiter.planner.for_tenant("acme", "default")
            for _ in range(4):
                await limiter.decide(plan)
            usage = limiter_usage(limiter)
            for _ in range(3):
                shown = [one.model_dump() for one in await usage("acme")]
                assert shown == [{"name": "all", "scope": "tenant", "quota": 10, "remaining": 6}]

    asyncio.run(scenario())
