"""What stands on a dashboard: panels, their queries, colours and links."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from platformctl.errors import DefinitionError
from platformctl.model import _guard

GRID_COLUMNS: Final = 24


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
    PER_SECOND = "cps"
    BYTES_PER_SECOND = "Bps"
    DATE_TIME = "dateTimeAsIso"
    MONEY = "currencyEUR"
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


class Color(StrEnum):
    """Colours with a meaning; Grafana's names, legible on its light and its dark theme."""

    GREEN = "green"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"
    BLUE = "blue"
    PURPLE = "purple"
    GRAY = "text"


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """A PromQL (or, for log panels, LogQL) expression with the legend of its series.

    legend: text with ``{{label}}``; in a table, the title of the column.
    instant: only the newest value; tables, stats and gauges that need no history.
    unit: of this query alone, where it differs from the panel's (a column of a table).
    """

    expr: str
    legend: str = ""
    instant: bool = False
    unit: Unit | None = None

    def __post_init__(self) -> None:
        _guard.not_blank(self.expr, what="expression of a query")


@dataclass(frozen=True, kw_only=True, slots=True)
class Threshold:
    """From `value` upwards the panel shows `color`."""

    value: float
    color: Color


@dataclass(frozen=True, kw_only=True, slots=True)
class ValueText:
    """Where the value is exactly `value`, the panel shows this text in this colour."""

    value: int
    text: str
    color: Color


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A way on: to another dashboard by uid, or to a URL. Variables and time travel along.

    by: labels of the series that was clicked, which become variables of the same name over there;
    only on a panel.
    """

    title: str
    dashboard: str = ""
    url: str = ""
    by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _guard.not_blank(self.title, what="title of a link")
        if bool(self.dashboard) == bool(self.url):
            raise DefinitionError(f"link {self.title!r} needs a dashboard or a URL, and not both")
        if self.url and not self.url.startswith(("https://", "http://", "/")):
            raise DefinitionError(f"link {self.title!r} leads to {self.url!r}, which is not a web address")
        if self.by and not self.dashboard:
            raise DefinitionError(f"link {self.title!r} passes labels on to a URL: only dashboards take them")


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """One picture that answers one question; `description` states the question and how to read it.

    width is in twenty-fourths of the row, height in Grafana's grid units.
    base: the colour below the first threshold. texts: names for single values (0 is "down").
    logs: its queries are LogQL, asked of Loki; so are those of every log panel.
    empty_reason: why the panel may rightly have no data; empty when it must always show some.
    """

    title: str
    description: str
    kind: PanelKind
    queries: tuple[Query, ...] = ()
    unit: Unit = Unit.SHORT
    text: str = ""
    thresholds: tuple[Threshold, ...] = ()
    base: Color = Color.GREEN
    texts: tuple[ValueText, ...] = ()
    links: tuple[Link, ...] = ()
    width: int = 8
    height: int = 8
    stacked: bool = False
    logs: bool = False
    decimals: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    empty_reason: str = ""

    def __post_init__(self) -> None:
        _guard.not_blank(self.title, what="title of a panel")
        _guard.not_blank(self.description, what=f"description of panel {self.title!r}")
        if not 1 <= self.width <= GRID_COLUMNS:
            raise DefinitionError(
                f"panel {self.title!r} is {self.width} columns wide; the grid has {GRID_COLUMNS}"
            )
        if self.height < 1:
            raise DefinitionError(f"panel {self.title!r} has the height {self.height}")
        self._check_content()
        self._check_thresholds()

    @property
    def reads_logs(self) -> bool:
        """Whether Loki answers its queries, and not Prometheus."""
        return self.logs or self.kind is PanelKind.LOGS

    def _check_content(self) -> None:
        if (self.kind is PanelKind.TEXT) != bool(self.text) or (self.kind is PanelKind.TEXT) == bool(
            self.queries
        ):
            raise DefinitionError(
                f"panel {self.title!r}: a text panel has text, every other kind has queries"
            )
        if self.kind is PanelKind.TABLE and not all(query.legend for query in self.queries):
            raise DefinitionError(
                f"table {self.title!r} has a query without a legend", fix="the legend is the column's title"
            )
        if self.kind is PanelKind.GAUGE and (self.minimum is None or self.maximum is None):
            raise DefinitionError(f"gauge {self.title!r} has no scale", fix="give it a minimum and a maximum")

    def _check_thresholds(self) -> None:
        values = [threshold.value for threshold in self.thresholds]
        if values != sorted(set(values)):
            raise DefinitionError(f"thresholds of panel {self.title!r} do not rise")
        if self.minimum is not None and self.maximum is not None and self.minimum >= self.maximum:
            raise DefinitionError(f"panel {self.title!r} has a minimum that is not below its maximum")
