"""Load, check, render, plan, ask, apply, verify; and back again when it fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from platformctl.app import check
from platformctl.app.interrupts import uninterrupted
from platformctl.app.session import Prepared, Request, Session, open_session, prepare, read_actual
from platformctl.app.verify import Doubt, verify
from platformctl.errors import PartlyApplied, PlatformError
from platformctl.model.problem import Problem
from platformctl.model.release import Release
from platformctl.plan import Plan, UnitChange, diff, fingerprint


class Result(StrEnum):
    """How a deployment ended, where it did not fail."""

    DEPLOYED = "deployed"
    UNCHANGED = "unchanged"
    DECLINED = "declined"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """The result, the release that serves now, and everything it was decided on."""

    result: Result
    release: int | None
    session: Session
    prepared: Prepared
    plan: Plan
    problems: tuple[Problem, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Talk:
    """How a use case speaks with its user.

    say: a line that stays. wait: what is being waited for, until the next line. confirm: shows a plan and asks.
    """

    say: Callable[[str], None]
    wait: Callable[[str], None]
    confirm: Callable[[Plan, Prepared], bool]


def deploy(request: Request, talk: Talk) -> Outcome:
    """Make the machine into what the workspace defines.

    Raises `PartlyApplied` when the change was rolled back, saying what serves now. An interruption
    rolls back as well, and is raised again.
    """
    session = open_session(request)
    with session.store.lock():
        talk.say(f"runtime: {session.runtime.name} ({session.why})")
        prepared = prepare(session, request)
        problems = check.examine(prepared).problems
        check.refuse_errors(problems)
        for problem in problems:
            talk.say(f"{problem.level}: {problem.what}")
        actual = read_actual(session)
        plan = diff(prepared.release, actual)
        result, number = Result.UNCHANGED, actual.number
        if not plan.is_empty:
            if not talk.confirm(plan, prepared):
                result = Result.DECLINED
            else:
                number = _apply_or_roll_back(session, prepared, plan, talk)
                result = Result.DEPLOYED
    return Outcome(
        result=result, release=number, session=session, prepared=prepared, plan=plan, problems=problems
    )


def _apply_or_roll_back(session: Session, prepared: Prepared, plan: Plan, talk: Talk) -> int:
    """Apply the plan and verify; returns the number of the release that serves now."""
    if fingerprint(read_actual(session)) != plan.basis:
        raise PlatformError("the stack changed since the plan was shown", fix="platformctl deploy")
    previous = session.store.last_good()
    number = session.store.current()
    if plan.files or number is None:
        number = session.store.stage(prepared.release)
    try:
        session.store.activate(number)
        _walk(session, prepared.release, plan.units, talk)
        if doubts := verify(prepared.platform, prepared.site, progress=talk.wait):
            raise PlatformError(_sentence(doubts))
    except BaseException as error:
        _roll_back(session, previous, talk, error)
        raise
    session.store.mark_good(number)
    return number


def _walk(session: Session, release: Release, changes: tuple[UnitChange, ...], talk: Talk) -> None:
    for change in changes:
        talk.say(f"{change.action}: {change.name} ({change.reason})")
        session.runtime.apply(change, release)


def _roll_back(session: Session, previous: int | None, talk: Talk, cause: BaseException) -> None:
    """Return to the last good release; a mistake that the user can mend is raised as `PartlyApplied`."""
    talk.say("that failed; going back to what ran before")
    with uninterrupted():
        state = _return_to(session, previous, talk)
    if isinstance(cause, PlatformError):
        what = f"{cause.what}\n  rolled back: {state}"
        raise PartlyApplied(what, where=cause.where, fix=cause.fix) from cause
    talk.say(f"rolled back: {state}")


def _return_to(session: Session, previous: int | None, talk: Talk) -> str:
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
