"""Metrics and spans of SQLAlchemy engines: query time, slow queries, errors and the pool."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext, ExecutionContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from platform_telemetry import contract
from platform_telemetry.instruments import Instruments, Labels

if TYPE_CHECKING:
    from opentelemetry.trace import Span

    from platform_telemetry.tracing import ClientSpans

_STARTED: Final = "platform_telemetry_started"
_OPERATIONS: Final = frozenset({"select", "insert", "update", "delete"})


class DatabaseTelemetry:
    """Watches engines (of an async engine, its ``sync_engine``); a statement of `slow_s` and more is slow.

    With `spans`, statements of requests that are traced become spans of them.
    """

    def __init__(
        self, instruments: Instruments, *, slow_s: float = 0.5, spans: ClientSpans | None = None
    ) -> None:
        self._slow_s = slow_s
        self._spans = spans
        self._pools: list[tuple[QueuePool, int]] = []
        self._duration = instruments.histogram(contract.DB_QUERY_DURATION)
        self._slow = instruments.value(contract.DB_SLOW_QUERIES)
        self._errors = instruments.value(contract.DB_ERRORS)
        instruments.look_up(contract.DB_POOL_IN_USE, self._read_in_use)
        instruments.look_up(contract.DB_POOL_MAX, self._read_max)

    def watch(self, engine: Engine) -> None:
        """Time the statements of the engine."""
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "after_cursor_execute", self._after)
        event.listen(engine, "handle_error", self._failed)

    def watch_pool(self, pool: QueuePool, *, max_connections: int) -> None:
        """Publish the use of the pool."""
        self._pools.append((pool, max_connections))

    def count_error(self, error: Exception) -> None:
        """Count a failure that reached the application from the database layer."""
        self._errors.at(kind_of(error)).inc()

    def _before(
        self, connection: Connection, _cursor: object, statement: str, _parameters: object,
        _context: ExecutionContext | None, _executemany: bool,
    ) -> None:  # fmt: skip
        span = self._span(connection, statement)
        connection.info.setdefault(_STARTED, []).append((time.perf_counter(), span))

    def _after(
        self, connection: Connection, _cursor: object, statement: str, _parameters: object,
        _context: ExecutionContext | None, _executemany: bool,
    ) -> None:  # fmt: skip
        self._observe(connection, statement)

    def _failed(self, context: ExceptionContext) -> None:
        if context.connection is not None and context.statement is not None:
            self._observe(context.connection, context.statement, context.original_exception)

    def _span(self, connection: Connection, statement: str) -> Span | None:
        if self._spans is None:
            return None
        from platform_telemetry.tracing import statement_attributes

        operation, system = operation_of(statement), connection.dialect.name
        return self._spans.start(f"{operation} {system}", statement_attributes(system, operation, statement))

    def _observe(self, connection: Connection, statement: str, error: BaseException | None = None) -> None:
        started = connection.info.get(_STARTED)
        if not started:
            return
        began, span = started.pop()
        duration_s = time.perf_counter() - began
        operation = operation_of(statement)
        self._duration.at(operation).observe(duration_s)
        if duration_s >= self._slow_s:
            self._slow.at(operation).inc()
        if self._spans is not None and span is not None:
            self._spans.end(span, error)

    def _read_in_use(self) -> dict[Labels, float]:
        return {(): float(sum(pool.checkedout() for pool, _ in self._pools))}

    def _read_max(self) -> dict[Labels, float]:
        return {(): float(sum(most for _, most in self._pools))}


def operation_of(statement: str) -> str:
    """The operation of an SQL statement, by its first word; ``other`` for all but the four."""
    word = statement.lstrip().split(None, 1)[0].lower() if statement.strip() else ""
    return word if word in _OPERATIONS else "other"


def kind_of(error: Exception) -> str:
    """Whether the pool, the connection or the query failed."""
    if isinstance(error, PoolTimeout):
        return "pool_timeout"
    if isinstance(error, OSError) or (isinstance(error, DBAPIError) and error.connection_invalidated):
        return "connection"
    return "query"
