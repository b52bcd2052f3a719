"""Metrics and spans of Redis: a client that times its commands, and counts of cache look-ups."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from platform_telemetry import contract
from platform_telemetry.instruments import Instruments

if TYPE_CHECKING:
    from platform_telemetry.tracing import ClientSpans


class CacheTelemetry:
    """The counts of commands and look-ups; share one among all clients of a process.

    With `spans`, commands of requests that are traced become spans of them; keys and values are left out.
    """

    def __init__(self, instruments: Instruments, *, spans: ClientSpans | None = None) -> None:
        self._spans = spans
        self._commands = instruments.value(contract.REDIS_COMMANDS)
        self._duration = instruments.histogram(contract.REDIS_DURATION)
        self._lookups = instruments.value(contract.CACHE_LOOKUPS)

    def command(self, name: str, outcome: str, duration_s: float) -> None:
        """Count a command with its outcome (ok, error)."""
        self._commands.at(name, outcome).inc()
        self._duration.at(name).observe(duration_s)

    @asynccontextmanager
    async def watched(self, name: str) -> AsyncIterator[None]:
        """Time what is sent, as a span too where the request is traced."""
        spans, span = self._spans, None
        if spans is not None:
            span = spans.start(name, {"db.system.name": "redis", "db.operation.name": name})
        started, failure = time.perf_counter(), None
        try:
            yield
        except BaseException as error:
            failure = error
            raise
        finally:
            outcome = "ok" if failure is None else "error"
            self.command(name.lower(), outcome, time.perf_counter() - started)
            if spans is not None and span is not None:
                spans.end(span, failure)

    def lookup(self, cache: str, result: str) -> None:
        """Count a look-up in a named cache with its result (hit, miss, error)."""
        self._lookups.at(cache, result).inc()


class WatchedRedis(Redis):
    """A Redis client that counts and times each command; a pipeline is one, by the name ``pipeline``."""

    def __init__(self, *, telemetry: CacheTelemetry, **options: Any) -> None:
        super().__init__(**options)
        self._telemetry = telemetry

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        """Send one command; its answer as redis-py decodes it."""
        async with self._telemetry.watched(str(args[0])):
            return await super().execute_command(*args, **options)  # type: ignore[no-untyped-call]

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> Pipeline:
        """Commands that are sent together."""
        made = _WatchedPipeline(self.connection_pool, self.response_callbacks, transaction, shard_hint)
        made.telemetry = self._telemetry
        return made


class _WatchedPipeline(Pipeline):
    telemetry: CacheTelemetry

    async def execute(self, raise_on_error: bool = True) -> list[Any]:
        """Send them all; their answers."""
        async with self.telemetry.watched("PIPELINE"):
            answers: list[Any] = await super().execute(raise_on_error)
            return answers
