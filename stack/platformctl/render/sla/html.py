"""A report as one HTML file: no script, nothing loaded from elsewhere, light and dark, fit for paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cache
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from platformctl.render.sla import appendix, charts, view
from platformctl.sla import wording
from platformctl.sla.report import Hour, Report, Statement

_LEVELS: Final = (
    (Fraction(999, 1000), "good"),
    (Fraction(99, 100), "fair"),
    (Fraction(1, 2), "poor"),
    (Fraction(0), "down"),
)
"""Shades of an hour by its availability; the page's legend names the same bounds."""

_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Cell:
    """One hour of the heat map."""

    shade: str
    text: str


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the heat map, by the clock of the report's zone: 23, 24 or 25 hours."""

    name: str
    cells: tuple[Cell, ...]


def render(report: Report, rows: Sequence[view.Row]) -> str:
    """The whole page; `rows` are the summary's (`view.rows`)."""
    template = _environment().get_template("report.html")
    detailed = any(s.detail for s in report.statements)
    return template.render(
        report=report,
        zone=report.period.zone,
        columns=view.SUMMARY,
        rows=_rows(rows),
        tenants=[_tenant(s, report) for s in report.statements if s.detail],
        title=_title(report),
        budgets=None if detailed else charts.budgets(report.statements),
        view=view,
        appendix=appendix,
        wording=wording,
    )


def _rows(rows: Sequence[view.Row]) -> Markup:
    """The lines of the summary's table: put together here, where ten thousand take a third of the time."""
    kinds = ["number" if column.is_number else "" for column in view.SUMMARY]
    return Markup("\n".join(f"<tr>{''.join(_cells(row, kinds))}</tr>" for row in rows))  # noqa: S704 - cells are escaped


def _cells(row: view.Row, kinds: Sequence[str]) -> Iterator[str]:
    for at, (kind, cell) in enumerate(zip(kinds, row, strict=True)):
        name = cell if at == view.VERDICT else kind
        yield f'<td class="{name}">{escape(cell)}</td>' if name else f"<td>{escape(cell)}</td>"


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("platformctl", "render/sla/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _title(report: Report) -> str:
    alone = len(report.statements) == 1 and report.statements[0].detail
    return report.statements[0].name if alone else report.scope


def _tenant(statement: Statement, report: Report) -> dict[str, object]:
    hours = statement.detail.hours if statement.detail else ()
    return {
        "statement": statement,
        "detail": statement.detail,
        "figures": list(view.figures(statement)),
        "days": list(_days(hours, report)),
        "chart": charts.by_hour(hours, report.period.zone) if hours else None,
        "worst": view.worst_hours(hours),
        "spent": _spent(statement),
    }


def _spent(statement: Statement) -> int | None:
    """The budget bar's length: whole percent spent, at most 100."""
    target = statement.availability.target
    if target is None or not statement.known:
        return None
    return min(100, int(statement.availability.counts.spent(target) * 100))


def _days(hours: tuple[Hour, ...], report: Report) -> Iterator[Day]:
    """Every hour from the first to the last, so that a missing one moves no other."""
    if not hours:
        return
    clock = ZoneInfo(report.period.zone)
    known = {hour.start: hour for hour in hours}
    count = (hours[-1].start - hours[0].start) // _HOUR + 1
    starts = [hours[0].start + n * _HOUR for n in range(count)]
    for date, of_day in groupby(starts, key=lambda start: start.astimezone(clock).date()):
        cells = tuple(_cell(start.astimezone(clock), known.get(start)) for start in of_day)
        yield Day(f"{date:%a %d %b}", cells)


def _cell(start: datetime, hour: Hour | None) -> Cell:
    at = f"{start:%H:%M}"
    if hour is None:
        return Cell("none", f"{at} no sum of this hour")
    ratio = hour.requests.ratio
    if ratio is None:
        return Cell("none", f"{at} no requests")
    shade = next(name for least, name in _LEVELS if ratio >= least)
    return Cell(shade, f"{at} {wording.percent(ratio)}, {hour.requests.bad} of {hour.requests.total} failed")
