"""The services' endpoints: rate, errors and duration by route."""

from __future__ import annotations

from typing import Final

from platformctl.model.dashboard import Annotation, Audience, Dashboard, Row, Variable
from platformctl.model.panel import Color, Link, Panel, PanelKind, Query, Threshold, Unit
from platformctl.model.panels import graph, table
from platformctl.model.units import hours

SERIES: Final = 'job=~"$service", route=~"$route"'
ERROR_COLORS: Final = (Threshold(value=0.01, color=Color.YELLOW), Threshold(value=0.05, color=Color.RED))
SLOW_COLORS: Final = (Threshold(value=1, color=Color.YELLOW), Threshold(value=2.5, color=Color.RED))


def _p95(range_: str) -> str:
    return (
        "histogram_quantile(0.95, sum by (le, route)"
        f" (rate(http_request_duration_seconds_bucket{{{SERIES}}}[{range_}])))"
    )


def _failed(by: str, range_: str) -> str:
    total = f"sum by ({by}) (rate(http_requests_total{{{SERIES}}}[{range_}]))"
    bad = f'sum by ({by}) (rate(http_requests_total{{{SERIES}, code=~"5.."}}[{range_}]))'
    return f"({bad} or {total} * 0) / {total}"


ROUTES: Final = Row(
    title="Routes",
    panels=(
        table(
            "All routes",
            "Which route is slow, failing or busy? Figures of the last five minutes;"
            " sorted by share of failures.",
            Query(expr=_failed("route", "5m"), legend="Failed", unit=Unit.RATIO),
            Query(expr=_p95("5m"), legend="95th percentile", unit=Unit.SECONDS),
            Query(
                expr=f"sum by (route) (rate(http_requests_total{{{SERIES}}}[5m]))",
                legend="Requests",
                unit=Unit.REQUESTS_PER_SECOND,
            ),
            width=12,
            height=10,
        ),
        graph(
            "Requests",
            "Did a route gain or lose traffic? Requests per second by route.",
            (f"sum by (route) (rate(http_requests_total{{{SERIES}}}[$__rate_interval]))", "{{route}}"),
            unit=Unit.REQUESTS_PER_SECOND,
            stacked=True,
            width=12,
            height=10,
        ),
    ),
)

ERRORS: Final = Row(
    title="Errors",
    panels=(
        graph(
            "Failed requests by route",
            "Where do failures come from? Share of 5xx by route. Lines: 1% and 5%.",
            (_failed("route", "$__rate_interval"), "{{route}}"),
            unit=Unit.RATIO,
            thresholds=ERROR_COLORS,
            minimum=0,
            width=12,
        ),
        graph(
            "Refused and failed requests by code",
            "What goes wrong? Requests per second that ended in 4xx or 5xx, by code:"
            " 401 and 403 speak of access, 429 of limits, 5xx of us.",
            (
                f'sum by (code) (rate(http_requests_total{{{SERIES}, code=~"[45].."}}[$__rate_interval]))',
                "{{code}}",
            ),
            unit=Unit.REQUESTS_PER_SECOND,
            stacked=True,
            width=12,
            empty_reason="every request so far was answered with 2xx or 3xx",
        ),
    ),
)

DURATION: Final = Row(
    title="Duration",
    panels=(
        graph(
            "95th percentile by route",
            "Which route is slow? 95 of 100 requests were answered within this time. Lines: 1 s and 2.5 s.",
            (_p95("$__rate_interval"), "{{route}}"),
            unit=Unit.SECONDS,
            thresholds=SLOW_COLORS,
        ),
        Panel(
            title="Where durations lie",
            description="Is everything slower, or is there a second group of slow requests?"
            " The darker, the more requests took this long.",
            kind=PanelKind.HEATMAP,
            queries=(
                Query(
                    expr="sum by (le) (increase(http_request_duration_seconds_bucket"
                    f"{{{SERIES}}}[$__rate_interval]))",
                    legend="{{le}}",
                ),
            ),
            unit=Unit.SECONDS,
        ),
        graph(
            "Oldest request still running",
            "Does something hang? A hung request never reaches the histogram:"
            " this is the age of the oldest one in flight. Line: 30 s.",
            (f"max by (route) (http_oldest_request_in_flight_age_seconds{{{SERIES}}})", "{{route}}"),
            unit=Unit.SECONDS,
            thresholds=(Threshold(value=30, color=Color.RED),),
            empty_reason="no request has been in flight yet",
        ),
    ),
)

INSIDE: Final = Row(
    title="Inside the services",
    panels=(
        graph(
            "Requests in flight",
            "Do requests pile up? Requests being answered at this moment, by route.",
            (f"sum by (route) (http_requests_in_flight{{{SERIES}}})", "{{route}}"),
            stacked=True,
        ),
        graph(
            "Database statements, 95th percentile",
            "Is the database the reason? Time of SQL statements, as the service sees it.",
            (
                "histogram_quantile(0.95, sum by (le, operation)"
                ' (rate(db_query_duration_seconds_bucket{job=~"$service"}[$__rate_interval])))',
                "{{operation}}",
            ),
            unit=Unit.SECONDS,
            links=(Link(title="Database and cache", dashboard="database-cache"),),
        ),
        graph(
            "CPU of the services",
            "Is the service short of CPU? Cores used by each process.",
            (
                'sum by (job, instance) (rate(process_cpu_seconds_total{job=~"$service"}[$__rate_interval]))',
                "{{job}} {{instance}}",
            ),
            links=(Link(title="Infrastructure", dashboard="infrastructure"),),
        ),
    ),
)

VERSIONS: Final = Row(
    title="What runs",
    collapsed=True,
    panels=(
        table(
            "Versions",
            "Which version answers? One row for each version of a service that runs now.",
            Query(
                expr='count by (service, version, python_version) (service_build_info{job=~"$service"})',
                legend="Processes",
            ),
            width=24,
            height=6,
        ),
    ),
)

API_ENDPOINTS: Final = Dashboard(
    uid="api-endpoints",
    title="API by endpoint",
    question="Which endpoint is slow or failing, since when, and is the service or its database the reason?",
    audience=Audience.DEVELOPMENT,
    variables=(
        Variable(name="service", label="Service", metric="http_requests_total", of="job"),
        Variable(
            name="route", label="Route", metric="http_requests_total", of="route", where={"job": "$service"}
        ),
    ),
    rows=(ROUTES, ERRORS, DURATION, INSIDE, VERSIONS),
    annotations=(
        Annotation(
            name="New version",
            expr="count by (service, version) (service_build_info"
            " unless on (service, version) service_build_info offset 5m)",
            title="{{service}} {{version}}",
            color=Color.BLUE,
        ),
    ),
    links=(
        Link(title="Overview", dashboard="platform-overview"),
        Link(title="Database and cache", dashboard="database-cache"),
    ),
    span=hours(3),
)

DASHBOARDS: Final = (API_ENDPOINTS,)
