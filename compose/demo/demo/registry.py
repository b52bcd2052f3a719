"""The tenants and tiers of the release, as ``registry/tenants.json`` holds them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RegisteredTenant:
    """A tenant as the platform's definitions have it; objectives: what its own contract promises, by SLO."""

    id: str
    name: str
    vertical: str
    tier: str
    objectives: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Registry:
    """All tenants, and the rank of each tier."""

    tenants: tuple[RegisteredTenant, ...]
    ranks: dict[str, int]


def load(path: Path) -> Registry:
    """Read the registry; a missing or broken file is the deployment's mistake and raises."""
    document = json.loads(path.read_text())
    return Registry(
        tenants=tuple(
            RegisteredTenant(
                entry["id"],
                entry["name"],
                entry["vertical"],
                entry["tier"],
                {agreed["sli"]: float(agreed["target"]) for agreed in entry.get("objectives", [])},
            )
            for entry in document["tenants"]
        ),
        ranks={tier["name"]: tier["rank"] for tier in document["tiers"]},
    )
