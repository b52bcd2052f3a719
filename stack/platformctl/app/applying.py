"""Apply a plan, verify, and go back to the last good release when it fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from platformctl.app.interrupts import uninterrupted
from platformctl.app.session import Session, read_actual
from platformctl.app.verify import Doubt, verify
from platformctl.errors import PartlyApplied, PlatformError
from platformctl.model.release import Release
from platformctl.plan import Plan, UnitChange, diff, fingerprint
from platformctl.sinks.history import Action, Ending, Event
from platformctl.sources.revision import revision


@dataclass(frozen=True, kw_only=True, slots=True)
class Talk:
    """How a use case speaks with its user.

    say: a line that stays. wait: what is being waited for, until the next line.
    """

    say: Callable[[str], None]
    wait: Callable[[str], None]


def apply_or_go_back(
    session: Session, action: Action, release: Release, plan: Plan, talk: Talk, *, number: int | None = None
) -> int:
    """Apply the plan and verify; returns the number of the release that serves now.

    number: of a release that is staged already; without it, a release with other files gets the next one.
    A failure leaves the last good release serving, and is raised; both endings go into the history.
    """
    if fingerprint(read_actual(session)) != plan.basis:
        raise PlatformError("the stack changed since the plan was shown", fix=f"platformctl {action}")
    previous = session.store.last_good()
    chosen = number if number is not None else _staged(session, release, plan)
    try:
        session.store.activate(chosen)
        _walk(session, release, plan.units, talk)
        if doubts := verify(release.expected, progress=talk.wait):
            raise PlatformError(_sentence(doubts))
    except BaseException as error:
        reason = error.what if isinstance(error, PlatformError) else type(error).__name__
        try:
            _roll_back(session, previous, talk, error)
        finally:
            _remember(session, action, Ending.UNDONE, plan, talk, reason=reason)
        raise
    session.store.mark_good(chosen)
    _remember(session, action, Ending.DONE, plan, talk)
    return chosen


def _staged(session: Session, release: Release, plan: Plan) -> int:
    current = session.store.current()
    return session.store.stage(release) if plan.files or current is None else current


def _remember(
    session: Session, action: Action, ending: Ending, plan: Plan, talk: Talk, *, reason: str = ""
) -> None:
    at, user = session.history.stamp()
    event = Event(
        at=at,
        by=user,
        action=action,
        ending=ending,
        release=session.store.current(),
        runtime=session.runtime.name,
        revision=revision(session.workspace.content),
        files=len(plan.files),
        units=tuple(f"{unit.action} {unit.name}" for unit in plan.units),
        reason=reason,
    )
    try:
        session.history.add(event)
    except OSError as error:
        talk.say(f"warning: the history could not be written: {error.strerror}")


def _walk(session: Session, release: Release, changes: tuple[UnitChange, ...], talk: Talk) -> None:
    for change in changes:
        talk.say(f"{change.action}: {change.name} ({change.reason})")
        session.runtime.apply(change, release)


def _roll_back(session: Session, previous: int | None, talk: Talk, cause: BaseException) -> None:
    """Return to the last good release; a mistake that the user can mend is raised as `PartlyApplied`."""
    talk.say("that failed; going back to what ran before")
    with uninterrupted():
        state = return_to(session, previous, talk)
    if isinstance(cause, PlatformError):
        what = f"{cause.what}\n  rolled back: {state}"
        raise PartlyApplied(what, where=cause.where, fix=cause.fix) from cause
    talk.say(f"rolled back: {state}")


def return_to(session: Session, previous: int | None, talk: Talk) -> str:
    """Make release `previous` serve again, as far as possible; says what serves now."""
    if previous is None:
        session.runtime.down(volumes=False)
        session.store.deactivate()
        return "nothing runs; logs and data are kept"
    session.store.activate(previous)
    release = session.store.load(previous)
    lost = []
    for change in diff(release, read_actual(session)).units:
        try:
            _walk(session, release, (change,), talk)
        except PlatformError as error:
            lost.append(f"{change.name} ({error.what})")
    return f"release {previous} serves on" + (f", without {', '.join(lost)}" if lost else "")


def _sentence(doubts: tuple[Doubt, ...]) -> str:
    return "the deployment did not pass verification\n" + "\n".join(f"  {d.subject} {d.what}" for d in doubts)
