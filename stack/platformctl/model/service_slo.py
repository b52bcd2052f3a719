"""Objectives of services: what `slas/services.yml` promises, and the series in which it is kept, by job.

As with tenants, events are recorded once a minute as increments that do not overlap, and every ratio is a ratio of
sums. There are few services, so that all windows are sums of the minutes. The number of rules follows the
definitions: two for each objective of latency and one for each other, and the same for any number of tenants.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from platformctl.model.objectives import bounds, refuse
from platformctl.model.rules import AlertArea, RecordingRule
from platformctl.model.slo import Burn, Window, inside
from platformctl.model.tenancy import Service
from platformctl.model.units import minutes

FRESHNESS: Final = "freshness"

OBJECTIVE: Final = "service:objective:ratio"
LATENCY_BOUND: Final = "service:latency_bound:info"
EVENTS_TOTAL: Final = "service:events_total:increment1m"
EVENTS_BAD: Final = "service:events_bad:increment1m"
BURNING_FAST: Final = "service:burning_fast:ratio"
BURNING_SLOWLY: Final = "service:burning_slowly:ratio"
BUDGET_LEFT: Final = "service:error_budget_remaining:ratio30d"

_AREA: Final = "slo-service-objectives"


def areas(services: tuple[Service, ...]) -> Iterator[AlertArea]:
    """The area that records what services promise; none without any. Raises `DefinitionError` for what never alerts."""
    if services:
        yield AlertArea(name=_AREA, interval=minutes(1), recording_rules=tuple(_rules(services)))


def _rules(services: tuple[Service, ...]) -> Iterator[RecordingRule]:
    promised = [(service.name, objective) for service in services for objective in service.objectives]
    for name, objective in promised:
        refuse(objective, owner=f"service {name}")
        yield _fact(OBJECTIVE, f"vector({objective.target:f})", job=name, slo=objective.sli)
        for bound in bounds(objective):
            yield _fact(LATENCY_BOUND, "vector(1)", job=name, le=bound)
    if not any(True for _, objective in promised for _ in bounds(objective)):
        yield _fact(LATENCY_BOUND, "vector(1) > 1", job="none", le="+Inf")


def _fact(name: str, expr: str, **labels: str) -> RecordingRule:
    about = (
        "objective of each service" if name == OBJECTIVE else "bucket that is a service's latency threshold"
    )
    return RecordingRule(
        name=name, expr=expr, labels=labels, help=f"The {about}, as slas/services.yml has it."
    )


def sum_of(events: str, window: Window) -> str:
    """PromQL: the events of the window, by job and SLO."""
    return f"sum_over_time({events}[{inside(window.length)}])"


def burn_rate(window: Window) -> RecordingRule:
    """The burn rate of every service that promises something and was asked anything."""
    return RecordingRule(
        name=_burn_rate(window),
        expr=(
            f"({sum_of(EVENTS_BAD, window)} / ({sum_of(EVENTS_TOTAL, window)} > 0))"
            f" / on (job, slo) (1 - {OBJECTIVE})"
        ),
        help=f"How many times too fast a service spent its error budget in the last {window.name}.",
    )


def burning(burns: tuple[Burn, ...], *, least_bad: int) -> str:
    """PromQL: the services and SLOs that burn by one of the lines; the value is the short window's burn rate.

    least_bad: fewer bad events in the long window say nothing. Nor does a short window of which less than half
    was recorded: the first minutes of a service are slow, and would stand for days.
    """
    return "\nor\n".join(
        f"({_burn_rate(burn.short)} > {burn.factor} and {_burn_rate(burn.long)} > {burn.factor}"
        f" and {sum_of(EVENTS_BAD, burn.long)} >= {least_bad}"
        f" and count_over_time({EVENTS_TOTAL}[{inside(burn.short.length)}])"
        f" >= {burn.short.length.ms // minutes(2).ms})"
        for burn in burns
    )


def budget_left(window: Window) -> RecordingRule:
    """What is left of the budget over that window."""
    return RecordingRule(
        name=BUDGET_LEFT,
        expr=f"1 - {_burn_rate(window)}",
        help="Share of a service's 30-day error budget that is left; below 0 the objective is broken.",
    )


def _burn_rate(window: Window) -> str:
    return f"service:burn_rate:ratio{window.name}"
