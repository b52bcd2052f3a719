"""Commands, pipelines and look-ups are counted as they end, on a real Redis."""

from __future__ import annotations

import asyncio

import pytest
from redis.exceptions import RedisError
from support import servers

from platform_telemetry import contract
from platform_telemetry.cache import CacheTelemetry, WatchedRedis
from platform_telemetry.contract import Group
from platform_telemetry.instruments import Instruments


@pytest.mark.e2e
def test_commands_and_pipelines_are_counted_with_their_outcome() -> None:
    instruments = Instruments(contract.metrics_of((Group.CACHE,)))
    telemetry = CacheTelemetry(instruments)

    async def use(port: int) -> None:
        async with WatchedRedis(telemetry=telemetry, host="127.0.0.1", port=port) as redis:
            await redis.set("a", "1")
            with pytest.raises(RedisError):
                await redis.lpush("a", "2")
            pipeline = redis.pipeline()
            pipeline.get("a").get("b")
            assert await pipeline.execute() == [b"1", None]

    with servers.redis() as address:
        asyncio.run(use(int(address.rpartition(":")[2])))
    shown = instruments.text()
    assert 'redis_client_commands_total{command="set",outcome="ok"} 1' in shown
    assert 'redis_client_commands_total{command="lpush",outcome="error"} 1' in shown
    assert 'redis_client_commands_total{command="pipeline",outcome="ok"} 1' in shown
    assert 'redis_client_command_duration_seconds_count{command="pipeline"} 1' in shown
