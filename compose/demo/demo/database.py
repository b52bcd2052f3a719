"""PostgreSQL: a unit of work that counts its business events once they are committed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Final, ParamSpec, TypeVar, TypeVarTuple

import asyncpg  # type: ignore[import-untyped]
from fastapi import HTTPException
from sqlalchemy import URL, Executable, MetaData, func, select
from sqlalchemy.engine import Row
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, NullPool
from sqlalchemy.sql.selectable import TypedReturnsRows

from demo.faults import Faults, PoolExhaustion
from demo.settings import Settings
from platform_telemetry import request
from platform_telemetry.database import DatabaseTelemetry

FAILURES: Final = (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
"""What the database layer raises when it cannot do its work; a time-out is an OSError."""

_CLOSED_PORT: Final = "127.0.0.1:1"
P = ParamSpec("P")
T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Unavailable(HTTPException):
    """The database cannot be used now."""

    def __init__(self) -> None:
        super().__init__(503, "the database is unavailable")


class Work:
    """One transaction, and the counts that follow its commit."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._counts: list[Callable[[], None]] = []

    async def run(self, statement: Executable) -> None:
        """Execute a statement whose answer does not matter."""
        await self._connection.execute(statement)

    async def rows(self, statement: TypedReturnsRows[*Ts]) -> Sequence[Row[*Ts]]:
        """All rows."""
        return (await self._connection.execute(statement)).all()

    async def value(self, statement: TypedReturnsRows[T]) -> T | None:
        """The one value; None when there is no row."""
        return (await self._connection.execute(statement)).scalar_one_or_none()

    async def create(self, tables: MetaData) -> None:
        """Create the tables that are not there."""
        await self._connection.run_sync(tables.create_all)

    def count(self, event: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Count a business event after the commit; never, if there is none."""
        self._counts.append(partial(event, *args, **kwargs))

    async def commit(self) -> None:
        """Make the changes last, and count."""
        await self._connection.commit()
        for count in self._counts:
            count()


class Database:
    """The engine, the one that the switch ``database-down`` puts in its place, and their telemetry."""

    def __init__(self, settings: Settings, faults: Faults, telemetry: DatabaseTelemetry) -> None:
        self._faults = faults
        self._telemetry = telemetry
        self._size = settings.pool_size
        self._live = create_async_engine(
            _url(settings.postgres_address, settings.postgres_password),
            pool_size=settings.pool_size,
            max_overflow=0,
            pool_timeout=settings.pool_timeout_s,
            pool_pre_ping=True,
            connect_args={"timeout": 3},
        )
        self._dead = create_async_engine(_url(_CLOSED_PORT, ""), poolclass=NullPool)
        self._pool: AsyncAdaptedQueuePool = self._live.pool  # type: ignore[assignment]
        for engine in (self._live, self._dead):
            telemetry.watch(engine.sync_engine)
        telemetry.watch_pool(self._pool, max_connections=settings.pool_size)

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        """A transaction of the current request; commits at the end, and raises `Unavailable`."""
        try:
            async with self._engine.connect() as connection:
                work = Work(connection)
                await self._slow_down(work)
                yield work
                await work.commit()
        except FAILURES as error:
            self._telemetry.count_error(error)
            raise Unavailable from error

    async def answers(self) -> bool:
        """Whether a statement gets through."""
        try:
            async with self._engine.connect() as connection:
                await connection.execute(select(1))
        except FAILURES as error:
            self._telemetry.count_error(error)
            return False
        return True

    async def exhaust_pool(self) -> None:
        """Hold as many connections as the switch ``pool-exhaustion`` says, for as long as it is on. Endless."""
        held: list[AsyncConnection] = []
        try:
            while True:
                switch = self._faults.on.get("pool-exhaustion")
                wanted = min(switch.connections, self._size) if isinstance(switch, PoolExhaustion) else 0
                if len(held) < wanted and self._pool.checkedout() < self._size:
                    held += await self._hold_one()
                while len(held) > wanted:
                    await held.pop().close()
                await asyncio.sleep(0 if len(held) < wanted else 0.1)
        finally:
            for connection in held:
                await connection.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._live.dispose()
        await self._dead.dispose()

    @property
    def _engine(self) -> AsyncEngine:
        return self._dead if self._faults.is_on("database-down") else self._live

    async def _hold_one(self) -> list[AsyncConnection]:
        try:
            return [await self._live.connect()]
        except FAILURES:
            await asyncio.sleep(0.5)
            return []

    async def _slow_down(self, work: Work) -> None:
        record = request.current()
        if record is not None and record.tenant:
            seconds = self._faults.query_seconds(route=record.route, tenant=record.tenant)
            if seconds:
                await work.run(select(func.pg_sleep(seconds)))


def _url(address: str, password: str) -> URL:
    host, _, port = address.rpartition(":")
    return URL.create(
        "postgresql+asyncpg",
        username="postgres",
        password=password,
        host=host,
        port=int(port),
        database="platform",
    )
