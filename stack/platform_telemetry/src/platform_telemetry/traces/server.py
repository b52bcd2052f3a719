"""The collector's two doors: one takes spans, the other answers queries and scrapes."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Final
from urllib.parse import parse_qs, urlsplit

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from platform_telemetry import contract
from platform_telemetry.exposition import Format
from platform_telemetry.instruments import Instruments
from platform_telemetry.traces.query import NotUnderstood, parse
from platform_telemetry.traces.span import spans_of
from platform_telemetry.traces.spool import Spool

_PROTOBUF: Final = "application/x-protobuf"
_LARGEST_BODY: Final = 8 * 2**20
_LONGEST_LINE: Final = 1_000
_MOST_FOUND: Final = 100
_TIMEOUT_S: Final = 30


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _TIMEOUT_S

    def answer(self, status: int, body: bytes, content_type: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Exports and scrapes are not worth a line."""


class Refused(Exception):
    """What was sent is not taken; `status` says why in HTTP's words."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def receiver_of(spool: Spool, instruments: Instruments) -> type[BaseHTTPRequestHandler]:
    """Takes ``POST /v1/traces``, protobuf, gzip or not."""
    received = instruments.value(contract.SPANS_RECEIVED).at()
    refused = instruments.value(contract.SPAN_EXPORTS_REFUSED).at()

    class Receiver(_Handler):
        def do_POST(self) -> None:
            try:
                received.inc(spool.add(spans_of(self._traces())))
            except Refused as reason:
                refused.inc()
                self.close_connection = True  # its body may not have been read
                self.answer(reason.status, f"{reason}\n".encode())
            else:
                self.answer(200, ExportTraceServiceResponse().SerializeToString(), _PROTOBUF)

        def _traces(self) -> TracesData:
            if self.path != "/v1/traces":
                raise Refused(404, "spans are taken at /v1/traces")
            if self.headers.get_content_type() != _PROTOBUF:  # no web page can send this without being asked
                raise Refused(415, f"send {_PROTOBUF}")
            body = b"".join(self._body())
            if self.headers.get("content-encoding") == "gzip":
                body = _unzipped(body)
            traces = TracesData()
            try:
                traces.ParseFromString(body)
            except DecodeError:
                raise Refused(400, "this is no OTLP") from None
            return traces

        def _body(self) -> Iterator[bytes]:
            """The body by its length, or in chunks, as Node.js sends it."""
            if self.headers.get("transfer-encoding", "").lower() != "chunked":
                yield self.rfile.read(_size(self.headers.get("content-length", ""), 10, _LARGEST_BODY))
                return
            left = _LARGEST_BODY
            while size := _size(self.rfile.readline(_LONGEST_LINE).split(b";")[0].strip().decode(), 16, left):
                left -= size
                yield self.rfile.read(size)
                self.rfile.readline(_LONGEST_LINE)
            while self.rfile.readline(_LONGEST_LINE).strip():
                continue  # trailers

    return Receiver


def _size(text: str, base: int, most: int) -> int:
    try:
        size = int(text, base)
    except ValueError:
        raise Refused(411, "say how long it is") from None
    if not 0 <= size <= most:
        raise Refused(413, f"send at most {_LARGEST_BODY} bytes")
    return size


def _unzipped(body: bytes) -> bytes:
    reader = zlib.decompressobj(wbits=31)
    try:
        text = reader.decompress(body, _LARGEST_BODY)
    except zlib.error:
        raise Refused(400, "this is no gzip") from None
    if reader.unconsumed_tail:
        raise Refused(413, f"send at most {_LARGEST_BODY} bytes")
    return text


def answerer_of(spool: Spool, instruments: Instruments) -> type[BaseHTTPRequestHandler]:
    """Answers ``/api/traces/ID`` and ``/api/search?q=`` as Tempo does, and /metrics and /ready."""

    class Answerer(_Handler):
        def do_GET(self) -> None:
            place = urlsplit(self.path)
            match place.path.split("/")[1:]:
                case ["ready"]:
                    self.answer(200, b"ready\n")
                case ["metrics"]:
                    self.answer(200, instruments.text().encode(), Format.TEXT.value)
                case ["api", "traces", trace_id]:
                    self._trace(trace_id.lower().rjust(32, "0"))
                case ["api", "search"]:
                    self._search(parse_qs(place.query))
                case _:
                    self.answer(404, b"not found\n")

        def _trace(self, trace_id: str) -> None:
            found = spool.trace(trace_id)
            document = MessageToDict(TracesData(resource_spans=found))
            self._json(200 if found else 404, {"batches": document.get("resourceSpans", [])})

        def _search(self, options: dict[str, list[str]]) -> None:
            limit = options.get("limit", ["20"])[0]
            try:
                conditions = parse(options.get("q", ["{}"])[0])
            except NotUnderstood as reason:
                self.answer(400, f"{reason}\n".encode())
                return
            most = min(int(limit), _MOST_FOUND) if limit.isdigit() else _MOST_FOUND
            self._json(200, {"traces": [
                {
                    "traceID": one.trace_id,
                    "rootServiceName": one.service,
                    "rootTraceName": one.name,
                    "startTimeUnixNano": str(one.start_ns),
                    "durationMs": one.duration_ns // 1_000_000,
                }
                for one in spool.search(conditions, limit=most)
            ]})  # fmt: skip

        def _json(self, status: int, document: dict[str, object]) -> None:
            self.answer(status, json.dumps(document).encode(), "application/json")

    return Answerer
