"""A typed vocabulary for dashboards that makes a wrong panel hard to write.

Layout is computed by the renderer: panels flow from left to right in a grid of 24 columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from platformctl.errors import DefinitionError
from platformctl.model import _guard
from platformctl.model.units import Duration, hours, seconds


class Unit(StrEnum):
    """Grafana's unit ids for what we measure."""

    NONE = "none"
    SHORT = "short"
    SECONDS = "s"
    MILLISECONDS = "ms"
    BYTES = "bytes"
    RATIO = "percentunit"
    REQUESTS_PER_SECOND = "reqps"
    OPS_PER_SECOND = "ops"
    BYTES_PER_SECOND = "Bps"
    DATE_TIME = "dateTimeAsIso"
    BOOL_UP = "bool_on_off"


class PanelKind(StrEnum):
    """The panel types we emit."""

    TIMESERIES = "timeseries"
    STAT = "stat"
    TABLE = "table"
    GAUGE = "gauge"
    BAR_GAUGE = "bargauge"
    HEATMAP = "heatmap"
    STATE_TIMELINE = "state-timeline"
    PIE = "piechart"
    LOGS = "logs"
    TEXT = "text"


class Audience(StrEnum):
    """Who a dashboard is for: one Grafana folder each."""

    OPERATIONS = "operations"
    DEVELOPMENT = "development"
    BUSINESS = "business"
    TENANTS = "tenants"


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """A PromQL (or, for log panels, LogQL) expression with the legend of its series."""

    expr: str
    legend: str = ""
    instant: bool = False

    def __post_init__(self) -> None:
        _guard.not_blank(self.expr, what="expression of a query")


@dataclass(frozen=True, kw_only=True, slots=True)
class Threshold:
    """From `value` upwards the panel shows `color`."""

    value: float
    color: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A way on: to another dashboard by uid, or to a URL. Variables and time travel along."""

    title: str
    dashboard: str = ""
    url: str = ""

    def __post_init__(self) -> None:
        if bool(self.dashboard) == bool(self.url):
            raise DefinitionError(f"link {self.title!r} needs a dashboard or a URL, and not both")


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """One picture that answers one question; `description` states the question and how to read it.

    width is in twenty-fourths of the row, height in Grafana's grid units.
    empty_reason: why the panel may rightly have no data; empty when it must always show some.
    """

    title: str
    description: str
    kind: PanelKind
    queries: tuple[Query, ...] = ()
    unit: Unit = Unit.SHORT
    text: str = ""
    thresholds: tuple[Threshold, ...] = ()
    links: tuple[Link, ...] = ()
    width: int = 8
    height: int = 8
    stacked: bool = False
    minimum: float | None = None
    maximum: float | None = None
    empty_reason: str = ""

    def __post_init__(self) -> None:
        _guard.not_blank(self.title, what="title of a panel")
        _guard.not_blank(self.description, what=f"description of panel {self.title!r}")
        if not 1 <= self.width <= 24:
            raise DefinitionError(f"panel {self.title!r} is {self.width} columns wide; the grid has 24")
        if (self.kind is PanelKind.TEXT) == bool(self.queries):
            raise DefinitionError(
                f"panel {self.title!r}: a text panel has text, every other kind has queries"
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A titled group of panels."""

    title: str
    panels: tuple[Panel, ...]
    collapsed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Variable:
    """A choice at the top of the dashboard, filled from the values of a label."""

    name: str
    label: str
    metric: str
    of: str
    multi: bool = True

    def __post_init__(self) -> None:
        _guard.matches(_guard.LABEL_NAME, self.name, what="variable", like="tenant")


@dataclass(frozen=True, kw_only=True, slots=True)
class Dashboard:
    """A page of panels that answers `question` for one audience. The uid never changes."""

    uid: str
    title: str
    question: str
    audience: Audience
    rows: tuple[Row, ...]
    variables: tuple[Variable, ...] = ()
    links: tuple[Link, ...] = ()
    tags: tuple[str, ...] = ()
    span: Duration = hours(6)
    refresh: Duration = seconds(30)

    def __post_init__(self) -> None:
        _guard.matches(_guard.SLUG, self.uid, what="dashboard uid", like="platform-overview")
        _guard.not_blank(self.question, what=f"question of dashboard {self.uid!r}")
        if len(self.uid) > 40:
            raise DefinitionError(f"dashboard uid {self.uid!r} is longer than Grafana's 40 characters")
        _guard.unique((v.name for v in self.variables), what=f"variable of {self.uid}")
