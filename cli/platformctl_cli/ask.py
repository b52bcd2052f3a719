"""Questions to the person at the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from platformctl.errors import UsageError

if TYPE_CHECKING:
    from platformctl.app.session import Prepared
    from platformctl.plan import Plan


def confirm(question: str, *, yes: bool) -> bool:
    """Ask; true at once with ``--yes``. Without a terminal, raises `UsageError` instead of guessing."""
    if yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError("there is no terminal to ask on", fix="run it again with --yes")
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)  # noqa: T201
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def choose(count: int) -> int | None:
    """Which of `count` numbered lines, from 0; None without a terminal, for none, and for an answer that is none."""
    if not count or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    print(f"Which? [1-{count}, Enter for none] ", end="", file=sys.stderr, flush=True)  # noqa: T201
    answer = sys.stdin.readline().strip()
    return int(answer) - 1 if answer.isdecimal() and 1 <= int(answer) <= count else None


def confirm_plan(*, yes: bool) -> Callable[[Plan, Prepared], bool]:
    """A question that shows the plan first, on stderr's side of the talk."""
    from platformctl_cli.report import talk_plan

    def ask(plan: Plan, prepared: Prepared) -> bool:
        talk_plan(plan, prepared.site)
        return confirm("Apply?", yes=yes)

    return ask
