"""Redis refused, hung, flushed, restarted, read-only: requests go on, nobody waits past the deadline."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from pathlib import Path

import pytest
from e2e.ratelimit.policies import policy, running, sources, until
from e2e.ratelimit.servers import RedisServer

from platform_ratelimit.decision import Source
from platform_ratelimit.redis.breaker import BreakerSettings
from platform_ratelimit.redis.settings import RedisSettings

pytestmark = pytest.mark.e2e
QUICK = RedisSettings(deadline_s=0.05, breaker=BreakerSettings(longest_delay_s=0.1))


def test_a_refused_connection_falls_back_by_the_policy_of_the_group(tmp_path: Path) -> None:
    async def scenario() -> None:
        absent = RedisServer(tmp_path)
        async with running(absent, policy(3), settings=QUICK) as limiter:
            assert not limiter.backend.available
            verdicts = [
                (decision.allowed, decision.source)
                for group in ("local", "open", "closed")
                for decision in [
                    await limiter.decide(limiter.planner.for_tenant("acme", group)) for _ in range(4)
                ]
            ]
        assert verdicts == (
            [(True, Source.LOCAL)] * 3
            + [(False, Source.LOCAL)]
            + [(True, Source.OPEN)] * 4
            + [(False, Source.CLOSED)] * 4
        )

    asyncio.run(scenario())


def test_while_redis_is_away_each_process_grants_its_fair_share(own_redis: RedisServer) -> None:
    async def scenario() -> None:
        async with (
            running(own_redis, policy(90), settings=QUICK) as one,
            running(own_redis, policy(90), settings=QUICK) as two,
            running(own_redis, policy(90), settings=QUICK) as three,
        ):

            async def counted() -> bool:
                return {limiter.backend.processes for limiter in (one, two, three)} == {3}

            await until(counted, seconds=20)
            own_redis.stop()

            async def gone() -> bool:
                return not any(limiter.backend.available for limiter in (one, two, three))

            await until(gone)
            for limiter in (one, two, three):
                plan = limiter.planner.for_tenant("acme", "default")
                assert sum([(await limiter.decide(plan)).allowed for _ in range(60)]) == 30

    asyncio.run(scenario())


def test_a_hung_server_is_left_alone_and_found_again_when_it_wakes(own_redis: RedisServer) -> None:
    async def scenario() -> None:
        changes: list[tuple[bool, str]] = []
        async with running(
            own_redis, policy(), settings=QUICK, on_change=lambda _place, up, why: changes.append((up, why))
        ) as limiter:
            assert await sources(limiter) == {Source.REDIS: 1}
            own_redis.hang()
            try:
                plan = limiter.planner.for_tenant("acme", "default")
                stalled = await asyncio.gather(*(limiter.decide(plan) for _ in range(50)))
                assert {decision.source for decision in stalled} == {Source.LOCAL}
                assert all([(await sources(limiter))[Source.LOCAL] for _ in range(10)])
                assert not limiter.backend.available
                asked = limiter.unavailable
                assert await sources(limiter, 500) == {Source.LOCAL: 500}
                assert limiter.unavailable == asked  # a known outage is not asked about
            finally:
                own_redis.wake()

            async def back() -> bool:
                return limiter.backend.available

            await until(back)
            assert await sources(limiter) == {Source.REDIS: 1}
        assert changes == [(True, "answered"), (False, "deadline"), (True, "answered")]

    asyncio.run(scenario())


def test_no_decision_waits_past_the_deadline_on_a_hung_server(own_redis: RedisServer) -> None:
    """Not a speed test: a tenth of a second of grace on a 50 ms deadline, against a hang of a second."""

    async def scenario() -> None:
        async with running(own_redis, policy(), settings=QUICK) as limiter:
            own_redis.hang()
            try:
                started = time.monotonic()
                await sources(limiter)
                assert time.monotonic() - started < 1.0
            finally:
                own_redis.wake()

    asyncio.run(scenario())


def test_a_slow_server_is_an_outage_that_is_logged_once_and_ends_by_itself(
    own_redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Every reply a second late: requests are decided here, and nothing piles up behind it."""

    async def scenario() -> None:
        async with running(own_redis, policy(100_000), settings=QUICK) as limiter:
            with own_redis.client() as client:
                client.execute_command("CLIENT", "PAUSE", "1500", "ALL")
            plan = limiter.planner.for_tenant("acme", "default")
            for _ in range(5):
                late = await asyncio.gather(*(limiter.decide(plan) for _ in range(30)))
                assert {decision.source for decision in late} == {Source.LOCAL}

            async def back() -> bool:
                return (await sources(limiter)) == {Source.REDIS: 1}

            await until(back)

    with caplog.at_level("INFO", logger="platform_ratelimit.redis"):
        asyncio.run(scenario())
    levels = [record.levelname for record in caplog.records if record.name == "platform_ratelimit.redis"]
    assert levels == ["INFO", "WARNING", "INFO"]


