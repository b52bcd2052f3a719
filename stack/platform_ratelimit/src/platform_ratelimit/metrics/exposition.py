"""The metrics of a runtime as text, where prometheus_client is installed."""

from __future__ import annotations

from platform_ratelimit.errors import MissingExtraError
from platform_ratelimit.runtime import Runtime


def expose(runtime: Runtime) -> tuple[bytes, str]:
    """The exposition and its content type."""
    try:
        from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

        from platform_ratelimit.metrics.collector import LimiterCollector
    except ModuleNotFoundError as error:
        raise MissingExtraError("prometheus-client", extra="metrics") from error
    registry = CollectorRegistry()
    registry.register(
        LimiterCollector(runtime.limiter, runtime.tally, policy_fresh=lambda: runtime.policy_is_fresh)
    )
    return generate_latest(registry), CONTENT_TYPE_LATEST
