"""Metrics of Redis: a client that times its commands, and counts of cache look-ups."""

from __future__ import annotations

import time
from typing import Any

from redis.asyncio import Redis

from platform_telemetry import contract
from platform_telemetry.instruments import Instruments


class CacheTelemetry:
    """The counts of commands and look-ups; share one among all clients of a process."""

    def __init__(self, instruments: Instruments) -> None:
        self._commands = instruments.value(contract.REDIS_COMMANDS)
        self._duration = instruments.histogram(contract.REDIS_DURATION)
        self._lookups = instruments.value(contract.CACHE_LOOKUPS)

    def command(self, name: str, outcome: str, duration_s: float) -> None:
        """Count a command with its outcome (ok, error)."""
        self._commands.at(name, outcome).inc()
        self._duration.at(name).observe(duration_s)

    def lookup(self, cache: str, result: str) -> None:
        """Count a look-up in a named cache with its result (hit, miss, error)."""
        self._lookups.at(cache, result).inc()


class WatchedRedis(Redis):
    """A Redis client that counts and times each command."""

    def __init__(self, *, telemetry: CacheTelemetry, **options: Any) -> None:
        super().__init__(**options)
        self._telemetry = telemetry

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        """Send one command; its answer as redis-py decodes it."""
        started, outcome = time.perf_counter(), "error"
        try:
            answer = await super().execute_command(*args, **options)  # type: ignore[no-untyped-call]
            outcome = "ok"
        finally:
            self._telemetry.command(str(args[0]).lower(), outcome, time.perf_counter() - started)
        return answer
