"""Series that only SLA reports read, beside those of the objectives (``slo.py``)."""

from __future__ import annotations

from typing import Final

LATENCY_BUCKETS: Final = "tenant:request_duration_bucket"
"""Requests by tenant and finite bound ``le``, cumulative as in the histogram they come from."""

THROTTLED: Final = "tenant:requests_throttled"
"""Requests that the limiter refused, by tenant."""
