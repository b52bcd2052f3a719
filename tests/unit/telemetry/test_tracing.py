"""Requests, statements and commands become spans of one trace; what is not traced costs nothing and says nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import StaticPool

from platform_telemetry import contract, http, request
from platform_telemetry.contract import Group
from platform_telemetry.database import DatabaseTelemetry
from platform_telemetry.exposition import Format
from platform_telemetry.instruments import Instruments
from platform_telemetry.tracing import Tracing, TracingSettings

PARENT = "4bf92f3577b34da6a3ce929d0e0e4736"
GROUPS = (Group.HTTP, Group.RUNTIME, Group.DATABASE)


class Nobody:
    """A rollout that covers one tenant alone."""

    def traces(self, subject: str) -> bool:
        return subject == "lumiere"


class Traced:
    """A traced application on SQLite, and the spans it has made."""

    def __init__(self, *, ratio: float = 1.0, rollout: Nobody | None = None) -> None:
        self.exporter = InMemorySpanExporter()
        settings = TracingSettings(endpoint="", service="shop", version="1", ratio=ratio)
        self.tracing = Tracing(settings, exporter=self.exporter)
        self.instruments = Instruments(contract.metrics_of(GROUPS))
        self.seen: list[request.RequestRecord] = []
        self.engine = create_engine(
            "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
        )
        DatabaseTelemetry(self.instruments, spans=self.tracing.clients).watch(self.engine)
        self.app = FastAPI(telemetry=self.tracing.fastapi_options(rollout))
        self.app.add_middleware(
            http.TelemetryMiddleware, instruments=self.instruments, spans=self.tracing.requests,
            access_log=lambda record, duration_s: self.seen.append(record),
        )  # fmt: skip

        @self.app.get("/orders/{order}")
        async def order(order: str) -> str:
            request.bind_tenant("lumiere")
            self.ask("SELECT 1 WHERE 'secret' = :order", order=order)
            return order

        @self.app.get("/broken")
        async def broken() -> None:
            request.bind_tenant("lumiere")
            self.ask("SELECT * FROM nowhere")

        @self.app.get("/ready")
        async def ready() -> str:
            self.ask("SELECT 2")
            return "ready"

    def ask(self, statement: str, **parameters: str) -> None:
        with self.engine.connect() as connection:
            connection.execute(text(statement), parameters)

    def get(self, path: str, **headers: str) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
                return await client.get(path, headers=headers)

        return asyncio.run(send())

    def spans(self) -> dict[str, ReadableSpan]:
        self.tracing.provider.force_flush()
        return {span.name: span for span in self.exporter.get_finished_spans()}

    def close(self) -> None:
        self.tracing.close()
        self.engine.dispose()


@pytest.fixture
def traced() -> Iterator[Traced]:
    made = Traced()
    yield made
    made.close()


def test_a_statement_is_a_span_below_its_request_without_its_parameters(traced: Traced) -> None:
    traced.get("/orders/4711", **{"x-request-id": "order-4711"})
    spans = traced.spans()
    asked, statement = spans["GET /orders/{order}"], spans["select sqlite"]
    assert statement.parent is not None
    assert statement.parent.span_id == asked.context.span_id
    assert asked.attributes is not None
    assert asked.attributes["tenant.id"] == "lumiere"
    assert asked.attributes["request.id"] == "order-4711"
    assert "4711" not in str(statement.attributes)


def test_the_trace_of_the_caller_goes_on_and_is_the_log_lines(traced: Traced) -> None:
    traced.get("/orders/1", traceparent=f"00-{PARENT}-00f067aa0ba902b7-01")
    assert {format(span.context.trace_id, "032x") for span in traced.spans().values()} == {PARENT}
    assert [record.trace_id for record in traced.seen] == [PARENT]


def test_a_failure_is_told_on_request_and_statement_but_not_its_message(traced: Traced) -> None:
    assert traced.get("/broken").status_code == 500
    spans = traced.spans()
    for name in ("GET /broken", "select sqlite"):
        assert spans[name].status.status_code.name == "ERROR"
        assert "nowhere" not in str(spans[name].events)
    attributes = spans["GET /broken"].attributes
    assert attributes is not None
    assert attributes["tenant.id"] == "lumiere"


def test_probes_and_work_outside_of_requests_make_no_spans(traced: Traced) -> None:
    traced.get("/ready")
    traced.ask("SELECT 3")
    with pytest.raises(OperationalError):
        traced.ask("SELECT * FROM nowhere")
    assert traced.spans() == {}


def test_a_trace_that_is_not_sampled_has_an_id_for_the_logs_but_no_spans_and_is_no_example() -> None:
    traced = Traced(ratio=0.0)
    traced.get("/orders/1")
    traced.get("/orders/1", traceparent=f"00-{PARENT}-00f067aa0ba902b7-00")
    assert traced.spans() == {}
    assert traced.seen[1].trace_id == PARENT
    assert "trace_id" not in traced.instruments.text(Format.OPENMETRICS)
    traced.close()


def test_who_is_not_rolled_out_to_is_not_traced() -> None:
    traced = Traced(rollout=Nobody())
    traced.get("/orders/1", **{"x-tenant-id": "nordwind"})
    assert traced.spans() == {}
    traced.get("/orders/1", **{"x-tenant-id": "lumiere"})
    assert "GET /orders/{order}" in traced.spans()
    traced.close()


def test_openmetrics_holds_the_same_numbers_and_the_trace_of_the_last_request_in_a_bucket(
    traced: Traced,
) -> None:
    traced.get("/orders/1")
    families = {
        f.name: f for f in text_string_to_metric_families(traced.instruments.text(Format.OPENMETRICS))
    }
    requests = [s.value for s in families["http_requests"].samples if s.name == "http_requests_total"]
    assert requests == [1]
    buckets = [s for s in families["tenant_request_duration_seconds"].samples if s.exemplar]
    assert [b.exemplar.labels["trace_id"] for b in buckets if b.exemplar] == [traced.seen[0].trace_id]
