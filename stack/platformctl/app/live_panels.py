"""Ask a live server every query of a dashboard, as Grafana would at its first opening."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from platformctl.checks._expressions import selection
from platformctl.model import macros
from platformctl.model.dashboard import Dashboard, Row, Variable
from platformctl.model.dashboard_raw import RawPanel
from platformctl.model.panel import Panel, PanelKind, Query
from platformctl.model.units import Duration
from platformctl.sources.http import Unreachable
from platformctl.sources.live_query import Measured, QueryServer, Window

SLOW_S: Final = 1.0
"""A panel that takes longer is slow: a page of twenty of them is no longer looked at."""
MOST_SERIES: Final = 200
"""More lines than this can neither be read nor drawn quickly."""
_POINTS: Final = 300
_SCRAPE_S: Final = 15
_ANY: Final = ".+"


class Verdict(StrEnum):
    """How a query fared, the worst first.

    `BLIND` is an alert that reads a metric nothing emits; `EXPLAINED` is empty, and its panel says why that may be.
    """

    ERROR = "error"
    EMPTY = "empty"
    PARTLY = "partly empty"
    BLIND = "blind"
    MANY = "too many series"
    SLOW = "slow"
    EXPLAINED = "explained"
    NOT_ASKED = "not asked"
    OK = "ok"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """How one thing of a dashboard, or one rule, fared. took_s and series: of its worst query."""

    subject: str
    verdict: Verdict
    detail: str = ""
    series: int = 0
    took_s: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Servers:
    """Whom to ask, and until when; `loki` is None where none runs."""

    prometheus: QueryServer
    loki: QueryServer | None
    now_s: float


def ask_dashboard(dashboard: Dashboard, servers: Servers, span: Duration | None) -> Iterator[Finding]:
    """One finding for each variable, annotation and panel that has queries."""
    window = _window(span or dashboard.span, servers.now_s)
    values = _macros(window)
    for variable in dashboard.variables:
        finding, value = _ask_variable(variable, values, servers)
        values[variable.name] = value
        yield finding
    for annotation in dashboard.annotations:
        measured = servers.prometheus.measure(macros.fill(annotation.expr, values), window, instant=False)
        yield judge(f"annotation {annotation.name!r}", (measured,), empty_reason="nothing to mark")
    for row in dashboard.rows:
        yield from _ask_row(row, values, window, servers)


def judge(
    subject: str, measured: tuple[Measured, ...], *, empty_reason: str, most_series: int = MOST_SERIES
) -> Finding:
    """The verdict on queries that belong together: one that gives nothing is told, unless it may."""
    slowest, most = max(m.took_s for m in measured), max(m.series for m in measured)
    errors = [m.error for m in measured if m.error]
    empty = [str(number) for number, m in enumerate(measured, 1) if not m.series]
    verdict, detail = Verdict.OK, ""
    if errors:
        verdict, detail = Verdict.ERROR, errors[0]
    elif empty and empty_reason:
        verdict, detail = Verdict.EXPLAINED, empty_reason
    elif len(empty) == len(measured):
        verdict, detail = Verdict.EMPTY, "no data, and no reason stated why there may be none"
    elif empty:
        verdict, detail = Verdict.PARTLY, f"no data for query {', '.join(empty)} of {len(measured)}"
    elif most > most_series:
        verdict, detail = Verdict.MANY, f"{most} series"
    elif slowest > SLOW_S:
        verdict, detail = Verdict.SLOW, f"took {slowest:.1f} s"
    return Finding(subject=subject, verdict=verdict, detail=detail, series=most, took_s=slowest)


def _ask_variable(variable: Variable, values: Mapping[str, str], servers: Servers) -> tuple[Finding, str]:
    """The finding, and the value that the dashboard opens with."""
    subject = f"variable {variable.name!r}"
    try:
        found = servers.prometheus.values_of(variable.of, macros.fill(selection(variable), values))
    except Unreachable as error:
        return Finding(subject=subject, verdict=Verdict.ERROR, detail=error.what), _ANY
    opens_with = variable.default or (_ANY if variable.multi else next(iter(found), ""))
    if not found:
        verdict = Verdict.EXPLAINED if variable.empty_reason else Verdict.EMPTY
        detail = variable.empty_reason or "it has no values"
        return Finding(subject=subject, verdict=verdict, detail=detail), opens_with
    return Finding(subject=subject, verdict=Verdict.OK, series=len(found)), opens_with


def _ask_row(row: Row, values: Mapping[str, str], window: Window, servers: Servers) -> Iterator[Finding]:
    for panel in row.panels:
        if not panel.queries:
            continue
        subject = f"panel {panel.title!r}"
        server = servers.loki if panel.reads_logs else servers.prometheus
        if server is None:
            yield Finding(subject=subject, verdict=Verdict.NOT_ASKED, detail="no Loki runs here")
        else:
            measured = tuple(
                server.measure(macros.fill(q.expr, values), window, instant=_is_instant(panel, q))
                for q in panel.queries
            )
            yield judge(subject, measured, empty_reason=panel.empty_reason)


def _is_instant(panel: Panel | RawPanel, query: Query) -> bool:
    return query.instant or (isinstance(panel, Panel) and panel.kind is PanelKind.TABLE)


def _window(span: Duration, now_s: float) -> Window:
    return Window(start_s=now_s - span.seconds, end_s=now_s, step_s=max(_SCRAPE_S, span.seconds // _POINTS))


def _macros(window: Window) -> dict[str, str]:
    """What Grafana puts in the place of its macros, for a scrape every 15 seconds."""
    step, span = int(window.step_s), int(window.end_s - window.start_s)
    rate = max(4 * _SCRAPE_S, step + _SCRAPE_S)
    return {
        "__interval": f"{step}s",
        "__range": f"{span}s",
        "__range_s": str(span),
        "__rate_interval": f"{rate}s",
        "__rate_interval_ms": str(rate * 1000),
    }
