"""The collector keeps what it is sent, within its bound, and refuses what is no export."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, TracesData
from support import traces
from support.traces import Collector

from platform_telemetry.traces.query import NotUnderstood, parse
from platform_telemetry.traces.span import LARGEST, spans_of
from platform_telemetry.traces.spool import Spool


def export(trace: int, *, request_id: str = "", text: str = "", spans: int = 1, at: int = 0) -> TracesData:
    """Spans of one trace, the first of them its root."""
    sent = ResourceSpans()
    sent.resource.attributes.add(key="service.name").value.string_value = "shop"
    scope = sent.scope_spans.add()
    for number in range(spans):
        span = scope.spans.add(
            trace_id=trace.to_bytes(16, "big"), span_id=(number + 1).to_bytes(8, "big"), name=f"work {number}",
            start_time_unix_nano=at + number, end_time_unix_nano=at + number + 2_000_000,
            parent_span_id=b"" if number == 0 else (1).to_bytes(8, "big"),
        )  # fmt: skip
        span.attributes.add(key="request.id").value.string_value = request_id
        span.attributes.add(key="text").value.string_value = text
    return TracesData(resource_spans=[sent])


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    made = Spool(tmp_path / "spans.sqlite", most_bytes=400_000)
    yield made
    made.close()


def test_a_trace_is_found_by_its_request_and_comes_back_as_it_was_sent(spool: Spool) -> None:
    sent = export(7, request_id="edge-12345678", spans=3)
    assert spool.add(spans_of(sent)) == 3
    spool.add(spans_of(export(8, request_id="another-one")))
    [found] = spool.search(parse('{ span.request.id = "edge-12345678" }'), limit=5)
    assert (found.trace_id, found.service, found.name) == (f"{7:032x}", "shop", "work 0")
    names = [
        s.name for batch in spool.trace(found.trace_id) for scope in batch.scope_spans for s in scope.spans
    ]
    assert names == ["work 0", "work 1", "work 2"]


def test_beyond_its_bound_the_oldest_spans_go(spool: Spool) -> None:
    for number in range(1, 40):
        spool.add(spans_of(export(number, text="x" * 1000, spans=100, at=number * 1_000)))
    assert spool.size_bytes() <= 400_000
    assert spool.trace(f"{39:032x}")
    assert spool.trace(f"{1:032x}") == []


def test_a_span_that_is_too_large_is_left_out_and_its_neighbours_kept(spool: Spool) -> None:
    assert spool.add(spans_of(export(1, text="x" * LARGEST))) == 0
    assert spool.add(spans_of(export(2))) == 1


@given(st.text(max_size=30))
def test_a_query_with_any_value_asks_for_that_value(value: str) -> None:
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    if "&&" in value or "\n" in value:
        return
    [condition] = parse(f'{{ span.request.id = "{quoted}" }}')
    assert condition.value == value


@pytest.mark.parametrize(
    "query", ["", "{", "{ span.secret = 1 }", '{ name =~ "a" }', "{} | count()", "{ 1=1 }"]
)
def test_what_is_not_understood_is_refused(query: str) -> None:
    with pytest.raises(NotUnderstood):
        parse(query)


@pytest.fixture(scope="module")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collector]:
    with traces.collector(tmp_path_factory.mktemp("collector")) as running:
        yield running


@pytest.mark.e2e
def test_exports_are_taken_plain_and_zipped_and_counted(collector: Collector) -> None:
    body = export(21, request_id="over-http-1").SerializeToString()
    assert collector.send(body).status_code == 200
    assert collector.send(gzip.compress(body), **{"content-encoding": "gzip"}).status_code == 200
    found = collector.get("/api/search", q='{ span.request.id = "over-http-1" }').json()["traces"]
    assert [one["traceID"] for one in found] == [f"{21:032x}"]
    assert "spans_received_total 2" in collector.get("/metrics").text
    in_chunks = httpx.post(
        f"{collector.endpoint}/v1/traces", content=iter((body[:9], body[9:])), trust_env=False,
        headers={"content-type": "application/x-protobuf"},
    )  # fmt: skip
    assert in_chunks.status_code == 200, "as Node.js sends it"
    assert "spans_received_total 3" in collector.get("/metrics").text


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"no protobuf", {}, 400),
        (b"no gzip", {"content-encoding": "gzip"}, 400),
        (b"", {"content-type": "text/plain"}, 415),
        (b"x" * (8 * 2**20 + 1), {}, 413),
        (gzip.compress(b"\0" * (9 * 2**20)), {"content-encoding": "gzip"}, 413),
    ],
    ids=["no-protobuf", "no-gzip", "of-a-web-page", "too-large", "bomb"],
)
def test_what_is_no_export_is_refused_and_the_next_one_taken(
    collector: Collector, body: bytes, headers: dict[str, str], status: int
) -> None:
    try:
        assert collector.send(body, **headers).status_code == status
    except OSError:
        assert status == 413, "it may hang up on a body that it does not read"
    assert collector.send(export(22).SerializeToString()).status_code == 200


@pytest.mark.e2e
def test_unknown_traces_and_queries_are_told_apart(collector: Collector) -> None:
    assert collector.get(f"/api/traces/{99:032x}").status_code == 404
    assert collector.get("/api/search", q="{ }", limit="1").status_code == 200
    assert collector.get("/api/search", q="{ unknown = 1 }").status_code == 400
    assert collector.get("/elsewhere").status_code == 404
