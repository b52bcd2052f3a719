"""What ``sla-report`` does: make, enter, write, deliver, show; or write what does it again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import typer

from platformctl.app import sla_deliver, sla_documents, sla_files, sla_schedule, sla_verify
from platformctl.app.sla_files import Forms
from platformctl.app.sla_report import Desk, Made, ReportRequest, open_desk, refuse_breach
from platformctl.sla import codec
from platformctl_cli import show
from platformctl_cli.sla import show_report


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """The command's options."""

    request: ReportRequest
    forms: Forms | None
    pdf: bool
    xlsx: bool
    documents: bool
    deliver: bool
    close: bool
    restate: str | None
    fail_on_breach: bool
    json: bool


def report(asked: Asked) -> None:
    """One report, in every form that was asked for."""
    _refuse_idle_options(asked)
    with show.waiting() as (say, wait), open_desk(asked.request) as desk:
        if asked.close:
            desk.refuse_wrong_clock()
        to = sla_deliver.recipients(desk) if asked.deliver else None
        made = desk.make(asked.request.scope, wait)
        if asked.close:
            made = _entered(made, asked, say)
        if asked.forms:
            _write(desk, made, asked, wait)
        if to:
            forms = Forms(folder=asked.request.start, pdf=asked.pdf)
            for line in sla_deliver.deliver(desk, made, to, forms, wait):
                say(line)
    if asked.json:
        show.as_json(codec.to_json(made.report))
    else:
        show_report(made.report)
    if asked.fail_on_breach:
        refuse_breach(made.report)


def _refuse_idle_options(asked: Asked) -> None:
    """An option that would do nothing is a mistake; it is told before anything is asked or written."""
    idle = {
        "--documents needs --out": asked.documents and not asked.forms,
        "--xlsx needs --out": asked.xlsx and not asked.forms,
        "--pdf needs --out or --deliver": asked.pdf and not (asked.forms or asked.deliver),
        "--restate needs --close": bool(asked.restate) and not asked.close,
    }
    for told, wrong in idle.items():
        if wrong:
            raise typer.BadParameter(told)


def _entered(made: Made, asked: Asked, say: Callable[[str], None]) -> Made:
    told, entry = sla_files.close_period(made, reason=asked.restate)
    say(
        f"entered in the ledger as statement {entry.number}, seal {entry.seal}"
        if entry
        else "the ledger states the same"
    )
    return told


def _write(desk: Desk, made: Made, asked: Asked, wait: Callable[[str], None]) -> None:
    if asked.forms is None:
        return
    for path in sla_files.write_files(made.report, asked.forms):
        show.say(f"wrote {path}")
    if asked.documents:
        pages = sla_documents.write_documents(desk, asked.forms, wait)
        show.say(f"wrote the documents of {pages} tenants below {asked.forms.folder / 'tenants'}")


def schedule(asked: Asked, kind: str, at: str) -> None:
    """Files that run the report after each period."""
    if asked.forms is None:
        raise typer.BadParameter("schedule needs --out")
    wanted = sla_schedule.Wanted(
        request=asked.request,
        at=at,
        options=tuple(
            option
            for option, chosen in (
                ("--close", asked.close),
                ("--documents", asked.documents),
                ("--pdf", asked.pdf),
                ("--xlsx", asked.forms.xlsx),
                ("--deliver", asked.deliver),
                ("--fail-on-breach", asked.fail_on_breach),
            )
            if chosen
        ),
    )
    for path, next_step in sla_schedule.write(wanted, kind, asked.forms.folder):
        show.say(f"wrote {path}{next_step}")


def verify(asked: Asked, seals: list[str]) -> None:
    """Every statement whose seal holds."""
    found = sla_verify.verify(asked.request.workspace, asked.request.start, seals)
    if asked.json:
        show.as_json([{"period": one.path, "statement": one.number, "seal": one.seal} for one in found])
        return
    show.table(("PERIOD", "STATEMENT", "SEAL"), ((one.path, str(one.number), one.seal) for one in found))
    show.say(f"{len(found)} statements are as they were entered")
