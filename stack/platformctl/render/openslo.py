"""Objectives as OpenSLO v1: one SLO for each promise of a tier or a contract, on the indicators they are counted by."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from platformctl.errors import DefinitionError
from platformctl.model import service_slo, slo
from platformctl.model.tenancy import Objective, Service, Tenant, Tier
from platformctl.model.units import Duration
from platformctl.render._yaml import dump

API_VERSION: Final = "openslo/v1"
THRESHOLD: Final = "latency-threshold"
"""The annotation that carries a latency objective's threshold: OpenSLO's own is for gauges."""

_SERVICE: Final = "platform"
_SOURCE: Final = "prometheus"
_UNITS_MS: Final = (("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000))


def render_openslo(tiers: Iterable[Tier], tenants: Iterable[Tenant], services: Iterable[Service] = ()) -> str:
    """All objectives as one YAML stream; raises `DefinitionError` for one that OpenSLO cannot hold exactly."""
    tiers, tenants, services = tuple(tiers), tuple(tenants), tuple(services)
    promised = (*(t.objectives for t in tiers), *(t.objectives for t in tenants))
    slis = dict.fromkeys(objective.sli for objectives in promised for objective in objectives)
    documents = [_service(_SERVICE, "What tenants reach."), _source(), *(_indicator(sli) for sli in slis)]
    for tier in tiers:
        documents += [_slo(o, "tier", tier.name, f"Tier {tier.name}") for o in tier.objectives]
    for tenant in sorted(tenants, key=lambda t: t.id):
        documents += [_slo(o, "tenant", tenant.id, tenant.name) for o in tenant.objectives]
    for service in services:
        documents.append(_service(service.name, f"The job {service.name}, whoever asks it."))
        documents += [_indicator(o.sli, job=service.name) for o in service.objectives]
        documents += [_slo(o, "service", service.name, service.name) for o in service.objectives]
    return "---\n".join(dump(document) for document in documents)


def _document(kind: str, metadata: dict[str, object], spec: dict[str, object]) -> dict[str, object]:
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": spec}


def _service(name: str, description: str) -> dict[str, object]:
    return _document("Service", {"name": name}, {"description": description})


def _source() -> dict[str, object]:
    return _document("DataSource", {"name": _SOURCE}, {"type": "Prometheus", "connectionDetails": {}})


def _indicator(sli: str, *, job: str = "") -> dict[str, object]:
    """Bad of all events, from the increments that reports read; of one job, or of tenants."""
    bad, total = (slo.recorded(events, "1m") for events in (slo.EVENTS_BAD, slo.EVENTS_TOTAL))
    chosen = f'slo="{sli}"'
    if job:
        bad, total, chosen = service_slo.EVENTS_BAD, service_slo.EVENTS_TOTAL, f'job="{job}", {chosen}'
    parts = {
        name: {
            "metricSource": {
                "metricSourceRef": _SOURCE,
                "type": "Prometheus",
                "spec": {"query": f"{series}{{{chosen}}}"},
            }
        }
        for name, series in (("bad", bad), ("total", total))
    }
    name = f"{job}-{sli}" if job else sli
    return _document("SLI", {"name": name}, {"ratioMetric": {"counter": False, **parts}})


def _slo(objective: Objective, kind: str, owner: str, title: str) -> dict[str, object]:
    metadata: dict[str, object] = {
        "name": f"{kind}-{owner}-{objective.sli}",
        "displayName": f"{title}: {objective.sli}",
        "labels": {kind: owner, "sli": objective.sli},
    }
    if objective.latency_threshold:
        metadata["annotations"] = {THRESHOLD: str(objective.latency_threshold)}
    return _document(
        "SLO",
        metadata,
        {
            "service": owner if kind == "service" else _SERVICE,
            "indicatorRef": f"{owner}-{objective.sli}" if kind == "service" else objective.sli,
            "timeWindow": [{"duration": _shorthand(objective.window), "isRolling": True}],
            "budgetingMethod": "Occurrences",
            "objectives": [{"displayName": objective.sli, "target": _number(objective.target)}],
        },
    )


def _shorthand(window: Duration) -> str:
    """The window in one unit, as OpenSLO writes it."""
    for unit, size in _UNITS_MS:
        if window.ms and window.ms % size == 0:
            return f"{window.ms // size}{unit}"
    raise DefinitionError(f"OpenSLO has no words for a window of {window}", fix="use whole minutes")


def _number(target: Decimal) -> float:
    """The target as a YAML number; a target of more digits than a float holds would come back as another."""
    number = float(target)
    if Decimal(repr(number)) != target:
        raise DefinitionError(f"the target {target} has too many digits for OpenSLO's number")
    return number
