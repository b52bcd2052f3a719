"""The metric catalogue: each metric that an instrumented service publishes, as pure data.

Emitters build their instruments from these specs, and rules and dashboards are checked against them.
Cardinality is designed here: no histogram carries both tenant and route. Per-route latency has no
tenant label, per-tenant latency has few buckets, per-tenant requests carry a status class and no code.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from platform_telemetry.spec import Group as Group
from platform_telemetry.spec import Merge as Merge
from platform_telemetry.spec import MetricSpec as MetricSpec
from platform_telemetry.spec import MetricType as MetricType
from platform_telemetry.spec import counter, gauge, info, seconds
from platform_telemetry.web import WEB_ERRORS, WEB_LAYOUT_SHIFT, WEB_RATINGS, WEB_VIEWS, WEB_VITALS

LATENCY_BUCKETS_S: Final = (
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0,
)  # fmt: skip
"""Per route: a bound on each side of every threshold of the objectives, and of the 30 s alert."""

TENANT_LATENCY_BUCKETS_S: Final = (0.25, 0.5, 1.0, 2.5, 10.0, 30.0)
"""Per tenant: the thresholds of the tiers' latency objectives (``slas/tiers.yml``), 10 s and 30 s."""

QUERY_BUCKETS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
REDIS_BUCKETS_S: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0)

ROUTE_LIMIT: Final = 60
"""Routes of one service; paths that match no route share the route ``unmatched``."""

UNKNOWN_TENANT: Final = "unknown"
"""The tenant of a request whose claimed tenant is not registered: a hostile header makes no series."""

OVERFLOW: Final = "overflow"
"""The value of every label of what is counted beyond a family's limit."""


# --- HTTP, by route -------------------------------------------------------------------------------------
HTTP_REQUESTS: Final = counter(
    "http_requests_total", Group.HTTP,
    "Requests answered, by route template, method and status code.",
    ("route", "method", "code"), ROUTE_LIMIT * 8,
)  # fmt: skip
HTTP_DURATION: Final = seconds(
    "http_request_duration_seconds", Group.HTTP,
    "Time from the first byte of the request to the last byte of the response, by route and method.",
    ("route", "method"), LATENCY_BUCKETS_S, ROUTE_LIMIT * 2,
)  # fmt: skip
HTTP_IN_FLIGHT: Final = gauge(
    "http_requests_in_flight", Group.HTTP, "Requests being answered now, by route.", ("route",), ROUTE_LIMIT
)
HTTP_OLDEST: Final = gauge(
    "http_oldest_request_in_flight_age_seconds", Group.HTTP,
    "Age of the oldest request being answered now, by route; a hung request never reaches the histogram.",
    ("route",), ROUTE_LIMIT, "seconds", over_workers=Merge.MAX,
)  # fmt: skip

# --- HTTP, by tenant ------------------------------------------------------------------------------------
TENANT_REQUESTS: Final = counter(
    "tenant_requests_total", Group.HTTP,
    "Requests answered, by tenant and status class (2xx, 3xx, 4xx, 5xx).",
    ("tenant", "status_class"), 5,
)  # fmt: skip
TENANT_DURATION: Final = seconds(
    "tenant_request_duration_seconds", Group.HTTP,
    "Time to answer a request, by tenant; the bounds are the thresholds of the latency objectives.",
    ("tenant",), TENANT_LATENCY_BUCKETS_S, 1,
)  # fmt: skip

