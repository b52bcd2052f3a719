"""The rules made of what tiers and contracts promise: each tenant's objectives, and its latency threshold.

What a tier promises is a rule. What one tenant's contract promises beside it is served as a metric, by the
component that serves the tenants' facts, so that the number of rules does not depend on contracts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from platformctl.errors import DefinitionError
from platformctl.model.probe import JOB, Probe
from platformctl.model.rules import AlertArea, RecordingRule
from platformctl.model.slo import (
    AGREED,
    AVAILABILITY,
    LATENCY,
    LATENCY_BOUND,
    LATENCY_BOUNDS,
    OBJECTIVE,
    OVERRIDE,
    PAGE,
    PROBED_UP,
    SOURCE_UP,
    TENANT_BOUND,
    TENANT_FACTS,
    TICKET,
    spellings,
)
from platformctl.model.tenancy import Objective, Tenant, Tier
from platformctl.model.units import days, minutes

_OBJECTIVES_AREA: Final = "slo-objectives"
_SOURCES_AREA: Final = "slo-sources"
_TIER_OBJECTIVE: Final = "slo:tier_objective:ratio"
_SERVED: Final = "tenant_objective_ratio"

_BUDGET_WINDOW: Final = days(30)
"""The window of error budgets; the factors of table 5-8 are made for it."""


def objectives(tiers: tuple[Tier, ...], tenants: tuple[Tenant, ...]) -> AlertArea:
    """The area that records each tenant's objectives: the tier's, unless its contract says otherwise.

    The number of rules follows the tiers, never the number of tenants or of contracts.
    Raises `DefinitionError` for an objective on which no page or no ticket could ever fire, and for one
    that is not over 30 days.
    """
    return AlertArea(
        name=_OBJECTIVES_AREA,
        interval=minutes(1),
        recording_rules=(
            *_tenant_rules(),
            *_tier_rules(tiers),
            *_no_bounds(tiers),
            *_override_rules(tenants),
            *_joined(),
            *_tenant_bounds(),
        ),
    )


def sources(jobs: tuple[str, ...], probes: tuple[Probe, ...]) -> Iterator[AlertArea]:
    """The area that records whether the components that serve tenants answer; none without them.

    A failed scrape alone does not say who failed: probes of the same components tell an outage from a gap.
    """
    if not jobs:
        return
    watched = RecordingRule(
        name=SOURCE_UP,
        expr=f'max(max_over_time(up{{job=~"{"|".join(jobs)}"}}[1m]))',
        help="Whether any process that serves tenants answered in the last minute.",
    )
    probed = tuple(_probed([probe for probe in probes if probe.tells_of(jobs)]))
    yield AlertArea(name=_SOURCES_AREA, interval=minutes(1), recording_rules=(watched, *probed))


def _probed(probes: Sequence[Probe]) -> Iterator[RecordingRule]:
    if probes:
        names = json.dumps("|".join(re.escape(probe.name) for probe in probes))
        yield RecordingRule(
            name=PROBED_UP,
            expr=f'max(max_over_time(probe_success{{job="{JOB}", instance=~{names}}}[1m]))',
            help="Whether any of them answered a probe from outside in the last minute; no sample where none was made.",
        )


def _tenant_rules() -> Iterator[RecordingRule]:
    yield RecordingRule(
        name=TENANT_FACTS,
        expr=(
            "topk by (tenant) (1,\n"
            "  max by (tenant, tier, vertical) (tenant_info)\n"
            "  or on (tenant) max by (tenant, tier, vertical) (last_over_time(tenant_info[1h]))\n"
            ")"
        ),
        help="Tier and vertical of each tenant, once; remembered for an hour should their exporter die.",
    )


def _tier_rules(tiers: tuple[Tier, ...]) -> Iterator[RecordingRule]:
    for tier in tiers:
        for objective in tier.objectives:
            refuse(objective, owner=f"tier {tier.name}")
            yield RecordingRule(
                name=_TIER_OBJECTIVE,
                expr=f"vector({objective.target:f})",
                labels={"tier": tier.name, "slo": objective.sli},
                help="What a tier promises.",
            )
            for bound in bounds(objective):
                yield RecordingRule(
                    name=LATENCY_BOUND,
                    expr="vector(1)",
                    labels={"tier": tier.name, "le": bound},
                    help="The histogram bound that is the tier's latency threshold.",
                )


def _no_bounds(tiers: tuple[Tier, ...]) -> Iterator[RecordingRule]:
    """Where no tier promises a latency, what reads the bounds finds none, and is valid all the same."""
    if not any(True for tier in tiers for objective in tier.objectives for _ in bounds(objective)):
        yield RecordingRule(
            name=LATENCY_BOUND,
            expr="vector(1) > 1",
            labels={"tier": "none", "le": "+Inf"},
            help="No tier promises a latency.",
        )


def _override_rules(tenants: tuple[Tenant, ...]) -> Iterator[RecordingRule]:
    agreed = [(tenant, objective) for tenant in tenants for objective in tenant.objectives]
    for tenant, objective in agreed:
        refuse(objective, owner=f"tenant {tenant.id}")
    yield RecordingRule(
        name=AGREED,
        expr=f"vector({len(agreed)})",
        help="Objectives that contracts agree on beside the tiers'.",
    )
    yield RecordingRule(
        name=OVERRIDE,
        expr=(
            f"max by (tenant, slo) ({_SERVED})\n"
            f"or on (tenant, slo) max by (tenant, slo) (last_over_time({_SERVED}[1h]))"
        ),
        help="What one tenant's contract promises beside its tier; remembered for an hour, as its facts are.",
    )


def _joined() -> Iterator[RecordingRule]:
    for sli in (AVAILABILITY, LATENCY):
        by_tier = f'{TENANT_FACTS} * on (tier) group_left () {_TIER_OBJECTIVE}{{slo="{sli}"}}'
        own = f'{TENANT_FACTS} * on (tenant) group_left () {OVERRIDE}{{slo="{sli}"}}'
        yield RecordingRule(
            name=OBJECTIVE,
            expr=f"{own}\nor on (tenant) {by_tier}",
            labels={"slo": sli},
            help="The objective of each tenant.",
        )


def _tenant_bounds() -> Iterator[RecordingRule]:
    """The bucket that is each tenant's threshold; one rule a spelling keeps each join one to many."""
    for spelling, matcher in (("1", 'le!~".+[.]0"'), ("1.0", 'le=~".+[.]0"')):
        yield RecordingRule(
            name=TENANT_BOUND,
            expr=f"{TENANT_FACTS} * on (tier) group_left (le) {LATENCY_BOUND}{{{matcher}}}",
            labels={"spelling": spelling},
            help="The histogram bound that is the tenant's latency threshold.",
        )


