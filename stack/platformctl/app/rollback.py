"""Go back to an earlier release, as it was: its definitions are not needed, and may be broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from platformctl.app.applying import Talk, apply_or_go_back
from platformctl.app.session import Request, Session, open_session, read_actual
from platformctl.errors import UsageError
from platformctl.model.site import RuntimeName
from platformctl.plan import Plan, diff
from platformctl.sinks.history import Action, Ending, Event


@dataclass(frozen=True, kw_only=True, slots=True)
class Returned:
    """The release that was asked for, whether it serves now, and what it took."""

    release: int
    plan: Plan
    applied: bool


def roll_back(request: Request, number: int | None, talk: Talk, confirm: Callable[[Plan], bool]) -> Returned:
    """Make release `number` serve again; None: the one that served before the present one.

    confirm: shows the plan and asks. Raises `UsageError` when there is no such release.
    """
    session = _session(request)
    with session.store.lock():
        chosen = number if number is not None else _before(session)
        _refuse_unknown(session, chosen)
        release = session.store.load(chosen)
        plan = diff(release, read_actual(session))
        if plan.is_empty:
            return Returned(release=chosen, plan=plan, applied=False)
        talk.say(f"runtime: {session.runtime.name} ({session.why})")
        if not confirm(plan):
            return Returned(release=chosen, plan=plan, applied=False)
        apply_or_go_back(session, Action.ROLLBACK, release, plan, talk, number=chosen)
    return Returned(release=chosen, plan=plan, applied=True)


def history(request: Request) -> tuple[Event, ...]:
    """What was deployed in this workspace, oldest first."""
    return open_session(request).history.events()


def _session(request: Request) -> Session:
    """With the runtime that was used last, unless another is asked for: the release was made for it."""
    session = open_session(request)
    events = session.history.events()
    if request.runtime is not None or not events:
        return session
    return open_session(replace(request, runtime=RuntimeName(events[-1].runtime)))


def _before(session: Session) -> int:
    """The release that served last, other than the present one, and is still kept."""
    present, kept = session.store.current(), session.store.numbers()
    for event in reversed(session.history.events()):
        if event.ending is Ending.DONE and event.release in kept and event.release != present:
            return event.release
    raise UsageError("there is no earlier release to go back to", fix="platformctl history")


def _refuse_unknown(session: Session, number: int) -> None:
    kept = session.store.numbers()
    if number not in kept:
        known = ", ".join(map(str, kept)) or "none"
        raise UsageError(f"there is no release {number}; kept are: {known}", fix="platformctl history")
