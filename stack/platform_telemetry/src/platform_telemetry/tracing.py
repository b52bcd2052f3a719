"""OpenTelemetry tracing: FastAPI's own request spans, ours of SQL and Redis below them, sent over OTLP/HTTP.

FastAPI makes a span for each request where it is given a tracer provider; this module makes the provider, says
which requests are left out, and puts the tenant and the request id on the span. Off unless it is configured.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from fastapi.telemetry import TelemetryConfig
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Span, SpanKind, StatusCode

from platform_telemetry.request import PROBES, RequestRecord, Scope, trace_id_of

TENANT: Final = "tenant.id"
REQUEST_ID: Final = "request.id"
_STATEMENT_LENGTH: Final = 2_000
_BATCH_EVERY_MS: Final = 1_000
_EXPORT_TIMEOUT_S: Final = 3.0


@dataclass(frozen=True, kw_only=True, slots=True)
class TracingSettings:
    """Where spans go, and how many.

    endpoint: base URL of an OTLP/HTTP receiver, such as ``http://127.0.0.1:4318``; ``/v1/traces`` is added.
    ratio: the share of traces that begin here; those that begin at the gateway are kept as the gateway says.
    operations: also a span for each dependency, endpoint function and serialisation, at three times the cost.
    """

    endpoint: str
    service: str
    version: str
    ratio: float = 1.0
    operations: bool = False


class RolloutOfTraces(Protocol):
    """Says whether a request of this tenant may be traced."""

    def traces(self, subject: str) -> bool: ...


def provider_of(settings: TracingSettings, *, exporter: SpanExporter | None = None) -> TracerProvider:
    """The provider; shut it down at the end, so that what it holds is sent. An absent receiver costs spans only."""
    provider = TracerProvider(
        sampler=ParentBased(TraceIdRatioBased(settings.ratio)),
        resource=Resource.create({"service.name": settings.service, "service.version": settings.version}),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(
        BatchSpanProcessor(exporter or _otlp(settings.endpoint), schedule_delay_millis=_BATCH_EVERY_MS)
    )
    return provider


def _otlp(endpoint: str) -> SpanExporter:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=_EXPORT_TIMEOUT_S)


def fastapi_options(
    provider: TracerProvider,
    *,
    rollout: RolloutOfTraces | None = None,
    operations: bool = False,
    tenant_of: Callable[[Scope], str] = lambda scope: header(scope, b"x-tenant-id"),
) -> TelemetryConfig:
    """What ``FastAPI(telemetry=...)`` takes: spans only, as the catalogue's metrics are counted by the middleware.

    tenant_of: the tenant whom the rollout is asked about, before the request is authenticated; it decides over
    nothing else. The gateway's header unless said otherwise.
    """

    def excluded(scope: Scope) -> bool:
        if scope["path"] in PROBES:
            return True
        return rollout is not None and not rollout.traces(tenant_of(scope) or trace_id_of(scope["headers"]))

    return {
        "tracer_provider": provider,
        "tracing": True,
        "metrics": False,
        "logs": False,
        "operation_spans": operations,
        "auto_configure": False,
        "exclude": excluded,
    }


def header(scope: Scope, wanted: bytes) -> str:
    """The request's header of that name; empty without one."""
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == wanted), "")


class RequestSpans:
    """Ties a request's record to FastAPI's span: the log lines get its trace id, the span the tenant and the id."""

    def begin(self, record: RequestRecord) -> None:
        """Take over the trace of the span that is current."""
        context = trace.get_current_span().get_span_context()
        if context.is_valid:
            record.trace_id = format(context.trace_id, "032x")
            record.sampled = bool(context.trace_flags.sampled)

    def note(self, record: RequestRecord) -> None:
        """Say on the span whose request it is; once the answer is sent, the span takes nothing any more."""
        span = trace.get_current_span()
        if span.is_recording():
            span.set_attribute(REQUEST_ID, record.request_id)
            if record.tenant:
                span.set_attribute(TENANT, record.tenant)


class ClientSpans:
    """Spans of calls to a database or cache, within requests that are traced; background work makes none."""

    def __init__(self, provider: TracerProvider) -> None:
        self._tracer = provider.get_tracer("platform_telemetry")

    def start(self, name: str, attributes: Mapping[str, str]) -> Span | None:
        """A span below the current one; None where nobody would see it."""
        if not trace.get_current_span().is_recording():
            return None
        return self._tracer.start_span(name, kind=SpanKind.CLIENT, attributes=dict(attributes))

    def end(self, span: Span, error: BaseException | None) -> None:
        """End the span, as failed where there is an error; its message is left out, as it may hold data."""
        if error is not None:
            span.set_attribute("error.type", type(error).__qualname__)
            span.set_status(StatusCode.ERROR)
        span.end()


def statement_attributes(system: str, operation: str, statement: str) -> dict[str, str]:
    """What OpenTelemetry says of an SQL statement: its text with placeholders, never its parameters."""
    return {
        "db.system.name": system,
        "db.operation.name": operation.upper(),
        "db.query.text": statement[:_STATEMENT_LENGTH],
    }


class Tracing:
    """Everything that an application needs of this module, for one receiver."""

    def __init__(self, settings: TracingSettings, *, exporter: SpanExporter | None = None) -> None:
        self._operations = settings.operations
        self.provider: Final = provider_of(settings, exporter=exporter)
        self.requests: Final = RequestSpans()
        self.clients: Final = ClientSpans(self.provider)

    def fastapi_options(self, rollout: RolloutOfTraces | None = None) -> TelemetryConfig:
        """What ``FastAPI(telemetry=...)`` takes."""
        return fastapi_options(self.provider, rollout=rollout, operations=self._operations)

    def close(self) -> None:
        """Send what is held; blocks, for some seconds where the receiver is away."""
        self.provider.shutdown()
