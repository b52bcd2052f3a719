"""JSON logs with structlog: each line carries the tenant, the request id and the trace id."""

from __future__ import annotations

import logging
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from platform_telemetry import request
from platform_telemetry.request import RequestRecord


def configure(*, service: str, level: int = logging.INFO) -> None:
    """Send the logs of structlog and of the standard library to stdout, as one JSON object a line."""
    shared: tuple[Processor, ...] = (
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_request,
        _AddService(service),
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.dict_tracebacks,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)


def add_request(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Add the current request's ids and tenant to a log line."""
    record = request.current()
    if record is not None:
        event["request_id"] = record.request_id
        event["trace_id"] = record.trace_id
        if record.tenant:
            event["tenant"] = record.tenant
    return event


class _AddService:
    def __init__(self, service: str) -> None:
        self._service = service

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["service"] = self._service
        return event


def access_log(record: RequestRecord, duration_s: float) -> None:
    """One line per request answered; a server error is a line of level error."""
    log = structlog.stdlib.get_logger("access")
    level = logging.ERROR if record.status >= 500 else logging.INFO
    log.log(
        level,
        "request",
        method=record.scope["method"],
        route=record.route,
        code=record.status,
        duration_s=round(duration_s, 6),
    )