# --- The edge: what the gateway has answered, whoever was behind it -------------------------------------
EDGE_REQUESTS: Final = counter(
    "edge_requests_total", Group.EDGE,
    "Requests answered by the gateway, by verified tenant ('unknown' without one) and status class;"
    " what a dead backend leaves (502, 504) and what the rate limiter refuses are among them.",
    ("tenant", "status_class"), 5,
)  # fmt: skip
EDGE_DURATION: Final = seconds(
    "edge_request_duration_seconds", Group.EDGE,
    "Time from the first byte of a request to the last byte of its answer at the gateway, by tenant.",
    ("tenant",), TENANT_LATENCY_BUCKETS_S, 1,
)  # fmt: skip
EDGE_THROTTLED: Final = counter(
    "edge_requests_throttled_total", Group.EDGE,
    "Requests that the rate limiter refused at the gateway, by tenant; they count as 4xx as well.",
    ("tenant",),
)  # fmt: skip
EDGE_UNDECIDED: Final = counter(
    "edge_requests_undecided_total", Group.EDGE,
    "Requests let through unlimited and without a tenant, as no decision service has answered in time.",
)  # fmt: skip
EDGE_LINES: Final = counter(
    "edge_log_lines_total", Group.EDGE,
    "Lines read from the gateway's access log, by outcome (counted, malformed, old, overflow).",
    ("outcome",), 4,
)  # fmt: skip
EDGE_GAPS: Final = counter(
    "edge_log_gaps_total", Group.EDGE,
    "Times that the log had been rotated away or cut before it was read to its end.",
)  # fmt: skip
EDGE_UNREAD: Final = gauge(
    "edge_log_unread_bytes", Group.EDGE, "Bytes of the access log that are written but not yet counted.",
    unit="bytes",
)  # fmt: skip

# --- The local collector of spans ------------------------------------------------------------------------
SPANS_RECEIVED: Final = counter("spans_received_total", Group.TRACES, "Spans that the collector has kept.")
SPAN_EXPORTS_REFUSED: Final = counter(
    "span_exports_refused_total",
    Group.TRACES,
    "Exports that the collector did not take: too large, or no OTLP.",
)
SPAN_SPOOL_BYTES: Final = gauge(
    "span_spool_bytes", Group.TRACES, "What the collector's spans take on disk.", unit="bytes"
)

# --- Authentication -------------------------------------------------------------------------------------
AUTH_ATTEMPTS: Final = counter(
    "auth_attempts_total", Group.AUTH, "Log-ins, by tenant and outcome (success, failure).",
    ("tenant", "outcome"), 2,
)  # fmt: skip

# --- Database -------------------------------------------------------------------------------------------
DB_QUERY_DURATION: Final = seconds(
    "db_query_duration_seconds", Group.DATABASE,
    "Time of SQL statements, by operation (select, insert, update, delete, other).",
    ("operation",), QUERY_BUCKETS_S, 5,
)  # fmt: skip
DB_SLOW_QUERIES: Final = counter(
    "db_slow_queries_total", Group.DATABASE,
    "SQL statements that took longer than the service's threshold, by operation.", ("operation",), 5,
)  # fmt: skip
DB_ERRORS: Final = counter(
    "db_errors_total", Group.DATABASE,
    "Failures of the database layer, by kind (connection, pool_timeout, query).", ("kind",), 3,
)  # fmt: skip
DB_POOL_IN_USE: Final = gauge(
    "db_pool_connections_in_use", Group.DATABASE, "Connections of the pool that are handed out now."
)
DB_POOL_MAX: Final = gauge(
    "db_pool_connections_max", Group.DATABASE, "The most connections the pool may hand out."
)

# --- Cache ----------------------------------------------------------------------------------------------
REDIS_COMMANDS: Final = counter(
    "redis_client_commands_total", Group.CACHE,
    "Commands sent to Redis by the service, by command and outcome (ok, error).",
    ("command", "outcome"), 40,
)  # fmt: skip
REDIS_DURATION: Final = seconds(
    "redis_client_command_duration_seconds", Group.CACHE,
    "Time of commands sent to Redis, as the service sees it, by command.",
    ("command",), REDIS_BUCKETS_S, 20,
)  # fmt: skip
CACHE_LOOKUPS: Final = counter(
    "cache_lookups_total", Group.CACHE, "Look-ups in a named cache, by result (hit, miss, error).",
    ("cache", "result"), 30,
)  # fmt: skip

