"""Log lines of all services, and the way from a line to its trace."""

from __future__ import annotations

from typing import Final

from platformctl.model.dashboard import Audience, Dashboard, Row, Variable
from platformctl.model.panel import Link, Panel, PanelKind, Unit
from platformctl.model.panels import ANY_IS_BAD, FAILED_COLORS, SLOW_COLORS, TO_TENANT, graph, log_lines, stat
from platformctl.model.units import hours

CHOSEN: Final = 'tenant=~"$tenant"'
NO_LOKI: Final = "nothing was logged in this time, or no Loki runs here"
TRACES: Final = """\
- A line carries `trace_id`, `request_id`, route and code: open it. Where Tempo runs, **Trace** beside the id opens
  the request's spans, and from a span **Logs** leads back to its lines.
- A dot on a latency graph is an exemplar: one request, with its trace.
- The same tenant and time travel along with every link between dashboards.
- Operators see a copy of errors, tracebacks and the gateway's lines across tenants. Every line of a tenant:
  `platformctl logs --tenant TENANT`, of a request: `platformctl logs --request-id ID`.
"""

SUSPECTS: Final = Row(
    title="Where to look",
    panels=(
        graph(
            "Lines by level",
            "Did something begin to complain? Copied lines per second by level: errors and the gateway's.",
            (f"sum by (level) (rate({{{CHOSEN}}}[$__interval]))", "{{level}}"),
            logs=True,
            unit=Unit.PER_SECOND,
            stacked=True,
            width=12,
            empty_reason=NO_LOKI,
        ),
        graph(
            "Errors by service",
            "Who complains? Lines of level error and critical per second.",
            (
                f'sum by (service) (rate({{{CHOSEN}, level=~"error|critical"}}[$__interval]))',
                "{{service}}",
            ),
            logs=True,
            unit=Unit.PER_SECOND,
            stacked=True,
            width=12,
            empty_reason=NO_LOKI,
        ),
        graph(
            "Errors by tenant",
            "Whose requests fail? The ten tenants with the most lines of level error and critical.",
            (
                f'topk(10, sum by (tenant) (rate({{{CHOSEN}, level=~"error|critical"}}[$__interval])))',
                "{{tenant}}",
            ),
            logs=True,
            unit=Unit.PER_SECOND,
            links=(TO_TENANT,),
            empty_reason=NO_LOKI,
        ),
        graph(
            "Failed requests",
            "Do customers feel what is logged? Share of the chosen tenants' requests that ended in 5xx.",
            (
                f'(sum(rate(tenant_requests_total{{{CHOSEN}, status_class="5xx"}}[$__rate_interval]))'
                f" or vector(0)) / sum(rate(tenant_requests_total{{{CHOSEN}}}[$__rate_interval]))",
                "failed",
            ),
            unit=Unit.RATIO,
            thresholds=FAILED_COLORS,
            minimum=0,
            empty_reason="the chosen tenants sent no requests in this time",
        ),
        graph(
            "Latency, 95th percentile",
            "Which request is worth a trace? Dots are exemplars: each opens the trace of one request.",
            (
                "histogram_quantile(0.95,"
                " sum by (le) (rate(http_request_duration_seconds_bucket[$__rate_interval])))",
                "95th",
            ),
            unit=Unit.SECONDS,
            thresholds=SLOW_COLORS,
            links=(Link(title="Endpoints", dashboard="api-endpoints"),),
        ),
    ),
)

LINES: Final = Row(
    title="Lines",
    panels=(
        log_lines(
            "Errors",
            "What failed? Lines of level error and critical of the chosen tenants, newest first.",
            f'{{{CHOSEN}, level=~"error|critical"}}',
            empty_reason=NO_LOKI,
        ),
        log_lines(
            "Errors and requests",
            "What happened around it? Errors and the gateway's lines of the chosen tenants, newest first.",
            f"{{{CHOSEN}}}",
            height=12,
            empty_reason=NO_LOKI,
        ),
        Panel(
            title="From a line to its trace",
            description="How do I get from here to one request?",
            kind=PanelKind.TEXT,
            text=TRACES,
            width=16,
            height=6,
        ),
        stat(
            "Lines that were refused",
            "Is this page complete? Lines that Loki did not take in the last hour: over a limit, or too old.",
            "sum(increase(loki_discarded_samples_total[1h]))",
            decimals=0,
            thresholds=ANY_IS_BAD,
            width=4,
            height=6,
            empty_reason="no line was refused, or no Loki runs here",
        ),
        stat(
            "Lines taken in",
            "Do lines arrive at all? Per second, of all tenants.",
            "sum(rate(loki_distributor_lines_received_total[$__rate_interval]))",
            unit=Unit.PER_SECOND,
            width=4,
            height=6,
            empty_reason="no Loki runs here",
        ),
    ),
)

LOGS_TRACES: Final = Dashboard(
    uid="logs-traces",
    title="Logs and traces",
    question="What did the services say about this tenant at this time, and what became of the request?",
    audience=Audience.DEVELOPMENT,
    variables=(Variable(name="tenant", label="Tenant", metric="tenant_info", of="tenant"),),
    rows=(SUSPECTS, LINES),
    links=(
        Link(title="Endpoints", dashboard="api-endpoints"),
        Link(title="Tenant detail", dashboard="tenant-detail"),
        Link(title="Alerts and incidents", dashboard="alerts-incidents"),
    ),
    span=hours(1),
)

DASHBOARDS: Final = (LOGS_TRACES,)
