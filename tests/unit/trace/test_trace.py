"""A trace is put together from whatever order and spelling its spans come in."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from platformctl.app.session import Request
from platformctl.app.trace import Wanted, journeys
from platformctl.errors import PlatformError, UsageError
from platformctl.model.trace import Branch, Span, tree
from platformctl.sources.http import HttpServer, Unreachable
from platformctl.sources.tempo import Tempo

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def span(id: str, parent: str = "", *, start_ns: int = 0) -> Span:
    return Span(
        trace_id=TRACE, id=id, parent=parent, service="shop", name=id, start_ns=start_ns, duration_ns=1,
        is_error=False, attributes={},
    )  # fmt: skip


def shape(branches: tuple[Branch, ...]) -> list[object]:
    return [
        [branch.span.id, shape(branch.children)] if branch.children else branch.span.id for branch in branches
    ]


def test_children_hang_below_their_parents_in_the_order_they_began() -> None:
    spans = [
        span("sql", "request", start_ns=9),
        span("redis", "request", start_ns=5),
        span("request", "gateway", start_ns=2),
    ]
    assert shape(tree([*spans, span("gateway", start_ns=1)])) == [
        ["gateway", [["request", ["redis", "sql"]]]]
    ]


def test_spans_whose_parent_was_lost_are_shown_beside_the_root() -> None:
    assert shape(tree([span("a"), span("orphan", "lost", start_ns=3)])) == ["a", "orphan"]


def test_a_span_that_is_its_own_parent_is_no_circle() -> None:
    assert shape(tree([span("a", "a")])) == ["a"]


@contextmanager
def answering(answers: dict[str, object]) -> Iterator[HttpServer]:
    """A server that gives these JSON documents by path, and 404 for all else."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            body = json.dumps(answers.get(path)).encode()
            self.send_response(200 if path in answers else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield HttpServer(f"127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()


def as_sent(id: str, parent: str) -> dict[str, object]:
    return {
        "spanId": id, "parentSpanId": parent, "name": "GET /", "startTimeUnixNano": "1000",
        "endTimeUnixNano": "3500", "status": {"code": "STATUS_CODE_ERROR"},
        "attributes": [{"key": "http.response.status_code", "value": {"intValue": "500"}}],
    }  # fmt: skip


@pytest.mark.parametrize(
    "names", [("batches", "scopeSpans"), ("resourceSpans", "instrumentationLibrarySpans")]
)
def test_ids_are_read_in_base64_and_in_hexadecimal(names: tuple[str, str]) -> None:
    one, two = "00f067aa0ba902b7", "00f067aa0ba902b8"
    encoded = b64encode(bytes.fromhex(two)).decode()
    service = {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]}
    scope = {"spans": [as_sent(one, ""), as_sent(encoded, b64encode(bytes.fromhex(one)).decode())]}
    with answering(
        {f"/api/traces/{TRACE}": {names[0]: [{"resource": service, names[1]: [scope]}]}}
    ) as server:
        first, second = Tempo(server).trace(TRACE)
    assert (first.id, second.id, second.parent) == (one, two, one)
    assert (first.service, first.duration_ns, first.is_error) == ("shop", 2500, True)
    assert first.attributes == {"http.response.status_code": "500"}


@pytest.mark.parametrize("answer", [[], {"batches": [7]}, {"batches": [{"scopeSpans": [{"spans": [{}]}]}]}])
def test_an_answer_that_is_no_trace_is_told_and_not_shown(answer: object) -> None:
    with answering({f"/api/traces/{TRACE}": answer}) as server, pytest.raises(Unreachable, match="no trace"):
        Tempo(server).trace(TRACE)


def test_an_unknown_request_is_told_with_where_it_was_looked_for() -> None:
    with answering({"/api/search": {"traces": []}}) as server, pytest.raises(PlatformError) as refused:
        journeys(Wanted(id="nobody-knows-it", base=Request(), store=server.address))
    assert str(refused.value.where) == server.address


@pytest.mark.parametrize("id", ["short", 'a" || true || "', "x" * 65, "../../etc/passwd"])
def test_what_is_no_id_is_never_part_of_a_query(id: str) -> None:
    with pytest.raises(UsageError, match="neither"):
        journeys(Wanted(id=id, base=Request(), store="127.0.0.1:1"))
