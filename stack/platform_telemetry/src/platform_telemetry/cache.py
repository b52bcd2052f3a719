"""Metrics and spans of Redis: a client that times its commands, and counts of cache look-ups."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from redis.asyncio import Redis

from platform_telemetry import contract
from platform_telemetry.instruments import Instruments

if TYPE_CHECKING:
    from opentelemetry.trace import Span

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

    def begin(self, name: str) -> Span | None:
        """The span of a command; None where the request is not traced."""
        if self._spans is None:
            return None
        return self._spans.start(name, {"db.system.name": "redis", "db.operation.name": name})

    def finish(self, span: Span | None, error: BaseException | None) -> None:
        """End the command's span."""
        if self._spans is not None and span is not None:
            self._spans.end(span, error)

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
        name = str(args[0])
        started, span = time.perf_counter(), self._telemetry.begin(name)
        failure: BaseException | None = None
        try:
            return await super().execute_command(*args, **options)  # type: ignore[no-untyped-call]
        except BaseException as error:
            failure = error
            raise
        finally:
            outcome = "ok" if failure is None else "error"
            self._telemetry.command(name.lower(), outcome, time.perf_counter() - started)
            self._telemetry.finish(span, failure)
