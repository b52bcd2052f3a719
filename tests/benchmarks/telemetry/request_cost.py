"""CPU that telemetry adds to a request, and what a scrape costs with many tenants.

    python tests/benchmarks/telemetry/request_cost.py

In one process, called as ASGI without a network; rounds are interleaved, so that a busy machine hits all
alike, and medians are shown. prometheus-fastapi-instrumentator, which counts less, is the peer.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client import Counter as ClientCounter
from prometheus_client import Histogram as ClientHistogram

from platform_telemetry import contract, http, logs, request
from platform_telemetry.contract import Group
from platform_telemetry.instruments import Instruments
from platform_telemetry.rollout import LiveFlags
from platform_telemetry.tracing import Tracing, TracingSettings
from platform_telemetry.workers import WorkerFolder

ROUNDS: Final = 15
REQUESTS: Final = 1_000
TENANTS: Final = 10_000
SCRAPE_INTERVAL_S: Final = 15

Asgi: TypeAlias = Callable[..., Awaitable[None]]


def _application(telemetry: TelemetryConfig | None = None) -> FastAPI:
    app = FastAPI(telemetry=telemetry)

    @app.get("/items/{item}")
    async def get(item: str) -> dict[str, str]:
        request.bind_tenant("grand-hotel")
        return {"item": item}

    return app


def _bare() -> Asgi:
    return _application()


def _ours() -> Asgi:
    app = _application()
    instruments = Instruments(contract.metrics_of((Group.HTTP, Group.RUNTIME)))
    app.add_middleware(http.TelemetryMiddleware, instruments=instruments)
    return app


def _everything(folder: Path) -> Asgi:
    """Metrics of tenant and route with exemplars' storage, live flags, and numbers that other workers can read."""
    flags = folder / "flags.json"
    flags.write_text(
        '{"metrics": {"percent": 100, "tenants": {"somebody-else": "off"}}, "access_log": "off"}'
    )
    specs = contract.metrics_of((Group.HTTP, Group.RUNTIME))
    storage = WorkerFolder(folder / "workers", specs, tenants=TENANTS)
    app = _application()
    app.add_middleware(
        http.TelemetryMiddleware,
        instruments=Instruments(specs, tenants=TENANTS, storage=storage),
        flags=LiveFlags(flags, segments_of=lambda _tenant: ("gold", "hotels")),
        access_log=lambda record, duration_s: None,
    )
    return app


def _logged() -> Asgi:
    """Metrics, and a JSON line for each request with its tenant, request id and trace id."""
    app = _application()
    instruments = Instruments(contract.metrics_of((Group.HTTP, Group.RUNTIME)))
    app.add_middleware(http.TelemetryMiddleware, instruments=instruments, access_log=logs.access_log)
    return app


class _Nowhere(SpanExporter):
    """Takes spans and drops them: what is measured is the request, not the network."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return SpanExportResult.SUCCESS


def _traced(ratio: float) -> Asgi:
    """Metrics, and a span for that share of the requests."""
    settings = TracingSettings(endpoint="", service="benchmark", version="1", ratio=ratio)
    traced = Tracing(settings, exporter=_Nowhere())
    app = _application(traced.fastapi_options())
    instruments = Instruments(contract.metrics_of((Group.HTTP, Group.RUNTIME)))
    app.add_middleware(http.TelemetryMiddleware, instruments=instruments, spans=traced.requests)
    return app


def _peer() -> Asgi | None:
    try:
        from prometheus_fastapi_instrumentator import Instrumentator
    except ImportError:
        return None
    app = _application()
    Instrumentator(registry=CollectorRegistry()).instrument(app)
    return app


async def _cpu_us(app: Asgi, requests: int) -> float:
    scope: dict[str, object] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": "/items/7", "raw_path": b"/items/7", "query_string": b"", "root_path": "",
        "headers": [(b"host", b"localhost"), (b"accept", b"*/*"), (b"user-agent", b"benchmark")],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_message: MutableMapping[str, Any]) -> None:
        return None

    started = time.process_time()
    for _ in range(requests):
        await app(dict(scope), receive, send)
    return (time.process_time() - started) / requests * 1e6


async def request_cost(folder: Path) -> None:
    """Print the CPU of a request, bare and with each instrumentation."""
    built = {
        "bare": _bare(),
        "metrics": _ours(),
        "metrics, flags, several workers": _everything(folder),
        "metrics and a JSON line": _logged(),
        "metrics and tracing, none kept": _traced(0.0),
        "metrics and tracing, all kept": _traced(1.0),
        "prometheus-fastapi-instrumentator": _peer(),
    }
    apps = {name: app for name, app in built.items() if app is not None}
    figures: dict[str, list[float]] = {name: [] for name in apps}
    for app in apps.values():
        await _cpu_us(app, 200)
    for turn in range(ROUNDS):
        names = list(apps) if turn % 2 else list(reversed(apps))
        for name in names:
            figures[name].append(await _cpu_us(apps[name], REQUESTS))
    bare = figures["bare"]
    for name, values in figures.items():
        added = statistics.median(value - base for value, base in zip(values, bare, strict=True))
        print(f"  {name:36} {statistics.median(values):7.1f} µs a request, {added:+7.1f} µs")
    if "prometheus-fastapi-instrumentator" not in apps:
        print("  prometheus-fastapi-instrumentator is not installed: not compared")


def _scrape_ms(render: Callable[[], object]) -> float:
    started = time.process_time()
    render()
    return (time.process_time() - started) * 1e3


def scrape_cost() -> None:
    """Print the CPU of a scrape of two per-tenant families, ours and prometheus-client's."""
    instruments = Instruments(contract.metrics_of((Group.HTTP,)), tenants=TENANTS)
    registry = CollectorRegistry()
    counter = ClientCounter("tenant_requests", "Requests.", ["tenant", "status_class"], registry=registry)
    histogram = ClientHistogram(
        "tenant_request_duration_seconds", "Time.", ["tenant"], registry=registry,
        buckets=contract.TENANT_LATENCY_BUCKETS_S,
    )  # fmt: skip
    for number in range(TENANTS):
        tenant = f"tenant-{number}"
        for status_class in ("2xx", "4xx", "5xx"):
            instruments.value(contract.TENANT_REQUESTS).at(tenant, status_class).inc(number)
            counter.labels(tenant, status_class).inc(number)
        instruments.histogram(contract.TENANT_DURATION).at(tenant).observe(0.1)
        histogram.labels(tenant).observe(0.1)
    renders = {
        "platform_telemetry": lambda: instruments.text().encode(),
        "prometheus-client": lambda: generate_latest(registry),
    }
    figures: dict[str, list[float]] = {name: [] for name in renders}
    for _ in range(5):
        for name, render in renders.items():
            figures[name].append(_scrape_ms(render))
    for name, values in figures.items():
        milliseconds = statistics.median(values)
        share = milliseconds / 1e3 / SCRAPE_INTERVAL_S
        print(
            f"  {name:36} {milliseconds:7.0f} ms a scrape, {share:.1%} of a core every {SCRAPE_INTERVAL_S} s"
        )


def main() -> None:
    """Print both."""
    print(f"{platform.machine()}, Python {platform.python_version()}, {ROUNDS} rounds of {REQUESTS} requests")
    with Path(os.devnull).open("w") as nowhere, tempfile.TemporaryDirectory() as folder:
        with contextlib.redirect_stdout(nowhere):
            logs.configure(service="benchmark")  # its handler keeps this stream
        asyncio.run(request_cost(Path(folder)))
    print(f"scrape of {TENANTS} tenants")
    scrape_cost()


if __name__ == "__main__":
    main()
