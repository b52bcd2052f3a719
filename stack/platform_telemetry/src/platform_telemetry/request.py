"""The request being answered: what its metrics and its log lines are told apart by."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterable, MutableMapping
from contextvars import ContextVar
from typing import Any, Final, TypeAlias

Scope: TypeAlias = MutableMapping[str, Any]
"""An ASGI connection scope; its values have no common type."""

_REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_TRACEPARENT: Final = re.compile(rb"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_UNMATCHED: Final = "unmatched"

PROBES: Final = frozenset({"/metrics", "/live", "/ready"})
"""Paths that are asked all the time, and are not the service's work."""


class RequestRecord:
    """One request: when it began, whose it is, and how it was answered (status 0: not yet).

    sampled: whether its spans are kept, so that its trace can be looked up.
    """

    __slots__ = ("request_id", "sampled", "scope", "started", "status", "tenant", "trace_id")

    def __init__(self, scope: Scope) -> None:
        self.scope: Final = scope
        self.started: Final = time.perf_counter()
        self.status = 0
        self.tenant = ""
        self.sampled = False
        self.request_id, self.trace_id = _ids(scope["headers"])

    @property
    def route(self) -> str:
        """The template of the route that answers; ``unmatched`` before routing and for unknown paths."""
        scope = self.scope
        route = scope.get("route")
        if route is None:
            return _UNMATCHED
        # FastAPI keeps the prefix of an included router apart from the route.
        context = scope.get("fastapi", {}).get("effective_route_context") or route
        path = getattr(context, "path_format", None) or getattr(route, "path", _UNMATCHED)
        mounted = scope.get("app_root_path")
        return str(path) if mounted is None else f"{scope['root_path'][len(mounted) :]}{path}"


_CURRENT: Final[ContextVar[RequestRecord | None]] = ContextVar("platform_telemetry_request", default=None)


def begin(scope: Scope) -> RequestRecord:
    """The record of a request that comes in now; the current one from here on."""
    record = RequestRecord(scope)
    _CURRENT.set(record)
    return record


def current() -> RequestRecord | None:
    """The request that the caller is part of."""
    return _CURRENT.get()


def bind_tenant(tenant: str) -> None:
    """Say whose request this is, once the tenant is verified; outside of a request, nothing happens."""
    record = _CURRENT.get()
    if record is not None:
        record.tenant = tenant


def trace_id_of(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The trace that the caller says the request is part of; a new one's id where it says none."""
    return _ids(headers)[1]


def _ids(headers: Iterable[tuple[bytes, bytes]]) -> tuple[str, str]:
    request_id = trace_id = ""
    for name, value in headers:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            request_id = value.decode()
        elif name == b"traceparent" and (match := _TRACEPARENT.fullmatch(value)):
            trace_id = match[1].decode()
    if request_id and trace_id:
        return request_id, trace_id
    made = secrets.token_hex(24)
    return request_id or made[:16], trace_id or made[16:]
