"""The API as an ASGI application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

import structlog
from fastapi import APIRouter, FastAPI, Response
from starlette.types import Lifespan

from demo import VERSION, faults, registry, upkeep
from demo.cache import Cache
from demo.database import Database
from demo.facts import Facts
from demo.faults import Faults
from demo.parts import Parts
from demo.registry import Registry
from demo.routes import billing, flags, login, onboarding, records, tools
from demo.settings import Settings
from platform_telemetry import contract, http, logs, runtime
from platform_telemetry.cache import CacheTelemetry
from platform_telemetry.contract import Group
from platform_telemetry.database import DatabaseTelemetry
from platform_telemetry.events import BusinessEvents
from platform_telemetry.instruments import Instruments
from platform_telemetry.rollout import LiveFlags

if TYPE_CHECKING:
    from platform_telemetry.tracing import Tracing

GROUPS: Final = tuple(
    group for group in Group if group not in (Group.TRAFFIC, Group.EDGE, Group.WEB, Group.TRACES)
)
_ROUTERS: Final = (
    login.router,
    records.router,
    tools.router,
    onboarding.router,
    billing.router,
    flags.router,
)


def create_app(settings: Settings) -> FastAPI:
    """The demo's API: /api, /faults, /metrics, /live and /ready."""
    registered = registry.load(settings.registry)
    instruments = Instruments(contract.metrics_of(GROUPS), tenants=len(registered.tenants) + 1)
    runtime.publish(instruments, service="demo-api", version=VERSION)
    traced = tracing_of(settings)
    parts = _parts(settings, registered, instruments, traced)
    flags = LiveFlags(settings.telemetry_flags, segments_of=parts.facts.segments_of)

    app = FastAPI(
        title="Demo platform",
        version=VERSION,
        lifespan=_lifespan(parts, registered, traced),
        telemetry=traced.fastapi_options(flags) if traced else None,
    )
    app.state.parts = parts
    app.add_middleware(
        http.TelemetryMiddleware,
        instruments=instruments,
        access_log=logs.access_log,
        spans=traced.requests if traced else None,
        flags=flags,
    )
    app.add_route("/metrics", http.metrics_endpoint(instruments))
    app.include_router(_probes(parts))
    app.include_router(faults.router(parts.faults, settings.admin_networks))
    for router in _ROUTERS:
        app.include_router(router, prefix="/api")
    return app


def tracing_of(settings: Settings) -> Tracing | None:
    """Where spans go; None without a receiver."""
    if not settings.traces:
        return None
    from platform_telemetry.tracing import Tracing, TracingSettings

    return Tracing(
        TracingSettings(
            endpoint=settings.traces, service="demo-api", version=VERSION, ratio=settings.trace_ratio
        )
    )


def _parts(
    settings: Settings, registered: Registry, instruments: Instruments, traced: Tracing | None
) -> Parts:
    spans = traced.clients if traced else None
    switches = Faults()
    instruments.look_up(contract.DEMO_FAULTS, switches.readings)
    watched = DatabaseTelemetry(instruments, slow_s=settings.slow_query_s, spans=spans)
    database = Database(settings, switches, watched)
    return Parts(
        settings=settings,
        faults=switches,
        database=database,
        cache=Cache(settings.redis_address, switches, CacheTelemetry(instruments, spans=spans)),
        events=BusinessEvents(instruments),
        facts=Facts(database, instruments, registered),
    )


def _lifespan(parts: Parts, registered: Registry, traced: Tracing | None) -> Lifespan[FastAPI]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        background = asyncio.create_task(_background(parts, registered))
        try:
            yield
        finally:
            background.cancel()
            with suppress(asyncio.CancelledError):
                await background
            await parts.database.close()
            await parts.cache.close()
            if traced is not None:
                await asyncio.to_thread(traced.close)

    return lifespan


async def _background(parts: Parts, registered: Registry) -> None:
    """Make the database ready, then look after it. Endless."""
    try:
        await upkeep.prepare(parts.database, registered)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(parts.facts.keep_looking())
            tasks.create_task(parts.database.exhaust_pool())
            tasks.create_task(upkeep.keep_small(parts.database))
    except Exception:
        structlog.stdlib.get_logger("main").exception("the background work has ended")
        raise


def _probes(parts: Parts) -> APIRouter:
    router = APIRouter()

    @router.get("/live")
    async def live() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/ready")
    async def ready(response: Response) -> dict[str, bool]:
        prepared = bool(parts.facts.tenants)
        state = {
            "prepared": prepared,
            "database": prepared and await parts.database.answers(),
            "cache": await parts.cache.answers(),  # told, not required: the API works without it
        }
        response.status_code = 200 if state["prepared"] and state["database"] else 503
        return state

    return router
