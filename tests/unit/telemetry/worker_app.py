"""An application of which several workers run; each answers with its process id."""

from __future__ import annotations

import os
import time
from pathlib import Path

from fastapi import FastAPI

from platform_telemetry import contract, http, request, runtime
from platform_telemetry.contract import Group
from platform_telemetry.workers import shared

GROUPS = (Group.HTTP, Group.RUNTIME)


def create() -> FastAPI:
    """The application of one worker."""
    instruments, _ = shared(contract.metrics_of(GROUPS), Path(os.environ["WORKERS"]), tenants=10)
    runtime.publish(instruments, service="worker", version="1")
    app = FastAPI()
    app.add_middleware(http.TelemetryMiddleware, instruments=instruments)
    app.add_route("/metrics", http.metrics_endpoint(instruments))

    @app.get("/work")
    def work(tenant: str) -> int:
        request.bind_tenant(tenant)
        return os.getpid()

    @app.get("/hang")
    async def hang() -> None:
        time.sleep(2.5)  # the event loop of this worker is held up

    return app
