"""What becomes of a report: entries in the ledger, files in a folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from platformctl.app.sla_pdf import print_pdfs
from platformctl.app.sla_report import Desk, Made, Say, Scope, ScopeKind
from platformctl.errors import PlatformError, UsageError
from platformctl.render.sla import markdown, table
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


def write_documents(desk: Desk, forms: Forms, say: Say) -> int:
    """One document a tenant, in ``tenants/ID/``: each made from that tenant's own series, and of nothing else.

    Gives how many tenants.
    """
    pages: list[Path] = []
    everybody = desk.tenants()
    for number, tenant in enumerate(everybody, 1):
        say(f"document {number} of {len(everybody)}: {tenant.id}")
        made = desk.make(Scope(ScopeKind.TENANT, tenant.id), _silently)
        below = replace(forms, folder=forms.folder / "tenants" / tenant.id, pdf=False)
        pages.append(write_files(made.report, below)[0])
    if forms.pdf:
        print_pdfs(pages)
    return len(pages)


def _silently(_: str) -> None:
    """The documents' progress is told one by one."""


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
    from platformctl.render.sla import html, spreadsheet  # they load half a second of drawing and zipping

    yield "html", html.render(report)
    yield "md", markdown.render(report)
    yield "csv", table.render(report)
    yield "json", json.dumps(codec.to_json(report), ensure_ascii=False) + "\n"
    if forms.xlsx:
        yield "xlsx", spreadsheet.render(report)
