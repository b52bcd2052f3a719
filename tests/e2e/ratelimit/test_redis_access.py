"""Who may do what at Redis: credentials, old protocols, users with the documented rights and no more."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from e2e.ratelimit.policies import policy, running, sources, until
from e2e.ratelimit.servers import RedisServer

from platform_ratelimit.decision import Source
from platform_ratelimit.policy import Algorithm, Limit, Precision, Tier
from platform_ratelimit.redis.settings import RedisSettings

pytestmark = pytest.mark.e2e
PAGE = Path(__file__).parents[3] / "docs/ratelimit/configuration.md"


@pytest.mark.parametrize("credentials", ["default", "named"])
def test_credentials_database_and_old_protocol_are_greeted(tmp_path: Path, credentials: str) -> None:
    async def scenario(server: RedisServer) -> None:
        settings = RedisSettings(
            deadline_s=0.5,
            password="s3cret",
            username="limiter" if credentials == "named" else None,
            database=3,
        )
        async with running(server, policy(), settings=settings) as limiter:
            assert await sources(limiter) == {Source.REDIS: 1}
        async with running(server, policy(), settings=RedisSettings(password="wrong")) as limiter:
            assert await sources(limiter) == {Source.LOCAL: 1}

    with RedisServer(tmp_path / "auth") as server:
        with server.client() as client:
            if credentials == "named":
                client.acl_setuser("limiter", enabled=True, passwords=["+s3cret"], keys=["rl:*"],
                                   channels=["*"], commands=["+@all"])  # fmt: skip
                client.acl_setuser("default", enabled=False)
            else:
                client.config_set("requirepass", "s3cret")
        asyncio.run(scenario(server))


def test_a_user_who_may_not_listen_still_decides(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A refused SUBSCRIBE must not shift the replies that come after it."""

    async def scenario(server: RedisServer) -> None:
        settings = RedisSettings(deadline_s=0.5, username="limiter", password="s3cret")
        async with running(server, policy(1000), settings=settings) as limiter:

            async def decided() -> bool:
                return (await sources(limiter))[Source.REDIS] == 1

            await until(decided)
            plans = [limiter.planner.for_tenant(f"t{number}", "default") for number in range(50)]
            decisions = await asyncio.gather(*(limiter.decide(plan) for plan in plans))
            assert [decision.remaining for decision in decisions] == [[999]] * 50
            assert {decision.source for decision in decisions} == {Source.REDIS}

    with RedisServer(tmp_path / "acl") as server:
        with server.client() as client:
            client.acl_setuser(
                "limiter", enabled=True, passwords=["+s3cret"], keys=["rl:*"], commands=["+@all"]
            )
        asyncio.run(scenario(server))
    assert [record for record in caplog.records if "polling only" in record.message]


def test_an_announcement_reaches_every_listener(own_redis: RedisServer) -> None:
    async def scenario() -> None:
        heard: list[float] = []
        async with running(own_redis, policy()) as speaker, running(own_redis, policy()) as listener:
            listener.backend._on_message = lambda: heard.append(time.monotonic())  # type: ignore[attr-defined]
            await asyncio.sleep(0.1)
            before = len(heard)
            await speaker.backend.announce(b"2")

            async def told() -> bool:
                return len(heard) > before

            await until(told, seconds=2)

    asyncio.run(scenario())


def documented() -> tuple[list[str], list[str], list[str]]:
    """Keys, channels and commands that the page says the user needs."""
    found = re.search(r"The user needs `~(.+?)`, `&(.+?)`, and: ([a-z\s]+?) \(Cluster", PAGE.read_text())
    assert found, "the page does not say what the user needs"
    return [found[1]], [found[2]], found[3].split()


@pytest.mark.parametrize("lacking", [None, "setrange", "rpop"])
def test_a_user_with_the_documented_rights_can_do_all_and_with_one_less_cannot(
    tmp_path: Path, lacking: str | None
) -> None:
    """Every algorithm, refusals, leases, a flushed script and announcements, twice in each window."""
    limits = tuple(
        Limit(name=algorithm.value, quota=20, window_s=0.5, algorithm=algorithm) for algorithm in Algorithm
    )
    tiers = {"t": Tier(name="t", limits=limits, precision=Precision.LEASED)}

    async def scenario(server: RedisServer) -> set[Source]:
        settings = RedisSettings(deadline_s=0.5, username="limiter", password="s3cret")
        seen: set[Source] = set()
        async with running(server, replace(policy(), tiers=tiers), settings=settings) as limiter:
            await asyncio.sleep(0.6)  # until the processes have been counted
            for _ in range(8):
                seen |= set(await sources(limiter, 25))
                await limiter.backend.announce(b"2")
                await asyncio.sleep(0.1)
        return seen

    keys, channels, commands = documented()
    with RedisServer(tmp_path / "acl") as server, server.client() as client:
        rights = [f"+{command}" for command in commands if command != lacking]
        client.acl_setuser(
            "limiter", enabled=True, passwords=["+s3cret"], keys=keys, channels=channels, commands=rights
        )
        client.acl_log_reset()
        seen = asyncio.run(scenario(server))
        refused = {entry["object"] for entry in client.acl_log()}
    assert refused == ({lacking} if lacking else set())
    assert (Source.LOCAL in seen) == (lacking is not None)
