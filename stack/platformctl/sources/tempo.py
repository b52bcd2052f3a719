"""Traces from Tempo, or from the local collector, which answers the same questions."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator
from dataclasses import dataclass

from platformctl.model.trace import Span
from platformctl.sources.documents import Json
from platformctl.sources.http import HttpServer, NotFound, Unreachable

_FAILED = ("STATUS_CODE_ERROR", 2)


@dataclass(frozen=True, slots=True)
class Tempo:
    """One server."""

    server: HttpServer

    def trace(self, trace_id: str) -> tuple[Span, ...]:
        """The spans of a trace; none of an unknown one."""
        path = f"/api/traces/{trace_id}"
        try:
            document = self.server.get_json(path)
        except NotFound:
            return ()
        try:
            return tuple(_spans(document, trace_id))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Unreachable("the answer is no trace", where=f"{self.server.address}{path}") from error

    def find(self, request_id: str) -> tuple[str, ...]:
        """The traces that a request id is in, the newest first."""
        query = f'{{ span.request.id = "{request_id}" }}'
        document = self.server.get_json("/api/search", q=query, limit="20")
        found = document.get("traces", []) if isinstance(document, dict) else []
        traces = found if isinstance(found, list) else []
        return tuple(str(one["traceID"]).rjust(32, "0") for one in traces if isinstance(one, dict))


def _spans(document: Json, trace_id: str) -> Iterator[Span]:
    for batch in _list(document, "batches", "resourceSpans"):
        service = _attributes(batch.get("resource") or {}).get("service.name", "?")
        for scope in _list(batch, "scopeSpans", "instrumentationLibrarySpans"):
            for span in _list(scope, "spans"):
                start_ns = int(str(span["startTimeUnixNano"]))
                yield Span(
                    trace_id=trace_id,
                    id=_id(span["spanId"]),
                    parent=_id(span.get("parentSpanId", "")),
                    service=service,
                    name=str(span["name"]),
                    start_ns=start_ns,
                    duration_ns=max(0, int(str(span.get("endTimeUnixNano", start_ns))) - start_ns),
                    is_error=_code(span.get("status")) in _FAILED,
                    attributes=_attributes(span),
                )


def _list(document: Json, *names: str) -> list[dict[str, Json]]:
    if not isinstance(document, dict):
        raise TypeError("an object is expected")
    found = next((document[name] for name in names if name in document), [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise TypeError("a list of objects is expected")
    return [one for one in found if isinstance(one, dict)]


def _attributes(holder: Json) -> dict[str, str]:
    return {
        str(one["key"]): str(next(iter(_object(one.get("value")).values()), ""))
        for one in _list(holder, "attributes")
    }


def _code(status: Json) -> Json:
    return _object(status).get("code")


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _id(value: Json) -> str:
    """Eight bytes in hexadecimal: Tempo writes them in base64, the OTLP standard in hexadecimal."""
    text = str(value)
    if len(text) == 16 and set(text.lower()) <= set("0123456789abcdef"):
        return text.lower()
    try:
        return b64decode(text, validate=True).hex()
    except NotBase64:
        return text
