"""The web frontend as its visitors have it: Core Web Vitals, and errors in their browsers.

Thresholds are those of https://web.dev/articles/vitals, which judge the 75th percentile of page views.
"""

from __future__ import annotations

from typing import Final

from platformctl.model.dashboard import Audience, Dashboard, Row, Variable
from platformctl.model.panel import Color, Link, Query, Threshold, Unit
from platformctl.model.panels import TO_TENANT, graph, log_lines, stat, table
from platformctl.model.units import days

CHOSEN: Final = 'route=~"$route"'
NO_PAGES: Final = "no browser has reported to a frontend that publishes the catalogue's web metrics"
NO_ERRORS: Final = f"no browser reported an error, or {NO_PAGES}"


def _three_quarters(vital: str, by: str = "") -> str:
    """The 75th percentile of a vital that is a time."""
    return (
        f"histogram_quantile(0.75, sum by ({by}le)"
        f' (rate(web_vitals_seconds_bucket{{vital="{vital}", {CHOSEN}}}[$__rate_interval])))'
    )


def _bounds(middling: float, poor: float) -> tuple[Threshold, ...]:
    return (Threshold(value=middling, color=Color.YELLOW), Threshold(value=poor, color=Color.RED))


SHIFT: Final = (
    "histogram_quantile(0.75,"
    f" sum by (le) (rate(web_vitals_layout_shift_bucket{{{CHOSEN}}}[$__rate_interval])))"
)
POOR: Final = (
    'sum by (tenant) (rate(web_vitals_ratings_total{rating="poor"}[$__rate_interval]))'
    " / sum by (tenant) (rate(web_vitals_ratings_total[$__rate_interval]))"
)
ERRORS_A_VIEW: Final = (
    "sum by (tenant) (rate(web_client_errors_total[$__rate_interval]))"
    " / sum by (tenant) (rate(web_page_views_total[$__rate_interval]))"
)

VITALS: Final = Row(
    title="Core Web Vitals",
    panels=(
        stat(
            "Largest paint (LCP)",
            "Does the page seem to load fast? Three of four views had their largest part within this time.",
            _three_quarters("lcp"),
            unit=Unit.SECONDS,
            thresholds=_bounds(2.5, 4),
            width=5,
            empty_reason=NO_PAGES,
        ),
        stat(
            "Answer to input (INP)",
            "Does the page answer at once? Three of four views answered a click or key within this time.",
            _three_quarters("inp"),
            unit=Unit.SECONDS,
            thresholds=_bounds(0.2, 0.5),
            width=5,
            empty_reason=NO_PAGES,
        ),
        stat(
            "Layout shift (CLS)",
            "Does the page hold still? The score of three of four views; 0 is still.",
            SHIFT,
            unit=Unit.NONE,
            decimals=3,
            thresholds=_bounds(0.1, 0.25),
            width=5,
            empty_reason=NO_PAGES,
        ),
        stat(
            "Pages shown",
            "How many look at us? Page views per second.",
            "sum(rate(web_page_views_total[$__rate_interval]))",
            unit=Unit.PER_SECOND,
            width=4,
            empty_reason=NO_PAGES,
        ),
        stat(
            "Errors a view",
            "Is the frontend broken? Errors that nothing caught, for each page shown.",
            "sum(rate(web_client_errors_total[$__rate_interval]))"
            " / sum(rate(web_page_views_total[$__rate_interval]))",
            unit=Unit.RATIO,
            thresholds=_bounds(0.01, 0.05),
            width=5,
            empty_reason=NO_ERRORS,
        ),
        graph(
            "Waiting, three of four views",
            "Did a release make it slower, and is it the server (TTFB) or the page? 75th percentile of each vital.",
            *((_three_quarters(vital), vital.upper()) for vital in ("lcp", "inp", "fcp", "ttfb")),
            unit=Unit.SECONDS,
            width=12,
            empty_reason=NO_PAGES,
        ),
        graph(
            "Slowest pages",
            "Which page is it? The ten pages with the largest LCP.",
            (f"topk(10, {_three_quarters('lcp', 'route, ')})", "{{route}}"),
            unit=Unit.SECONDS,
            thresholds=_bounds(2.5, 4),
            width=12,
            empty_reason=NO_PAGES,
        ),
    ),
)

TENANTS: Final = Row(
    title="Whose visitors?",
    panels=(
        table(
            "Tenants",
            "Whose visitors have it worst? Share of vitals rated poor, and errors for each page shown.",
            Query(expr=f"topk(20, {POOR})", legend="Poor"),
            Query(expr=ERRORS_A_VIEW, legend="Errors a view"),
            unit=Unit.RATIO,
            links=(TO_TENANT,),
            width=12,
            empty_reason=NO_PAGES,
        ),
        graph(
            "Errors in browsers",
            "Since when, and of which kind? Errors and rejected promises that nothing caught, per second.",
            ("sum by (kind) (rate(web_client_errors_total[$__rate_interval]))", "{{kind}}"),
            unit=Unit.PER_SECOND,
            stacked=True,
            links=(Link(title="Logs", dashboard="logs-traces"),),
            width=12,
            empty_reason=NO_ERRORS,
        ),
        log_lines(
            "What the frontend logged",
            "What failed? Warnings and errors of the frontend's server, each with tenant and trace id.",
            '{service=~"web|frontend", level=~"warning|error|critical"}',
            empty_reason="the frontend logged no warning in this time, or no Loki runs here",
        ),
    ),
)

WEB_VITALS: Final = Dashboard(
    uid="web-vitals",
    title="Web frontend",
    question="Is the frontend fast, still and free of errors for its visitors, on which page not, and for whose?",
    audience=Audience.DEVELOPMENT,
    variables=(
        Variable(
            name="route",
            label="Page",
            metric="web_vitals_seconds_count",
            of="route",
            empty_reason=NO_PAGES,
        ),
    ),
    rows=(VITALS, TENANTS),
    links=(
        Link(title="Overview", dashboard="platform-overview"),
        Link(title="Endpoints", dashboard="api-endpoints"),
        Link(title="Logs", dashboard="logs-traces"),
    ),
    span=days(1),
)

DASHBOARDS: Final = (WEB_VITALS,)
