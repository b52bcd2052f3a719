"""The tenant registry of a release: tenants and tiers, for services that cannot read YAML of ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from platformctl.model.artifact import Artifact
from platformctl.model.platform import Platform
from platformctl.model.site import Site
from platformctl.model.tenancy import Objective, Tenant, Tier
from platformctl.render._json import json_rows_artifact

PATH: Final = "registry/tenants.json"


def render(platform: Platform, _site: Site) -> Iterator[Artifact]:
    """Render the registry of the platform's tenants."""
    yield registry(platform.tiers, platform.tenants)


def registry(tiers: Iterable[Tier], tenants: Iterable[Tenant]) -> Artifact:
    """The registry; tiers by rank, tenants by id."""
    tiers = sorted(tiers, key=lambda tier: (tier.rank, tier.name))
    tenants = sorted(tenants, key=lambda tenant: tenant.id)
    return json_rows_artifact(
        PATH, {"tiers": [_tier(t) for t in tiers], "tenants": [_tenant(t) for t in tenants]}
    )


def _tier(tier: Tier) -> dict[str, object]:
    return {
        "name": tier.name,
        "rank": tier.rank,
        "requests_per_minute": tier.requests_per_minute,
        "objectives": [_objective(objective) for objective in tier.objectives],
    }


def _objective(objective: Objective) -> dict[str, str]:
    entry = {"sli": objective.sli, "target": str(objective.target), "window": str(objective.window)}
    if objective.latency_threshold is not None:
        entry["latency_threshold"] = str(objective.latency_threshold)
    return entry


def _tenant(tenant: Tenant) -> dict[str, object]:
    facts = {"id": tenant.id, "name": tenant.name, "vertical": tenant.vertical.value, "tier": tenant.tier}
    agreed = [_objective(objective) for objective in tenant.objectives]
    return {**facts, "objectives": agreed} if agreed else {**facts}