# --- Feature flags --------------------------------------------------------------------------------------
FLAG_EVALUATIONS: Final = counter(
    "feature_flag_evaluations_total", Group.FLAGS,
    "Evaluations of a feature flag, by flag and variant (on, off).", ("flag", "variant"), 100,
)  # fmt: skip
FLAG_TENANTS: Final = gauge(
    "feature_flag_enabled_tenants",
    Group.FLAGS,
    "Tenants for whom a feature flag is on.",
    ("flag",),
    50,
    over_workers=Merge.MAX,
)

# --- Business -------------------------------------------------------------------------------------------
USER_ACTIONS: Final = counter(
    "user_actions_total", Group.BUSINESS,
    "What users did, by tenant and action (login, view, create, update, export).", ("tenant", "action"), 5,
)  # fmt: skip
TOOL_RUNS: Final = counter(
    "tool_runs_total", Group.BUSINESS,
    "Runs of a tool, by tenant and tool (market_edge, causal_edge, value_edge).", ("tenant", "tool"), 3,
)  # fmt: skip
ONBOARDING_STEPS: Final = counter(
    "onboarding_steps_completed_total", Group.BUSINESS,
    "Onboarding steps completed, by tenant and step (profile, data_source, team, first_insight, go_live).",
    ("tenant", "step"), 5,
)  # fmt: skip
TIER_CHANGES: Final = counter(
    "tier_changes_total", Group.BUSINESS,
    "Changes of subscription tier, by the tiers left and taken and direction (upgrade, downgrade).",
    ("from_tier", "to_tier", "direction"), 56,
)  # fmt: skip
REVENUE_EVENTS: Final = counter(
    "revenue_events_total", Group.BUSINESS,
    "Events that move revenue, by tenant and kind (payment, payment_failed, refund, cancellation).",
    ("tenant", "kind"), 4,
)  # fmt: skip
REVENUE_CENTS: Final = counter(
    "revenue_amount_cents_total", Group.BUSINESS,
    "Money of those events, in cents of the platform's currency, by tenant and kind.",
    ("tenant", "kind"), 4, "cents",
)  # fmt: skip
CONVERSIONS: Final = counter(
    "conversions_total", Group.BUSINESS,
    "Goals reached by a tenant's own customers, by tenant and goal"
    " (booking, ticket, membership, deal, order) or trial_to_paid.",
    ("tenant", "goal"), 6,
)  # fmt: skip

# --- Tenants --------------------------------------------------------------------------------------------
TENANT_INFO: Final = info(
    "tenant_info", Group.TENANTS, "Facts of a tenant, to join on: always 1.", ("tenant", "tier", "vertical")
)
TENANT_OBJECTIVE: Final = gauge(
    "tenant_objective_ratio", Group.TENANTS,
    "What a tenant's own contract promises beside its tier, by SLO (availability, latency).", ("tenant", "slo"), 2,
    over_workers=Merge.MAX,
)  # fmt: skip
TENANT_DATA: Final = gauge(
    "tenant_data_bytes",
    Group.TENANTS,
    "Stored data of a tenant.",
    ("tenant",),
    1,
    "bytes",
    over_workers=Merge.MAX,
)
TENANT_RECORDS: Final = gauge(
    "tenant_records", Group.TENANTS, "Stored records of a tenant.", ("tenant",), over_workers=Merge.MAX
)
TENANT_WRITTEN: Final = counter(
    "tenant_data_written_bytes_total", Group.TENANTS, "Payload bytes that a tenant's requests have stored.",
    ("tenant",), 1, "bytes",
)  # fmt: skip

