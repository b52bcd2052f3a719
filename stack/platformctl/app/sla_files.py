"""What becomes of a report: entries in the ledger, files in a folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from platformctl.app.sla_pdf import print_pdfs
from platformctl.app.sla_report import Made, ScopeKind
from platformctl.errors import PlatformError, UsageError
from platformctl.render.sla import markdown, table, view
from platformctl.sinks.files import write_atomically
from platformctl.sla import codec
from platformctl.sla.ledger import Entry, corrections, held
from platformctl.sla.report import Report


class AlreadyStated(PlatformError):
    """The period is closed, and its figures were stated otherwise."""

    kind = "already-stated"


def close_period(made: Made, *, reason: str | None) -> tuple[Made, Entry | None]:
    """Enter the report on all tenants, and tell it as it then stands; no entry where the ledger states the same.

    Raises `AlreadyStated` where it states something else and no reason is given.
    """
    report = made.fresh
    if report.scope != ScopeKind.ALL:
        raise UsageError(
            "a period is closed for all tenants at once", fix="leave out --tenant, --tier, --vertical"
        )
    if report.provisional:
        raise UsageError(f"the period {report.period.name} is not over", fix="close it after its end")
    entries = made.ledger.entries(report.period)
    changed = corrections(entries[-1].report, report) if entries else ()
    if entries and not changed:
        return made, None
    if changed and not reason:
        raise AlreadyStated(
            f"{report.period.name} is closed, and {len(changed)} statements would change: "
            f"{changed[0].tenant} was {changed[0].was}; is {changed[0].now}",
            fix='platformctl sla-report --close --restate "why the figures changed"',
        )
    entry = made.ledger.add(report, reason=reason or "", at=made.at, after=len(entries))
    return replace(made, report=held(report, (*entries, entry))), entry


@dataclass(frozen=True, kw_only=True, slots=True)
class Forms:
    """The folder for files, and what is written beside HTML, Markdown, CSV and JSON."""

    folder: Path
    pdf: bool = False
    xlsx: bool = False


def write_files(report: Report, forms: Forms) -> tuple[Path, ...]:
    """The report in every form; the HTML is the first of the files."""
    written = tuple(_write(report, forms))
    return (*written, *print_pdfs(written[:1])) if forms.pdf else written


def _write(report: Report, forms: Forms) -> Iterator[Path]:
    for ending, content in _contents(report, forms):
        path = forms.folder / f"{stem(report)}.{ending}"
        write_atomically(path, content)
        yield path


def stem(report: Report) -> str:
    """The name of the report's files, without an ending."""
    alone = report.statements[0].tenant if len(report.statements) == 1 else ""
    return "-".join(
        part for part in ("sla", report.period.name.replace("..", "_").replace(":", ""), alone) if part
    )


def _contents(report: Report, forms: Forms) -> Iterator[tuple[str, str | bytes]]:
    from platformctl.render.sla import html  # it loads a quarter of a second of drawing

    rows = view.rows(report)
    yield "html", html.render(report, rows)
    yield "md", markdown.render(report, rows)
    yield "csv", table.render(report)
    yield "json", json.dumps(codec.to_json(report), ensure_ascii=False) + "\n"
    if forms.xlsx:
        from platformctl.render.sla import spreadsheet  # and this as much of zipping

        yield "xlsx", spreadsheet.render(report)
