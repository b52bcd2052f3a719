"""The policy in SQLite and in PostgreSQL: migrations, edits, the audit trail, live changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from e2e.ratelimit.policies import policy
from e2e.ratelimit.servers import RedisServer
from sqlalchemy import Connection, event, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from platform_ratelimit.db import edit
from platform_ratelimit.db.edit import Change, PolicyStore
from platform_ratelimit.db.loader import PolicyLoader
from platform_ratelimit.db.migrate import VERSION_TABLE, migrate
from platform_ratelimit.db.tables import Base, OverrideRow
from platform_ratelimit.errors import PolicyError
from platform_ratelimit.limiter import Limiter
from platform_ratelimit.policy import Algorithm, AllowList, EndpointGroup, Limit, Mode, Rollout, Tier
from platform_ratelimit.redis.node import RedisNode
from platform_ratelimit.redis.settings import RedisSettings

pytestmark = pytest.mark.e2e
NOW = datetime(2030, 1, 1, tzinfo=UTC)
MINUTE = Limit(name="tenant-min", quota=100, window_s=60)
LOGIN = Limit(name="auth-min", quota=10, window_s=60, algorithm=Algorithm.SLIDING_LOG)
GOLD = Tier(name="gold", limits=(MINUTE,), group_limits={"auth": (LOGIN,)})
AUTH = EndpointGroup(name="auth", patterns=("POST /auth/*",))
WHO = Change(actor="ann", action="test", subject="policy")


@asynccontextmanager
async def engine_of(url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_async_engine(url)
    try:
        await migrate(engine)
        yield engine
    finally:
        await engine.dispose()


async def make_gold(store: PolicyStore) -> None:
    async with store.changing(replace(WHO)) as session:
        await edit.put_group(session, AUTH, position=0)
        await edit.put_tier(session, GOLD)
        await edit.put_tenant(session, "acme", "gold")


def run(url: str, scenario: Callable[[AsyncEngine], Awaitable[None]]) -> None:
    async def main() -> None:
        async with engine_of(url) as engine:
            await scenario(engine)

    asyncio.run(main())


def test_the_migrations_make_exactly_the_tables_and_can_run_twice(database_url: str) -> None:
    def differences(connection: Connection) -> list[object]:
        types = connection.dialect.name == "postgresql"  # SQLite has no types to compare
        options = {"version_table": VERSION_TABLE, "compare_type": types}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, Base.metadata))

    async def scenario(engine: AsyncEngine) -> None:
        await migrate(engine)
        async with engine.connect() as connection:
            assert await connection.run_sync(differences) == []

    run(database_url, scenario)


def test_what_was_written_comes_back_as_a_snapshot(database_url: str) -> None:
    async def scenario(engine: AsyncEngine) -> None:
        store = PolicyStore(engine, now=lambda: NOW)
        await make_gold(store)
        flag = Rollout(mode=Mode.SHADOW, percent=30, tenants={"acme": Mode.OFF})
        async with store.changing(replace(WHO)) as session:
            await edit.set_ceiling(session, (Limit(name="all", quota=9000, window_s=0.5),))
            await edit.set_allow(session, AllowList(networks=("10.0.0.0/8",), user_agents=("probe/1",)))
            await edit.set_rollout(session, flag)
            await edit.set_emergency(
                session,
                everything=0.5,
                tiers={"gold": 0.25},
                tenants={"acme": 0.1},
                blocked=frozenset({"bad"}),
            )
        found = (await store.load()).snapshot
        assert found.version == 3
        assert found.tiers["gold"] == GOLD
        assert found.groups == (AUTH,)
        assert found.ceiling == (Limit(name="all", quota=9000, window_s=0.5),)
        assert found.allow == AllowList(networks=("10.0.0.0/8",), user_agents=("probe/1",))
        assert found.rollout == flag
        assert found.emergency.factor(tenant="acme", tier="gold") == pytest.approx(0.0125)
        assert found.emergency.blocked == {"bad"}
        assert found.tenants["bad"].tier == "standard"  # blocking enters a tenant on the default tier

    run(database_url, scenario)


def test_an_override_counts_until_it_expires(database_url: str) -> None:
    async def scenario(engine: AsyncEngine) -> None:
        now = NOW
        store = PolicyStore(engine, now=lambda: now)
        await make_gold(store)
        expires = NOW + timedelta(hours=1)
        async with store.changing(replace(WHO)) as session:
            await edit.put_override(
                session,
                OverrideRow(tenant="acme", limit_name="tenant-min", quota=7, expires_at=expires, reason=""),
            )
        loaded = await store.load()
        assert loaded.snapshot.tenants["acme"].quotas == {"tenant-min": 7}
        assert loaded.next_expiry == expires
        now = expires
        assert (await store.load()).snapshot.tenants["acme"].quotas == {}

    run(database_url, scenario)


def test_an_edit_that_leaves_no_policy_never_happened(database_url: str) -> None:
    async def scenario(engine: AsyncEngine) -> None:
        store = PolicyStore(engine, now=lambda: NOW)
        await make_gold(store)
        with pytest.raises(PolicyError):
            async with store.changing(replace(WHO)) as session:
                await edit.delete_group(session, "auth")  # gold still limits it
        with pytest.raises(PolicyError):
            async with store.changing(replace(WHO)) as session:
                await edit.delete_tier(session, "gold")  # acme is on it
        with pytest.raises(PolicyError):
            async with store.changing(replace(WHO)) as session:
                await edit.put_override(
                    session, OverrideRow(tenant="acme", limit_name="nonsense", quota=7, reason="")
                )
        assert (await store.load()).snapshot.version == 2
        assert len(await store.audit()) == 1

    run(database_url, scenario)


def test_edits_at_the_same_time_queue_up_and_lose_nothing(database_url: str) -> None:
    async def scenario(engine: AsyncEngine) -> None:
        store = PolicyStore(engine)

        async def enter(number: int) -> None:
            async with store.changing(replace(WHO, subject=f"tenant:t{number}")) as session:
                await edit.put_tenant(session, f"t{number}", None)

        await asyncio.gather(*(enter(number) for number in range(8)))
        assert await store.version() == 9
        assert len((await store.load()).snapshot.tenants) == 8
        assert sorted(row.version for row in await store.audit()) == list(range(2, 10))

    run(database_url, scenario)


def test_counting_up_the_version_takes_one_query_a_poll(database_url: str) -> None:
    async def scenario(engine: AsyncEngine) -> None:
        store, statements = PolicyStore(engine), []
        event.listen(
            engine.sync_engine, "before_cursor_execute", lambda *args: statements.append(args[2]), named=False
        )
        await store.version()
        assert len(statements) == 1

    run(database_url, scenario)


class Told:
    """Passes announcements on to a loader that comes later than the connection."""

    loader: PolicyLoader | None = None

    def __call__(self) -> None:
        if self.loader is not None:
            self.loader.invalidate()


@asynccontextmanager
async def fleet(
    engine: AsyncEngine, server: RedisServer, count: int, *, poll_s: float
) -> AsyncIterator[tuple[list[Limiter], PolicyStore]]:
    """Several limiters with a loader each, as in several processes."""
    store, limiters, loaders = PolicyStore(engine), [], []
    for _ in range(count):
        told = Told()
        node = RedisNode(RedisSettings(port=server.port, deadline_s=0.5), on_message=told)
        limiter = Limiter(node, policy())
        told.loader = PolicyLoader(store, limiter, poll_s=poll_s)
        await limiter.start()
        await told.loader.start()
        limiters.append(limiter)
        loaders.append(told.loader)
    try:
        yield limiters, store
    finally:
        for loader, limiter in zip(loaders, limiters, strict=True):
            await loader.close()
            await limiter.close()


async def versions_reach(limiters: list[Limiter], version: int, *, seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while {limiter.version for limiter in limiters} != {version}:
            await asyncio.sleep(0.01)


def test_a_change_is_in_force_everywhere_after_its_announcement(
    database_url: str, redis_server: RedisServer
) -> None:
    """Polling is set to an hour: what arrives, arrives by the announcement."""

    async def scenario(engine: AsyncEngine) -> None:
        async with fleet(engine, redis_server, 3, poll_s=3600) as (limiters, store):
            await asyncio.sleep(0.2)  # until all have subscribed
            await make_gold(store)
            await limiters[0].backend.announce(b"2")
            await versions_reach(limiters, 2, seconds=5)
            assert [p.limit.quota for p in limiters[2].planner.for_tenant("acme", "auth").limits] == [100, 10]

    run(database_url, scenario)


def test_polling_finds_a_change_that_nobody_announced(database_url: str, redis_server: RedisServer) -> None:
    async def scenario(engine: AsyncEngine) -> None:
        async with fleet(engine, redis_server, 2, poll_s=0.1) as (limiters, store):
            await make_gold(store)
            await versions_reach(limiters, 2, seconds=10)

    run(database_url, scenario)


def test_an_expiring_override_ends_without_a_change_of_version(
    database_url: str, redis_server: RedisServer
) -> None:
    async def scenario(engine: AsyncEngine) -> None:
        now = NOW
        store = PolicyStore(engine, now=lambda: now)
        await make_gold(store)
        async with store.changing(replace(WHO)) as session:
            expires = NOW + timedelta(minutes=5)
            row = OverrideRow(tenant="acme", limit_name="tenant-min", quota=7, expires_at=expires, reason="")
            await edit.put_override(session, row)
        limiter = Limiter(RedisNode(RedisSettings(port=redis_server.port)), policy())
        loader = PolicyLoader(store, limiter, now=lambda: now)
        await loader.refresh()
        assert limiter.planner.for_tenant("acme", "default").limits[0].limit.quota == 7
        now += timedelta(minutes=5)
        await loader.refresh()
        assert limiter.planner.for_tenant("acme", "default").limits[0].limit.quota == 100

    run(database_url, scenario)


def test_a_database_that_is_away_or_broken_leaves_the_old_policy_in_force(database_url: str) -> None:
    async def scenario(engine: AsyncEngine) -> None:
        limiter = Limiter(RedisNode(RedisSettings(port=1)), policy(5, version=77))
        away = create_async_engine("postgresql+asyncpg://nobody@127.0.0.1:1/none")
        loader = PolicyLoader(PolicyStore(away), limiter)
        await loader.start()
        await loader.close()
        assert not loader.healthy
        assert limiter.version == 77
        store = PolicyStore(engine)
        async with engine.begin() as connection:
            await connection.execute(text("UPDATE ratelimit_policy SET default_tier = 'gone', version = 5"))
        broken = PolicyLoader(store, limiter)
        await broken.start()
        await broken.close()
        assert not broken.healthy
        assert limiter.version == 77
        await away.dispose()

    run(database_url, scenario)