# --- The process ----------------------------------------------------------------------------------------
BUILD_INFO: Final = info(
    "service_build_info", Group.RUNTIME, "What runs: always 1.", ("service", "version", "python_version")
)
SERIES_OVERFLOW: Final = counter(
    "telemetry_series_overflow_total", Group.RUNTIME,
    "Observations counted under 'overflow' since their family has reached its series limit, by metric.",
    ("metric",), 40,
)  # fmt: skip
PROCESS_CPU: Final = counter(
    "process_cpu_seconds_total", Group.RUNTIME, "Total user and system CPU time spent in seconds.",
    unit="seconds",
)  # fmt: skip
PROCESS_MEMORY: Final = gauge(
    "process_resident_memory_bytes", Group.RUNTIME, "Resident memory size in bytes.", unit="bytes"
)
PROCESS_VIRTUAL_MEMORY: Final = gauge(
    "process_virtual_memory_bytes", Group.RUNTIME, "Virtual memory size in bytes.", unit="bytes"
)
PROCESS_START: Final = gauge(
    "process_start_time_seconds", Group.RUNTIME,
    "Start time of the process since unix epoch in seconds.", unit="seconds", over_workers=Merge.MAX,
)  # fmt: skip
PROCESS_FDS: Final = gauge("process_open_fds", Group.RUNTIME, "Number of open file descriptors.")
PROCESS_MAX_FDS: Final = gauge("process_max_fds", Group.RUNTIME, "Maximum number of open file descriptors.")

# --- The demo platform and its traffic ------------------------------------------------------------------
DEMO_FAULTS: Final = gauge(
    "demo_fault_active", Group.DEMO, "Whether a switch that breaks the demo is on (1) or off (0).",
    ("fault",), 20, over_workers=Merge.MAX,
)  # fmt: skip
TRAFFIC_REQUESTS: Final = counter(
    "traffic_requests_total", Group.TRAFFIC,
    "Requests sent by the traffic generator, by vertical and outcome (2xx, 4xx, 5xx, no_answer).",
    ("vertical", "outcome"), 20,
)  # fmt: skip
TRAFFIC_JOURNEYS: Final = counter(
    "traffic_journeys_total", Group.TRAFFIC,
    "User journeys played by the traffic generator, by vertical and outcome (completed, broken).",
    ("vertical", "outcome"), 10,
)  # fmt: skip
TRAFFIC_DURATION: Final = seconds(
    "traffic_request_duration_seconds", Group.TRAFFIC,
    "Time to an answer as the traffic generator sees it, by vertical.",
    ("vertical",), LATENCY_BUCKETS_S, 5,
)  # fmt: skip

METRICS: Final = (
    HTTP_REQUESTS, HTTP_DURATION, HTTP_IN_FLIGHT, HTTP_OLDEST, TENANT_REQUESTS, TENANT_DURATION,
    EDGE_REQUESTS, EDGE_DURATION, EDGE_THROTTLED, EDGE_UNDECIDED, EDGE_LINES, EDGE_GAPS, EDGE_UNREAD,
    SPANS_RECEIVED, SPAN_EXPORTS_REFUSED, SPAN_SPOOL_BYTES,
    WEB_VITALS, WEB_LAYOUT_SHIFT, WEB_RATINGS, WEB_VIEWS, WEB_ERRORS,
    AUTH_ATTEMPTS,
    DB_QUERY_DURATION, DB_SLOW_QUERIES, DB_ERRORS, DB_POOL_IN_USE, DB_POOL_MAX,
    REDIS_COMMANDS, REDIS_DURATION, CACHE_LOOKUPS,
    FLAG_EVALUATIONS, FLAG_TENANTS,
    USER_ACTIONS, TOOL_RUNS, ONBOARDING_STEPS, TIER_CHANGES, REVENUE_EVENTS, REVENUE_CENTS, CONVERSIONS,
    TENANT_INFO, TENANT_OBJECTIVE, TENANT_DATA, TENANT_RECORDS, TENANT_WRITTEN,
    BUILD_INFO, SERIES_OVERFLOW,
    PROCESS_CPU, PROCESS_MEMORY, PROCESS_VIRTUAL_MEMORY, PROCESS_START, PROCESS_FDS, PROCESS_MAX_FDS,
    DEMO_FAULTS,
    TRAFFIC_REQUESTS, TRAFFIC_JOURNEYS, TRAFFIC_DURATION,
)  # fmt: skip


def metrics_of(groups: Iterable[Group]) -> tuple[MetricSpec, ...]:
    """The metrics that a process with these groups publishes, in the catalogue's order."""
    wanted = frozenset(groups)
    return tuple(spec for spec in METRICS if spec.group in wanted)
