"""The decision on the current span, where tracing is on."""

from __future__ import annotations

from platform_ratelimit.decision import Decision
from platform_ratelimit.errors import MissingExtraError

try:
    from opentelemetry import trace
except ModuleNotFoundError as missing:
    raise MissingExtraError("opentelemetry-api", extra="tracing") from missing


def annotate_span(decision: Decision) -> None:
    """Set ``ratelimit.*`` attributes on the span that is recording, if one is."""
    span = trace.get_current_span()
    if not span.is_recording():
        return
    planned = decision.limit
    span.set_attribute("ratelimit.outcome", "allowed" if decision.allowed else "denied")
    span.set_attribute("ratelimit.source", decision.source.value)
    span.set_attribute("ratelimit.mode", decision.plan.mode.value)
    span.set_attribute("ratelimit.endpoint_group", decision.plan.group)
    if decision.plan.tenant is not None:
        span.set_attribute("ratelimit.tenant", decision.plan.tenant)
    if planned is not None:
        span.set_attribute("ratelimit.limit", planned.limit.name)
        span.set_attribute("ratelimit.remaining", decision.left_of(decision.index))