def test_a_flushed_script_is_no_outage(own_redis: RedisServer) -> None:
    async def scenario() -> None:
        changes: list[bool] = []
        async with running(
            own_redis, policy(), on_change=lambda _place, up, _why: changes.append(up)
        ) as limiter:
            assert await sources(limiter, 3) == {Source.REDIS: 3}
            with own_redis.client() as client:
                client.script_flush()
            plan = limiter.planner.for_tenant("acme", "default")
            decisions = await asyncio.gather(*(limiter.decide(plan) for _ in range(20)))
            assert {decision.source for decision in decisions} == {Source.REDIS}
            assert min(decision.remaining[0] for decision in decisions) == 100 - 23
        assert changes == [True]

    asyncio.run(scenario())


def test_flushed_data_starts_the_budget_afresh_within_a_second(own_redis: RedisServer) -> None:
    async def scenario() -> None:
        async with running(own_redis, policy(2)) as limiter:
            assert await sources(limiter, 4) == {Source.REDIS: 3, Source.CACHE: 1}
            with own_redis.client() as client:
                client.flushall()

            async def allowed() -> bool:
                return (await limiter.decide(limiter.planner.for_tenant("acme", "default"))).allowed

            await until(allowed, seconds=3)

    asyncio.run(scenario())


def test_a_restarted_server_decides_again(own_redis: RedisServer) -> None:
    async def scenario() -> None:
        async with running(own_redis, policy(), settings=QUICK) as limiter:
            assert await sources(limiter) == {Source.REDIS: 1}
            own_redis.stop()
            await asyncio.sleep(0.05)
            assert await sources(limiter, 5) == {Source.LOCAL: 5}
            own_redis.start()

            async def decided_by_redis() -> bool:
                return (await sources(limiter))[Source.REDIS] == 1

            await until(decided_by_redis)

    asyncio.run(scenario())


def test_a_server_that_turns_into_a_read_only_replica_is_an_outage(
    own_redis: RedisServer, tmp_path: Path
) -> None:
    async def scenario(master: RedisServer) -> None:
        async with running(own_redis, policy(), settings=QUICK) as limiter:
            assert await sources(limiter) == {Source.REDIS: 1}
            with own_redis.client() as client:
                client.replicaof("127.0.0.1", master.port)
                assert await sources(limiter) == {Source.LOCAL: 1}
                assert not limiter.backend.available
                client.replicaof("NO", "ONE")

            async def back() -> bool:
                return limiter.backend.available

            await until(back)

    with RedisServer(tmp_path / "master") as master:
        asyncio.run(scenario(master))


def test_a_full_queue_refuses_at_once_instead_of_growing(own_redis: RedisServer) -> None:
    async def scenario() -> None:
        settings = RedisSettings(deadline_s=0.3, most_pending=10)
        async with running(own_redis, policy(), settings=settings) as limiter:
            plan = limiter.planner.for_tenant("acme", "default")
            decisions = await asyncio.gather(*(limiter.decide(plan) for _ in range(25)))
            assert Counter(decision.source for decision in decisions) == {Source.REDIS: 10, Source.LOCAL: 15}

    asyncio.run(scenario())


def test_a_key_of_another_type_hurts_its_own_tenant_only(own_redis: RedisServer) -> None:
    async def scenario() -> None:
        async with running(own_redis, policy()) as limiter:
            with own_redis.client() as client:
                client.set("rl:{acme}:t", "not a record")
                assert await sources(limiter) == {Source.REDIS: 1}  # unreadable counters start afresh
            assert limiter.backend.available

    asyncio.run(scenario())
