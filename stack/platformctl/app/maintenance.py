"""Open, list and end maintenance windows: in every place at once, or in none."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from platformctl.app.maintenance_places import Places, open_places
from platformctl.app.maintenance_windows import upcoming
from platformctl.app.session import Request
from platformctl.errors import PlatformError, UsageError
from platformctl.model.maintenance import Scope, ScopeKind, Window
from platformctl.model.platform import Platform
from platformctl.model.units import Duration
from platformctl.sources import workspace
from platformctl.sources.maintenance import recorded_windows
from platformctl.sources.terms import load_terms

Clock = Callable[[], datetime]
_RECENT: Final = timedelta(days=7)


def now() -> datetime:
    """The present instant, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class StartRequest:
    """What is to be opened. pagerduty: services there to hold still beside those of the scope."""

    scope: Scope
    length: Duration
    reason: str
    at: str = ""
    pagerduty: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A window with where it stands now; `notes` say what is not as it was recorded, or was left out."""

    window: Window
    state: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Access:
    """How the servers are reached: the deployment's own, and the PagerDuty account of the token, if there is one."""

    request: Request
    token_file: Path | None
    pagerduty_url: str


def start(access: Access, wanted: StartRequest, clock: Clock = now) -> Told:
    """Open a window; raises `PlatformError` and leaves nothing open where one of its places refuses."""
    with ExitStack() as stack:
        places = stack.enter_context(open_places(access.request, access.token_file, access.pagerduty_url))
        _refuse_unknown(places.platform, wanted.scope)
        announced = clock()
        begin = _begin(wanted.at, announced)
        window = Window(
            id=_id(begin, recorded_windows(places.state)),
            scope=wanted.scope,
            start=begin,
            end=begin + timedelta(milliseconds=wanted.length.ms),
            reason=wanted.reason,
            author=_author(),
            announced=announced,
        )
        if window.end <= announced:
            raise UsageError(f"the window would be over already: {window.end:%Y-%m-%d %H:%M} UTC")
        notes = places.open(window, wanted.pagerduty)
        return Told(window=window, state=window.state(announced), notes=notes)


def end(access: Access, id_: str, clock: Clock = now) -> Told:
    """End a window now, or call off one that has not begun; what was held back sounds again at once."""
    with open_places(access.request, access.token_file, access.pagerduty_url) as places:
        at = clock()
        window = _find(places.state, id_)
        if window.state(at) == "over":
            raise UsageError(f"the window {id_} was over at {window.end:%Y-%m-%d %H:%M} UTC")
        places.close(window, at)
        return Told(window=replace(window, end=max(at, window.start + timedelta(seconds=1))), state="over")


def list_windows(access: Access, *, everything: bool, clock: Clock = now) -> tuple[Told, ...]:
    """Windows that are open, planned, or were over within a week; `everything`: all that were ever opened.

    For those that are not over it is asked whether they still stand where they were put.
    """
    found = workspace.find(access.request.workspace, start=access.request.start)
    at = clock()
    chosen = [w for w in recorded_windows(found.state) if everything or w.end > at - _RECENT]
    if not any(w.end > at for w in chosen):
        return tuple(Told(window=w, state=w.state(at)) for w in chosen)
    try:
        with open_places(access.request, access.token_file, access.pagerduty_url) as places:
            return tuple(_told(places, w, at) for w in chosen)
    except PlatformError as error:
        return tuple(
            Told(window=w, state=w.state(at), notes=(f"not looked up: {error.what}",) if w.end > at else ())
            for w in chosen
        )


def sync(access: Access, ahead: Duration, clock: Clock = now) -> tuple[Told, ...]:
    """Open the occurrences of recurring windows that start within `ahead`; those that are open stay."""
    content = workspace.find(access.request.workspace, start=access.request.start).content
    if not load_terms(content).recurring:
        return ()
    with open_places(access.request, access.token_file, access.pagerduty_url) as places:
        at = clock()
        known = {window.id for window in recorded_windows(places.state)}
        due = [window for window in upcoming(content, at, ahead) if window.id not in known]
        for window in due:
            _refuse_unknown(places.platform, window.scope)
        return tuple(
            Told(window=window, state=window.state(at), notes=places.open(window, ())) for window in due
        )


def _told(places: Places, window: Window, at: datetime) -> Told:
    notes = places.missing(window) if window.end > at else ()
    return Told(window=window, state=window.state(at), notes=notes)


def _find(state: Path, id_: str) -> Window:
    windows = recorded_windows(state)
    for window in windows:
        if window.id == id_:
            return window
    raise UsageError(f"no maintenance window {id_!r}", fix="platformctl maintenance list")


def _begin(text: str, announced: datetime) -> datetime:
    if not text:
        return announced
    try:
        begin = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"not a time: {text!r}", fix="write it as 2026-11-21T02:00+01:00") from error
    if begin.tzinfo is None:
        raise UsageError(f"{text} has no offset", fix=f"write it as {text}+01:00, or {text}Z")
    return begin.astimezone(UTC)


def _id(begin: datetime, windows: tuple[Window, ...]) -> str:
    known = {w.id for w in windows}
    numbers = (f"m-{begin:%Y%m%d-%H%M}-{number}" for number in range(1, len(windows) + 2))
    return next(id_ for id_ in numbers if id_ not in known)


def _author() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "platformctl"


def _refuse_unknown(platform: Platform, scope: Scope) -> None:
    """A misspelt name would silently silence nothing."""
    known = {
        ScopeKind.TENANT: {t.id for t in platform.tenants},
        ScopeKind.TIER: {t.name for t in platform.tiers},
        ScopeKind.SERVICE: {c.name for c in platform.components if c.scrape},
    }[scope.kind]
    if unknown := sorted(set(scope.names) - known):
        listed = ", ".join(sorted(known)[:12])
        raise UsageError(f"unknown {scope.kind}: {', '.join(unknown)}", fix=f"known: {listed}")
