"""The telemetry of this application: settings from the environment, and what the wiring needs. Yours to change.

    from telemetry_setup import instrument, tracing

    app = FastAPI(telemetry=tracing())
    instrument(app)

The variables are those of `platform_telemetry.application.Settings`; without any, metrics and JSON logs are on and
nothing is traced.
"""

from __future__ import annotations

import os

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig

from platform_telemetry.application import Telemetry, settings_from

telemetry = Telemetry(settings_from(os.environ, service="[[ service ]]"))


def tracing() -> TelemetryConfig | None:
    """For ``FastAPI(telemetry=...)``: spans where TELEMETRY_TRACES names a receiver."""
    return telemetry.fastapi_options()


def instrument(app: FastAPI) -> None:
    """Count, time and log this application's requests, and publish its metrics at /metrics.

    Do not route /metrics to the outside: it names your tenants.
    """
    telemetry.install(app)
    # telemetry.database().watch(engine.sync_engine)          queries, slow ones, errors
    # WatchedRedis(telemetry=telemetry.cache(), host=...)     commands, cache look-ups
    # telemetry.events.ran_tool(tenant, Tool.MARKET_EDGE)     once the change is committed
    # request.bind_tenant(tenant)                             once the caller's tenant is verified
