"""Load, check, render, plan, ask, apply, verify; and back again when it fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from platformctl.app import check
from platformctl.app.applying import Talk, apply_or_go_back
from platformctl.app.session import Prepared, Request, Session, open_session, prepare, read_actual
from platformctl.model.problem import Problem
from platformctl.plan import Plan, diff
from platformctl.sinks.history import Action


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


def deploy(request: Request, talk: Talk, confirm: Callable[[Plan, Prepared], bool]) -> Outcome:
    """Make the machine into what the workspace defines. confirm: shows the plan and asks.

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
            if not confirm(plan, prepared):
                result = Result.DECLINED
            else:
                number = apply_or_go_back(session, Action.DEPLOY, prepared.release, plan, talk)
                result = Result.DEPLOYED
    return Outcome(
        result=result, release=number, session=session, prepared=prepared, plan=plan, problems=problems
    )
