"""Metrics of HTTP requests: a pure ASGI middleware, and the endpoint that Prometheus scrapes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, Protocol, TypeAlias

from starlette.requests import Request
from starlette.responses import Response

from platform_telemetry import contract, request
from platform_telemetry.exposition import Format
from platform_telemetry.instruments import Instruments, Labels
from platform_telemetry.request import PROBES, RequestRecord, Scope
from platform_telemetry.rollout import LiveFlags

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

EXCLUDED: Final = PROBES
CONTENT_TYPE: Final = Format.TEXT.value

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_STATUS_CLASSES: Final = ("2xx", "4xx", "5xx")
_OPENMETRICS: Final = "application/openmetrics-text"
_CLIENT_GONE: Final = 499
_SERVER_ERROR: Final = 500


class AccessLog(Protocol):
    """Writes a line about a request that was answered."""

    def __call__(self, record: RequestRecord, duration_s: float) -> None: ...


class Spans(Protocol):
    """Ties the request's record to its span, as `tracing.RequestSpans` does."""

    def begin(self, record: RequestRecord) -> None:
        """Take the trace's id over."""

    def note(self, record: RequestRecord) -> None:
        """Say on the span whose request it is; called before the answer is sent."""


class TelemetryMiddleware:
    """Counts and times each request, by route and by the tenant that `request.bind_tenant` names.

    Paths in `excluded` are not counted: probes and scrapes are not the service's work. `flags` switch counting
    and logging live, for a share of the tenants or for some of them; `spans` is for traced applications.
    """

    def __init__(
        self,
        app: App,
        *,
        instruments: Instruments,
        excluded: frozenset[str] = EXCLUDED,
        access_log: AccessLog | None = None,
        spans: Spans | None = None,
        flags: LiveFlags | None = None,
    ) -> None:
        self._app = app
        self._excluded = excluded
        self._access_log = access_log
        self._spans = spans
        self._flags = flags
        self._in_flight: set[RequestRecord] = set()
        self._routes_seen: dict[str, None] = {}
        self._tenants_seen: set[str] = set()
        self._requests = instruments.value(contract.HTTP_REQUESTS)
        self._duration = instruments.histogram(contract.HTTP_DURATION)
        self._tenant_requests = instruments.value(contract.TENANT_REQUESTS)
        self._tenant_duration = instruments.histogram(contract.TENANT_DURATION)
        instruments.look_up(contract.HTTP_IN_FLIGHT, self._read_in_flight)
        instruments.look_up(contract.HTTP_OLDEST, self._read_oldest)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in self._excluded:
            await self._app(scope, receive, send)
            return
        record = request.begin(scope)
        spans = self._spans
        if spans is not None:
            spans.begin(record)

        async def send_noting_status(message: Message) -> None:
            if message["type"] == "http.response.start":
                record.status = message["status"]
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"x-request-id", record.request_id.encode()),
                ]
                if spans is not None:
                    spans.note(record)
            await send(message)

        self._in_flight.add(record)
        try:
            await self._app(scope, receive, send_noting_status)
        except asyncio.CancelledError:
            record.status = record.status or _CLIENT_GONE
            raise
        except Exception:
            record.status = _SERVER_ERROR
            raise
        finally:
            self._in_flight.discard(record)
            if spans is not None and record.status in (_SERVER_ERROR, _CLIENT_GONE):
                spans.note(record)  # no answer has been sent yet that would have ended the span
            self._finish(record)

    def _finish(self, record: RequestRecord) -> None:
        duration_s = time.perf_counter() - record.started
        record.status = record.status or _CLIENT_GONE
        subject = record.tenant or record.request_id
        if self._flags is None or self._flags.counts(subject):
            self._count(record, duration_s)
        if self._access_log is not None and (self._flags is None or self._flags.logs(subject)):
            self._access_log(record, duration_s)

    def _count(self, record: RequestRecord, duration_s: float) -> None:
        method = record.scope["method"]
        method = method if method in _METHODS else "OTHER"
        route = self._known_route(record)
        example = record.trace_id if record.sampled else ""
        self._requests.at(route, method, str(record.status)).inc()
        self._duration.at(route, method).observe(duration_s, trace_id=example)
        if record.tenant:
            self._expect(record.tenant)
            self._tenant_requests.at(record.tenant, f"{record.status // 100}xx").inc()
            self._tenant_duration.at(record.tenant).observe(duration_s, trace_id=example)

    def _expect(self, tenant: str) -> None:
        """Show a new tenant's classes at zero: a rate cannot see the step from nothing to the first error."""
        if tenant not in self._tenants_seen:
            self._tenants_seen.add(tenant)
            for status_class in _STATUS_CLASSES:
                self._tenant_requests.at(tenant, status_class)

    def _known_route(self, record: RequestRecord) -> str:
        """The route, or the overflow once the service has shown too many."""
        route = record.route
        if route not in self._routes_seen:
            if len(self._routes_seen) >= contract.ROUTE_LIMIT - 1:
                return contract.OVERFLOW
            self._routes_seen[route] = None
        return route

    def _read_in_flight(self) -> dict[Labels, float]:
        counts: dict[Labels, float] = {(route,): 0.0 for route in self._routes_seen}
        for record in tuple(self._in_flight):  # other workers' scrapes are served by a thread
            labels = (self._known_route(record),)
            counts[labels] = counts.get(labels, 0.0) + 1
        return counts

    def _read_oldest(self) -> dict[Labels, float]:
        now = time.perf_counter()
        ages: dict[Labels, float] = {(route,): 0.0 for route in self._routes_seen}
        for record in tuple(self._in_flight):
            labels = (self._known_route(record),)
            ages[labels] = max(ages.get(labels, 0.0), now - record.started)
        return ages


def metrics_endpoint(instruments: Instruments) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint that Prometheus scrapes: ``app.add_route("/metrics", metrics_endpoint(instruments))``.

    Who asks for OpenMetrics, as Prometheus does, also gets a trace as the example of each latency bucket.
    """

    async def metrics(scrape: Request) -> Response:
        style = Format.OPENMETRICS if _OPENMETRICS in scrape.headers.get("accept", "") else Format.TEXT
        return Response(instruments.text(style), headers={"content-type": style.value})

    return metrics
