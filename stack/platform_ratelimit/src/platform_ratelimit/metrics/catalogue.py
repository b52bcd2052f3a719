"""The metric catalogue of the limiter, as pure data. `max_combinations` counts label sets, tenants apart.

A label ``tenant`` multiplies by the tenants of the process: at most `MOST_TENANTS`, the idle ones
forgotten first, what is beyond counted as ``overflow``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MOST_TENANTS: Final = 1000
OVERFLOW: Final = "overflow"
ANONYMOUS: Final = "anonymous"
DECISION_BUCKETS_S: Final = (0.0005, 0.001, 0.002, 0.004, 0.006, 0.008, 0.01, 0.025, 0.1, 1.0)
"""A bound on each side of the deadline (8 ms) and of the promise (10 ms)."""


class MetricType(StrEnum):
    """How Prometheus shall read it."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricSpec:
    """One metric family."""

    name: str
    type: MetricType
    help: str
    unit: str = ""
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()
    max_combinations: int = 1


DECISIONS: Final = MetricSpec(
    name="ratelimit_decisions_total",
    type=MetricType.COUNTER,
    help="Decisions, by outcome (allowed, denied), who decided, and mode (shadow, enforce).",
    labels=("outcome", "source", "mode"),
    max_combinations=2 * 8 * 2,
)
DURATION: Final = MetricSpec(
    name="ratelimit_decision_duration_seconds",
    type=MetricType.HISTOGRAM,
    help="Time to decide, by who decided.",
    unit="seconds",
    labels=("source",),
    buckets=DECISION_BUCKETS_S,
    max_combinations=8,
)
TENANT_ALLOWED: Final = MetricSpec(
    name="ratelimit_tenant_allowed_total",
    type=MetricType.COUNTER,
    help="Requests allowed, by tenant; those without one count as anonymous.",
    labels=("tenant",),
)
TENANT_DENIED: Final = MetricSpec(
    name="ratelimit_tenant_denied_total",
    type=MetricType.COUNTER,
    help="Requests over a limit, by tenant, the limit and its scope; in shadow mode they went through.",
    labels=("tenant", "scope", "limit"),
    max_combinations=8,
)
UTILISATION: Final = MetricSpec(
    name="ratelimit_tenant_utilisation_ratio",
    type=MetricType.GAUGE,
    help="Used part of the tenant's tightest limit at its last decision; gone after a minute of silence.",
    unit="ratio",
    labels=("tenant",),
)
BACKEND_UP: Final = MetricSpec(
    name="ratelimit_backend_up",
    type=MetricType.GAUGE,
    help="1 while Redis decides.",
)
FALLBACK_ACTIVE: Final = MetricSpec(
    name="ratelimit_fallback_active",
    type=MetricType.GAUGE,
    help="1 while decisions fall back to the policy for failures.",
)
BACKEND_CHANGES: Final = MetricSpec(
    name="ratelimit_backend_changes_total",
    type=MetricType.COUNTER,
    help="Changes of the backend's state, by the new state (up, down): once per change, not per request.",
    labels=("state",),
    max_combinations=2,
)
BACKEND_MISSES: Final = MetricSpec(
    name="ratelimit_backend_misses_total",
    type=MetricType.COUNTER,
    help="Decisions that Redis was asked for and did not make: deadline, refusal, full queue.",
)
POLICY_VERSION: Final = MetricSpec(
    name="ratelimit_policy_version",
    type=MetricType.GAUGE,
    help="The version of the policy in force.",
)
POLICY_FRESH: Final = MetricSpec(
    name="ratelimit_policy_fresh",
    type=MetricType.GAUGE,
    help="1 while the policy's database can be read.",
)

CATALOGUE: Final = (
    DECISIONS,
    DURATION,
    TENANT_ALLOWED,
    TENANT_DENIED,
    UTILISATION,
    BACKEND_UP,
    FALLBACK_ACTIVE,
    BACKEND_CHANGES,
    BACKEND_MISSES,
    POLICY_VERSION,
    POLICY_FRESH,
)
