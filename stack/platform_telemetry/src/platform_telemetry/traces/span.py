"""One span as it arrives, and what it can be found by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Status, TracesData

LARGEST: Final = 64 * 1024
REQUEST_ID: Final = "request.id"
TENANT: Final = "tenant.id"


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptSpan:
    """A span with the columns it is found by; `data` is a `ResourceSpans` that holds it alone."""

    trace_id: str
    start_ns: int
    duration_ns: int
    service: str
    name: str
    is_root: bool
    is_error: bool
    request_id: str
    tenant: str
    data: bytes


def spans_of(traces: TracesData) -> Iterator[KeptSpan]:
    """Every span with a valid trace id; those that are too large to keep are left out."""
    for resource_spans in traces.resource_spans:
        service = _text(resource_spans.resource.attributes, "service.name")
        for scope_spans in resource_spans.scope_spans:
            for span in scope_spans.spans:
                alone = ResourceSpans(resource=resource_spans.resource)
                alone.scope_spans.add(scope=scope_spans.scope, spans=[span])
                data = alone.SerializeToString()
                if len(span.trace_id) == 16 and len(data) <= LARGEST:
                    yield KeptSpan(
                        trace_id=span.trace_id.hex(),
                        start_ns=_signed(span.start_time_unix_nano),
                        duration_ns=max(0, _signed(span.end_time_unix_nano - span.start_time_unix_nano)),
                        service=service,
                        name=span.name,
                        is_root=not span.parent_span_id,
                        is_error=span.status.code == Status.STATUS_CODE_ERROR,
                        request_id=_text(span.attributes, REQUEST_ID),
                        tenant=_text(span.attributes, TENANT),
                        data=data,
                    )


def _text(attributes: Iterable[KeyValue], key: str) -> str:
    return next((one.value.string_value for one in attributes if one.key == key), "")


def _signed(number: int) -> int:
    """Within what the database can hold."""
    return min(number, 2**63 - 1)
