"""What `platformctl runbook` does for each way of calling it: one use case, one print."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from platformctl.app import runbook as pages
from platformctl_cli import show
from platformctl_cli.page import show_page

if TYPE_CHECKING:
    from platformctl.app.runbook_live import Live
    from platformctl.model.runbook import Runbook


def look_up(folder: Path | None, start: Path, wanted: str, *, live: bool, json: bool) -> None:
    """One page that fits is shown, several are listed; on a terminal one of them can be chosen."""
    found = pages.look_up(folder, start=start, wanted=wanted)
    page = found.only
    state = _live(folder, start, page) if live and page else None
    if json:
        from platformctl_cli.runbook_report import look_up_as_json

        show.as_json(look_up_as_json(found, state))
        return
    for note in found.notes:
        show.say(f"note: {note}")
    if page is not None:
        _show(page, state)
        return
    from platformctl_cli.ask import choose
    from platformctl_cli.runbook_report import show_hits

    show_hits(found)
    chosen = choose(len(found.hits))
    if chosen is None:
        show.say("platformctl runbook NAME shows one of them")
        return
    page = found.hits[chosen].page
    _show(page, _live(folder, start, page) if live else None)


def firing(folder: Path | None, start: Path, *, json: bool) -> None:
    """What fires; on a terminal the page of one can be chosen, with its live state."""
    from platformctl.app.runbook_live import ask_firing
    from platformctl.app.session import Request
    from platformctl_cli.ask import choose
    from platformctl_cli.runbook_report import firing_as_json, show_firing

    known = [hit.page.name for hit in pages.look_up(folder, start=start, wanted="").hits]
    found = ask_firing(Request(workspace=folder, start=start), known)
    if json:
        show.as_json(firing_as_json(found))
        return
    show_firing(found)
    chosen = choose(len(found.groups))
    if chosen is not None:
        page = pages.page_of(folder, start=start, alert=found.groups[chosen].alert)
        _show(page, _live(folder, start, page))


def new(folder: Path | None, start: Path, alert: str, *, json: bool) -> None:
    """Lay a page, and say where."""
    from platformctl.app.runbook_new import new_page
    from platformctl.app.session import Request

    path = new_page(Request(workspace=folder, start=start), alert)
    if json:
        show.as_json({"alert": alert, "path": str(path)})
    else:
        show.result(str(path))
        show.say("answer its questions, then: platformctl runbook check")


def check(folder: Path | None, start: Path, *, json: bool) -> None:
    """What is wrong with the pages; exits 1 when there is an error."""
    from platformctl.app.runbook_check import check_runbooks
    from platformctl.app.session import Request
    from platformctl_cli.report import problems_as_json, show_problems

    report = check_runbooks(Request(workspace=folder, start=start))
    if json:
        show.as_json(problems_as_json(report))
    else:
        show_problems(report)
    if report.count("error"):
        raise typer.Exit(1)


def _live(folder: Path | None, start: Path, page: Runbook) -> Live:
    from platformctl.app.runbook_live import ask_live
    from platformctl.app.session import Request

    return ask_live(Request(workspace=folder, start=start), page.name)


def _show(page: Runbook, state: Live | None) -> None:
    if state is not None:
        from platformctl_cli.runbook_report import show_live

        show_live(state)
        show.result("")
    show_page(page.text)
