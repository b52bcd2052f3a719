"""A report as a workbook: figures as numbers, texts as texts (never as formulas), every query on its own sheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

import xlsxwriter

from platformctl.render.sla import appendix, table
from platformctl.sla import wording
from platformctl.sla.report import Report

Row: TypeAlias = Iterable[str | int | float]
_NUMBERS_FROM: Final = 8
"""The columns of the CSV before this one are texts."""

_TEXT_COLUMNS: Final = frozenset(
    {"latency_threshold", "throttled_counts_as", "objectives_met", "provisional"}
)


def render(report: Report) -> bytes:
    """The whole workbook; the same report gives the same bytes."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"title": f"SLA report {report.period.name}", "created": report.period.end})
        bold = book.add_format({"bold": True})
        for name, rows in (
            ("Tenants", _tenants(report)),
            ("Incidents", _incidents(report)),
            ("Data quality", _quality(report)),
            ("Queries", _queries(report)),
        ):
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for at, row in enumerate(rows):
                for column, value in enumerate(row):
                    style = bold if at == 0 else None
                    write = sheet.write_string if isinstance(value, str) else sheet.write_number
                    write(at, column, value, style)
            sheet.autofit()
    return out.getvalue()


def _tenants(report: Report) -> Iterator[Row]:
    """The lines of the CSV, with numbers as such."""
    heads, *rows = csv.reader(io.StringIO(table.render(report)))
    yield heads
    for row in rows:
        yield [_cell(head, at, text) for at, (head, text) in enumerate(zip(heads, row, strict=True))]


def _cell(head: str, at: int, text: str) -> str | float:
    is_number = at >= _NUMBERS_FROM and head not in _TEXT_COLUMNS and text
    return float(text) if is_number else text


def _incidents(report: Report) -> Iterator[Row]:
    zone = report.period.zone
    yield (
        "alert",
        "tenant",
        "objective",
        "fired",
        "stopped",
        "fault began",
        "fault ended",
        "known from",
        "cause",
    )
    for i in report.incidents:
        fault = (
            (wording.local(i.fault.start, zone), wording.local(i.fault.end, zone)) if i.fault else ("", "")
        )
        fired, stopped = wording.local(i.when.start, zone), wording.local(i.when.end, zone)
        yield (i.alert, i.tenant, i.slo, fired, stopped, *fault, str(i.basis), i.cause)


def _quality(report: Report) -> Iterator[Row]:
    zone, quality = report.period.zone, report.quality
    yield ("what", "where")
    yield from (("not observed", wording.when(gap, zone)) for gap in quality.gaps)
    yield from (("outage of the platform", wording.when(outage, zone)) for outage in quality.outages)
    yield from (("partly observed", wording.when(part, zone)) for part in quality.partial)
    yield from (("note", note) for note in quality.notes)
    yield ("uncertainty", appendix.UNCERTAINTY)


def _queries(report: Report) -> Iterator[Row]:
    yield ("figure", "definition", "query", "instants")
    yield from ((q.figure, q.definition, q.text, appendix.instant_text(q)) for q in report.queries)
