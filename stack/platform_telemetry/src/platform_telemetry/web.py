"""The part of the catalogue that browsers report to the frontend, which publishes it."""

from __future__ import annotations

from typing import Final

from platform_telemetry.spec import Group, MetricSpec, MetricType

_PAGES: Final = 60
_WAIT_BUCKETS_S: Final = (0.1, 0.2, 0.5, 0.8, 1.0, 1.8, 2.5, 3.0, 4.0, 6.0, 10.0)
_SHIFT_BUCKETS: Final = (0.01, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0)
"""Both hold the bounds between good, middling and poor of https://web.dev/articles/vitals."""

WEB_VITALS: Final = MetricSpec(
    name="web_vitals_seconds",
    type=MetricType.HISTOGRAM,
    group=Group.WEB,
    help="Times that a visitor waited, by vital (lcp, inp, fcp, ttfb) and route template of the page.",
    unit="seconds",
    labels=("vital", "route"),
    buckets=_WAIT_BUCKETS_S,
    max_combinations=4 * _PAGES,
)
WEB_LAYOUT_SHIFT: Final = MetricSpec(
    name="web_vitals_layout_shift",
    type=MetricType.HISTOGRAM,
    group=Group.WEB,
    help="Cumulative layout shift of a page view (CLS, no unit), by route template of the page.",
    labels=("route",),
    buckets=_SHIFT_BUCKETS,
    max_combinations=_PAGES,
)
WEB_RATINGS: Final = MetricSpec(
    name="web_vitals_ratings_total",
    type=MetricType.COUNTER,
    group=Group.WEB,
    help="Measurements of LCP, INP and CLS, by tenant and rating (good, middling, poor).",
    labels=("tenant", "rating"),
    max_combinations=3,
)
WEB_VIEWS: Final = MetricSpec(
    name="web_page_views_total",
    type=MetricType.COUNTER,
    group=Group.WEB,
    help="Pages shown, by tenant.",
    labels=("tenant",),
)
WEB_ERRORS: Final = MetricSpec(
    name="web_client_errors_total",
    type=MetricType.COUNTER,
    group=Group.WEB,
    help="Errors in the browser that nothing caught, by tenant and kind (error, rejection).",
    labels=("tenant", "kind"),
    max_combinations=2,
)
