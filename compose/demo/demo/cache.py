"""Redis as a cache: short-lived JSON values. Without Redis everything works, only slower."""

from __future__ import annotations

import json
from typing import Final

from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from demo.faults import Faults
from platform_telemetry.cache import CacheTelemetry, WatchedRedis

_CLOSED_PORT: Final = "127.0.0.1:1"
_TIMEOUT_S: Final = 0.5


class Cache:
    """Named caches in one Redis; look-ups are counted as hit, miss or error."""

    def __init__(self, address: str, faults: Faults, telemetry: CacheTelemetry) -> None:
        self._faults = faults
        self._telemetry = telemetry
        self._live = _client(address, telemetry)
        self._dead = _client(_CLOSED_PORT, telemetry)

    async def get(self, cache: str, key: str) -> dict[str, object] | None:
        """The cached value; None when it is not there or Redis does not answer."""
        try:
            text = await self._redis.get(f"{cache}:{key}")
        except (RedisError, OSError):
            self._telemetry.lookup(cache, "error")
            return None
        self._telemetry.lookup(cache, "miss" if text is None else "hit")
        return None if text is None else dict(json.loads(text))

    async def put(self, cache: str, key: str, value: dict[str, object], *, seconds: int) -> None:
        """Keep a value for so long; nothing happens when Redis does not answer."""
        try:
            await self._redis.set(f"{cache}:{key}", json.dumps(value), ex=seconds)
        except (RedisError, OSError):
            return

    async def forget(self, cache: str, key: str) -> None:
        """Drop a value that has become wrong; at worst it stays until its time is over."""
        try:
            await self._redis.delete(f"{cache}:{key}")
        except (RedisError, OSError):
            return

    async def answers(self) -> bool:
        """Whether Redis answers."""
        try:
            await self._redis.exists("ready")
        except (RedisError, OSError):
            return False
        return True

    async def close(self) -> None:
        """Close the connections."""
        await self._live.aclose()
        await self._dead.aclose()

    @property
    def _redis(self) -> WatchedRedis:
        return self._dead if self._faults.is_on("redis-down") else self._live


def _client(address: str, telemetry: CacheTelemetry) -> WatchedRedis:
    host, _, port = address.rpartition(":")
    return WatchedRedis(
        telemetry=telemetry,
        host=host,
        port=int(port),
        socket_timeout=_TIMEOUT_S,
        socket_connect_timeout=_TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
    )
