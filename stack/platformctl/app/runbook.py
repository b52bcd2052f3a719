"""Find the runbook page that somebody means, by whatever they have in hand at three in the morning.

It reads ``runbooks/`` and, where no name fits, ``alerts_src/``: loading the whole platform takes too long here.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformctl.app.runbook_search import Hit, Texts, by_name, by_text, squashed
from platformctl.errors import PlatformError
from platformctl.model.runbook import Runbook
from platformctl.sources import workspace
from platformctl.sources.runbooks import load_runbooks

_MOST_SUGGESTED: Final = 3


class NoRunbook(PlatformError):
    """No page fits what was asked for."""

    kind = "no-runbook"


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """The pages that fit, the best first; `notes` say what could not be searched."""

    wanted: str
    hits: tuple[Hit, ...]
    notes: tuple[str, ...] = ()

    @property
    def only(self) -> Runbook | None:
        """The page, where something was wanted and just one fits."""
        return self.hits[0].page if self.wanted and len(self.hits) == 1 else None


def look_up(folder: Path | None, *, start: Path, wanted: str) -> Found:
    """The pages of the workspace that fit `wanted`: a name, a part of one, an alert's text, or symptoms.

    All pages where nothing is wanted. Raises `NoRunbook` with what comes closest where none fits.
    """
    content = workspace.find(folder, start=start).content
    pages = tuple(load_runbooks(content))
    if not pages:
        raise NoRunbook(
            "this workspace has no runbooks", where=str(content / "runbooks"), fix="platformctl check"
        )
    if not wanted:
        return Found(wanted=wanted, hits=tuple(Hit(page=page, why="") for page in pages))
    if hits := by_name(pages, wanted):
        return Found(wanted=wanted, hits=hits)
    texts, notes = _alert_texts(content)
    if hits := by_text(pages, wanted, texts):
        return Found(wanted=wanted, hits=hits, notes=notes)
    raise NoRunbook(f"no runbook fits {wanted!r}", fix=suggestion(wanted, [page.name for page in pages]))


def page_of(folder: Path | None, *, start: Path, alert: str) -> Runbook:
    """The page of just this alert; raises `NoRunbook`."""
    content = workspace.find(folder, start=start).content
    for page in load_runbooks(content):
        if page.name == alert:
            return page
    raise NoRunbook(f"{alert} has no runbook", fix=f"platformctl runbook new {alert}")


def suggestion(wanted: str, names: list[str]) -> str:
    """A command that shows what comes closest to `wanted`."""
    plain = {squashed(name): name for name in names}
    close = difflib.get_close_matches(squashed(wanted), plain, n=_MOST_SUGGESTED, cutoff=0.55)
    if close:
        return f"platformctl runbook with one of: {', '.join(plain[name] for name in close)}"
    return "platformctl runbook  # lists them all"


def _alert_texts(content: Path) -> tuple[Texts, tuple[str, ...]]:
    """What each alert says, by its name. A definition that cannot be loaded must not hide the pages."""
    from platformctl.model.rules import AlertRule  # here, not above: a name is found without it
    from platformctl.sources import modules

    try:
        loaded = tuple(modules.load_folder(content, "alerts_src"))
        alerts = [alert for module in loaded for alert in module.values("ALERTS", AlertRule)]
    except PlatformError as error:
        return {}, (f"the texts of the alerts were not searched: {error}",)
    return {alert.name: (alert.summary, alert.description) for alert in alerts}, ()
