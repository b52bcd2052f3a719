"""Telemetry of a FastAPI application from the environment: what `platformctl instrument fastapi` wires up.

telemetry = Telemetry(settings_from(os.environ, service="shop"))
app = FastAPI(telemetry=telemetry.fastapi_options())
telemetry.install(app)
"""

from __future__ import annotations

import atexit
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fastapi import FastAPI

from platform_telemetry import contract, http, logs, runtime
from platform_telemetry.events import BusinessEvents
from platform_telemetry.instruments import Instruments
from platform_telemetry.rollout import LiveFlags, SegmentsOf
from platform_telemetry.spec import Group

if TYPE_CHECKING:
    from fastapi.telemetry import TelemetryConfig

    from platform_telemetry.cache import CacheTelemetry
    from platform_telemetry.database import DatabaseTelemetry
    from platform_telemetry.tracing import Tracing

GROUPS: Final = (
    Group.HTTP, Group.AUTH, Group.DATABASE, Group.CACHE, Group.FLAGS, Group.BUSINESS, Group.TENANTS, Group.RUNTIME,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """TELEMETRY_SERVICE, TELEMETRY_VERSION: what the service is called, and which of its versions runs.

    TELEMETRY_FLAGS: the file of `platform_telemetry.rollout`; without it metrics and the access log are on for all.
    TELEMETRY_TRACES: base URL of an OTLP/HTTP receiver; without it nothing is traced.
    TELEMETRY_TRACE_RATIO (1.0): the share of the traces that begin here.
    TELEMETRY_WORKERS_DIR: a folder of its own on this machine, where several worker processes serve one port.
    TELEMETRY_TENANTS (10000): how many tenants are told apart.
    """

    service: str
    version: str
    flags: Path | None = None
    traces: str = ""
    trace_ratio: float = 1.0
    workers: Path | None = None
    tenants: int = 10_000


def settings_from(environment: Mapping[str, str], *, service: str) -> Settings:
    """The settings; `service` is its name where the environment gives none."""
    flags, workers = environment.get("TELEMETRY_FLAGS"), environment.get("TELEMETRY_WORKERS_DIR")
    return Settings(
        service=environment.get("TELEMETRY_SERVICE", service),
        version=environment.get("TELEMETRY_VERSION", "unknown"),
        flags=Path(flags) if flags else None,
        traces=environment.get("TELEMETRY_TRACES", ""),
        trace_ratio=float(environment.get("TELEMETRY_TRACE_RATIO", "1")),
        workers=Path(workers) if workers else None,
        tenants=int(environment.get("TELEMETRY_TENANTS", "10000")),
    )


class Telemetry:
    """Metrics, logs and traces of one application. segments_of: a tenant's tier and vertical, to switch by."""

    def __init__(
        self,
        settings: Settings,
        *,
        groups: Iterable[Group] = GROUPS,
        segments_of: SegmentsOf = lambda _tenant: (),
    ) -> None:
        self._settings = settings
        self.flags: Final = LiveFlags(settings.flags, segments_of=segments_of)
        self.instruments: Final = _instruments(settings, tuple(groups))
        self.events: Final = BusinessEvents(self.instruments)
        self.tracing: Final = _tracing(settings)
        runtime.publish(self.instruments, service=settings.service, version=settings.version)

    def fastapi_options(self) -> TelemetryConfig | None:
        """What ``FastAPI(telemetry=...)`` takes; None where nothing is traced."""
        return self.tracing.fastapi_options(self.flags) if self.tracing else None

    def install(self, app: FastAPI, *, path: str = "/metrics") -> None:
        """Count and log the application's requests, publish the metrics, and write its logs as JSON."""
        logs.configure(service=self._settings.service)
        app.add_middleware(
            http.TelemetryMiddleware,
            instruments=self.instruments,
            excluded=http.EXCLUDED | {path},
            access_log=logs.access_log,
            spans=self.tracing.requests if self.tracing else None,
            flags=self.flags,
        )
        app.add_route(path, http.metrics_endpoint(self.instruments))

    def database(self, *, slow_s: float = 0.5) -> DatabaseTelemetry:
        """What watches SQLAlchemy engines."""
        from platform_telemetry.database import DatabaseTelemetry

        spans = self.tracing.clients if self.tracing else None
        return DatabaseTelemetry(self.instruments, slow_s=slow_s, spans=spans)

    def cache(self) -> CacheTelemetry:
        """What Redis clients are given: ``WatchedRedis(telemetry=...)``."""
        from platform_telemetry.cache import CacheTelemetry

        return CacheTelemetry(self.instruments, spans=self.tracing.clients if self.tracing else None)


def _instruments(settings: Settings, groups: tuple[Group, ...]) -> Instruments:
    specs = contract.metrics_of(groups)
    if settings.workers is None:
        return Instruments(specs, tenants=settings.tenants)
    from platform_telemetry.workers import shared

    instruments, reader = shared(specs, settings.workers, tenants=settings.tenants)
    atexit.register(reader.close)
    return instruments


def _tracing(settings: Settings) -> Tracing | None:
    if not settings.traces:
        return None
    from platform_telemetry.tracing import Tracing, TracingSettings

    tracing = Tracing(
        TracingSettings(
            endpoint=settings.traces,
            service=settings.service,
            version=settings.version,
            ratio=settings.trace_ratio,
        )
    )
    atexit.register(tracing.close)
    return tracing
