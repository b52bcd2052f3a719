"""Hold a platform against every rule, and its files against the servers' own judges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from platformctl.app.session import Prepared, Request, open_session, prepare
from platformctl.checks.table import CHECKS, SITE_CHECKS
from platformctl.errors import PlatformError
from platformctl.model.problem import Level, Problem
from platformctl.sources.judges import JUDGES, Passed
from platformctl.sources.user_cache import user_cache

_ORDER: Final = (Level.ERROR, Level.WARNING, Level.SKIPPED)


class ChecksFailed(PlatformError):
    """The definitions break rules; nothing was changed."""

    kind = "checks-failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What was found, the worst first, and how many checks looked."""

    problems: tuple[Problem, ...]
    checks: int

    def count(self, level: str) -> int:
        """How many problems are of this level."""
        return sum(1 for problem in self.problems if problem.level == level)


def check_workspace(request: Request) -> Report:
    """Load, render and check a workspace; changes nothing."""
    session = open_session(request)
    return examine(prepare(session, request))


def examine(prepared: Prepared) -> Report:
    """Every check and every judge on one platform and the release made of it."""
    found = worst_first(_problems(prepared))
    return Report(problems=found, checks=len(CHECKS) + len(SITE_CHECKS) + len(JUDGES))


def worst_first(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Errors, warnings, skips; each by its place."""
    return tuple(sorted(problems, key=lambda p: (_ORDER.index(p.level), p.where, p.check, p.what)))


def refuse_errors(problems: tuple[Problem, ...]) -> None:
    """Raise `ChecksFailed` when there is an error among the problems."""
    errors = [p for p in problems if p.level is Level.ERROR]
    if not errors:
        return
    first = errors[0]
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    raise ChecksFailed(f"{first.what}{more}", where=first.where, fix=first.fix or "platformctl check")


def _problems(prepared: Prepared) -> Iterator[Problem]:
    for check in CHECKS:
        yield from check(prepared.platform)
    for site_check in SITE_CHECKS:
        yield from site_check(prepared.platform, prepared.site)
    passed = Passed(user_cache("passed"))
    for judge in JUDGES:
        yield from judge(prepared.release.files, passed)