def bounds(objective: Objective) -> Iterator[str]:
    """The label `le` of the threshold's bucket, as clients write it."""
    if objective.latency_threshold is not None:
        yield from spellings(f"{(Decimal(objective.latency_threshold.ms) / 1000).normalize():f}")


def refuse(objective: Objective, *, owner: str) -> None:
    """Raises `DefinitionError` for an objective that is not over 30 days, not counted, or could never alert."""
    if objective.window != _BUDGET_WINDOW:
        raise DefinitionError(
            f"the {objective.sli} objective of {owner} is over {objective.window}; budgets are kept over 30d",
            where="slas/",
            fix="window: 30d",
        )
    if unread := sorted(set(bounds(objective)) - {s for bound in LATENCY_BOUNDS for s in spellings(bound)}):
        raise DefinitionError(
            f"the latency threshold of {owner} is {unread[0]} s, and no such bucket is counted for tenants",
            where="slas/",
            fix=f"set latency_threshold to one of these, in seconds: {', '.join(LATENCY_BOUNDS)}",
        )
    for burns, what in ((PAGE, "page"), (TICKET, "ticket")):
        if not any(burn.can_fire(objective.target) for burn in burns):
            least = min(burn.factor for burn in burns)
            raise DefinitionError(
                f"the {objective.sli} objective {objective.target} of {owner} can never {what}: "
                f"all requests failing is a burn rate of {1 / (1 - objective.target):.2f}, "
                f"and the alert needs more than {least}",
                where="slas/",
                fix=f"set a target above {1 - 1 / least:.3f}",
            )
