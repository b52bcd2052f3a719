"""Ask the live servers whether a deployment really works."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from platformctl.model.release import Expected
from platformctl.sources.http import HttpServer, Unreachable
from platformctl.sources.prometheus import LoadedRule, PrometheusApi

_DEADLINE_S: Final = 60.0
_PAUSE_S: Final = 0.5
_SELDOM_S: Final = 15.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubt:
    """Something that is not as it should be. `settled` is false while it may still come right by itself."""

    subject: str
    what: str
    settled: bool = False


def verify(
    expected: Expected,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[Doubt, ...]:
    """What is wrong once everything has had a minute to come right; empty when all is well.

    A first scrape may lag a whole interval behind the start, and a rule counts as healthy only
    after its first evaluation, or, in a group that is evaluated seldom, when its expression can be
    evaluated now. A rule that failed is settled at once.
    """
    deadline = clock() + _DEADLINE_S
    while True:
        doubts = tuple(examine(expected))
        if not doubts or any(doubt.settled for doubt in doubts) or clock() >= deadline:
            return doubts
        progress(f"waiting: {doubts[0].subject} {doubts[0].what}")
        sleep(_PAUSE_S)


def examine(expected: Expected) -> Iterator[Doubt]:
    """One look at the servers."""
    address = expected.prometheus
    if address is None:
        return
    api = PrometheusApi(address)
    if not HttpServer(address).answers("/-/ready"):
        yield Doubt(subject="Prometheus", what=f"is not ready at {address}")
        return
    try:
        yield from _targets(expected, api)
        yield from _rules(expected, api)
    except Unreachable as error:
        yield Doubt(subject="Prometheus", what=str(error))


def _targets(expected: Expected, api: PrometheusApi) -> Iterator[Doubt]:
    seen = set()
    for target in api.targets():
        seen.add(target.job)
        if target.health != "up":
            detail = f": {target.error}" if target.error else ""
            yield Doubt(subject=f"target {target.job}", what=f"is {target.health}{detail}")
    for job in sorted(set(expected.jobs) - seen):
        yield Doubt(subject=f"target {job}", what="is not scraped")


def _rule_doubt(rule: LoadedRule, api: PrometheusApi) -> Doubt | None:
    """A rule that is evaluated seldom is not waited for: Prometheus is asked for its expression at once."""
    if rule.health == "ok":
        return None
    error = rule.error if rule.health == "err" else None
    if rule.health != "err" and rule.interval_s > _SELDOM_S:
        error = api.refusal(rule.expr)
        if error is None:
            return None
    if error is None:
        return Doubt(subject=f"rule {rule.name}", what="has not been evaluated yet")
    return Doubt(subject=f"rule {rule.name}", what=f"fails: {error}", settled=True)


def _rules(expected: Expected, api: PrometheusApi) -> Iterator[Doubt]:
    loaded = api.rules()
    for rule in loaded:
        if doubt := _rule_doubt(rule, api):
            yield doubt
    for name in sorted(set(expected.rules) - {rule.name for rule in loaded}):
        yield Doubt(subject=f"rule {name}", what="is not loaded")
