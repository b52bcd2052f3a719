"""What becomes of a report: entries in the ledger, files in a folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from platformctl.app.sla_pdf import print_pdf
from platformctl.app.sla_report import Made, ScopeKind
from platformctl.errors import PlatformError, UsageError
from platformctl.render.sla import html, markdown, table
from platformctl.sinks.files import write_atomically
from platformctl.sla import codec
from platformctl.sla.ledger import Entry, corrections
from platformctl.sla.report import Report


class AlreadyStated(PlatformError):
    """The period is closed, and its figures were stated otherwise."""

    kind = "already-stated"


def close_period(made: Made, *, reason: str | None) -> Entry | None:
    """Enter the report on all tenants; None where the ledger states the same already.

    Raises `AlreadyStated` where it states something else and no reason is given.
    """
    report = made.stated
    if report.scope != ScopeKind.ALL:
        raise UsageError(
            "a period is closed for all tenants at once", fix="leave out --tenant, --tier, --vertical"
        )
    if report.provisional:
        raise UsageError(f"the period {report.period.name} is not over", fix="close it after its end")
    entries = made.ledger.entries(report.period)
    changed = corrections(entries[-1].report, report) if entries else ()
    if entries and not changed:
        return None
    if changed and not reason:
        raise AlreadyStated(
            f"{report.period.name} is closed, and {len(changed)} statements would change: "
            f"{changed[0].tenant} was {changed[0].was}, is {changed[0].now}",
            fix='platformctl sla-report --close --restate "why the figures changed"',
        )
    return made.ledger.add(report, reason=reason or "", at=made.at)


def write_files(report: Report, folder: Path, *, pdf: bool) -> tuple[Path, ...]:
    """The report in every form; the HTML is the first of the files, a PDF the last."""
    written = tuple(_write(report, folder))
    return (*written, print_pdf(written[0])) if pdf else written


def _write(report: Report, folder: Path) -> Iterator[Path]:
    alone = report.statements[0].tenant if len(report.statements) == 1 else ""
    stem = "-".join(part for part in ("sla", report.period.name.replace("..", "_"), alone) if part)
    for ending, text in (
        ("html", html.render(report)),
        ("md", markdown.render(report)),
        ("csv", table.render(report)),
        ("json", json.dumps(codec.to_json(report), ensure_ascii=False) + "\n"),
    ):
        path = folder / f"{stem}.{ending}"
        write_atomically(path, text)
        yield path
