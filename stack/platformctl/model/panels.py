"""Panels that every dashboard has: what they differ in is said, what they share is not.

Thresholds with one meaning everywhere stand here too, so that red is the same red on every page.
"""

from __future__ import annotations

from typing import Final, TypedDict, Unpack

from platformctl.model.panel import Color, Link, Panel, PanelKind, Query, Threshold, Unit, ValueText

FAILED_COLORS: Final = (Threshold(value=0.01, color=Color.YELLOW), Threshold(value=0.05, color=Color.RED))
"""Shares of requests that failed."""
SLOW_COLORS: Final = (Threshold(value=1, color=Color.YELLOW), Threshold(value=2.5, color=Color.RED))
"""Seconds that somebody waited for an answer."""
ANY_IS_BAD: Final = (Threshold(value=1, color=Color.RED),)
ANY_IS_ODD: Final = (Threshold(value=1, color=Color.YELLOW),)
TO_TENANT: Final = Link(title="Tenant detail", dashboard="tenant-detail", by=("tenant",))


class Options(TypedDict, total=False):
    """What any panel may say of itself; see `Panel`."""

    unit: Unit
    thresholds: tuple[Threshold, ...]
    base: Color
    texts: tuple[ValueText, ...]
    links: tuple[Link, ...]
    width: int
    height: int
    stacked: bool
    logs: bool
    decimals: int | None
    minimum: float | None
    maximum: float | None
    empty_reason: str


def stat(
    title: str, description: str, expr: str, *, instant: bool = False, **options: Unpack[Options]
) -> Panel:
    """One figure, six of which fill a line; blue where no threshold judges it."""
    usual = Options(width=4, height=5, base=Color.GREEN if options.get("thresholds") else Color.BLUE)
    queries = (Query(expr=expr, instant=instant),)
    return Panel(
        title=title, description=description, kind=PanelKind.STAT, queries=queries, **(usual | options)
    )


def graph(title: str, description: str, *lines: tuple[str, str], **options: Unpack[Options]) -> Panel:
    """Lines over time, each an expression and the legend of its series."""
    queries = tuple(Query(expr=expr, legend=legend) for expr, legend in lines)
    return Panel(title=title, description=description, kind=PanelKind.TIMESERIES, queries=queries, **options)


def bars(title: str, description: str, expr: str, legend: str, **options: Unpack[Options]) -> Panel:
    """One bar for each series, by its newest value."""
    usual = Options(base=Color.GREEN if options.get("thresholds") else Color.BLUE)
    queries = (Query(expr=expr, legend=legend, instant=True),)
    return Panel(
        title=title, description=description, kind=PanelKind.BAR_GAUGE, queries=queries, **(usual | options)
    )


def table(title: str, description: str, *columns: Query, **options: Unpack[Options]) -> Panel:
    """One line for each label set, one column for each query; the first one's largest value on top."""
    return Panel(title=title, description=description, kind=PanelKind.TABLE, queries=columns, **options)


def log_lines(title: str, description: str, expr: str, **options: Unpack[Options]) -> Panel:
    """Lines from Loki, over the whole width."""
    usual = Options(unit=Unit.NONE, width=24, height=10)
    queries = (Query(expr=expr),)
    return Panel(
        title=title, description=description, kind=PanelKind.LOGS, queries=queries, **(usual | options)
    )
