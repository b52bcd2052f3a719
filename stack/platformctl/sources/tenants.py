"""Tiers, tenants and services from ``slas/``, so that someone who writes no Python can add a tenant."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import cast

from platformctl.errors import DefinitionError
from platformctl.model import _guard
from platformctl.model.tenancy import Objective, Service, Tenant, Tier, Vertical
from platformctl.model.units import Duration
from platformctl.sources import documents
from platformctl.sources.documents import Json

_TIERS, _TENANTS, _SERVICES = "slas/tiers.yml", "slas/tenants.yml", "slas/services.yml"


def load_tiers(root: Path) -> tuple[Tier, ...]:
    """The tiers of ``slas/tiers.yml``, lowest rank first."""
    document = documents.read(root / _TIERS, schema_name="tiers", shown=_TIERS)
    tiers = [_tier(entry) for entry in _entries(document, "tiers")]
    return tuple(sorted(tiers, key=lambda tier: tier.rank))


def load_tenants(root: Path, tiers: tuple[Tier, ...]) -> tuple[Tenant, ...]:
    """The tenants of ``slas/tenants.yml``, in order of ids; raises for a doubled id or an unknown tier."""
    document = documents.read(root / _TENANTS, schema_name="tenants", shown=_TENANTS)
    entries = _entries(document, "tenants")
    names = {tier.name for tier in tiers}
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        if entry["id"] in seen:
            raise _at(root, index, f"tenant {entry['id']!r} is defined twice", "remove one of the two")
        if entry["tier"] not in names:
            known = ", ".join(sorted(names))
            raise _at(
                root,
                index,
                f"tenant {entry['id']!r} is on the unknown tier {entry['tier']!r}",
                f"use: {known}",
            )
        seen.add(cast(str, entry["id"]))
    return tuple(sorted(_tenants(entries), key=lambda tenant: tenant.id))


def load_services(root: Path) -> tuple[Service, ...]:
    """The services of ``slas/services.yml`` in order of names; none where there is no such file."""
    if not (root / _SERVICES).exists():
        return ()
    document = documents.read(root / _SERVICES, schema_name="services", shown=_SERVICES)
    found = [Service(name=str(e["name"]), objectives=_objectives(e)) for e in _entries(document, "services")]
    _guard.unique((service.name for service in found), what="service")
    return tuple(sorted(found, key=lambda service: service.name))


def _tenants(entries: list[dict[str, Json]]) -> Iterator[Tenant]:
    for entry in entries:
        yield Tenant(
            id=str(entry["id"]),
            name=str(entry["name"]),
            vertical=Vertical(str(entry["vertical"])),
            tier=str(entry["tier"]),
            objectives=_objectives(entry),
        )


def _tier(entry: dict[str, Json]) -> Tier:
    return Tier(
        name=str(entry["name"]),
        rank=cast(int, entry["rank"]),
        requests_per_minute=cast(int, entry["requests_per_minute"]),
        objectives=_objectives(entry),
    )


def _objectives(entry: dict[str, Json]) -> tuple[Objective, ...]:
    return tuple(_objective(o) for o in cast(list[dict[str, str]], entry.get("objectives", [])))


def _objective(entry: dict[str, str]) -> Objective:
    threshold = entry.get("latency_threshold")
    return Objective(
        sli=entry["sli"],
        target=Decimal(entry["target"]),
        window=Duration.parse(entry["window"]),
        latency_threshold=Duration.parse(threshold) if threshold else None,
    )


def _entries(document: dict[str, Json], key: str) -> list[dict[str, Json]]:
    return cast(list[dict[str, Json]], document[key])


def _at(root: Path, index: int, what: str, fix: str) -> DefinitionError:
    line = documents.line_of((root / _TENANTS).read_text(encoding="utf-8"), ["tenants", index])
    return DefinitionError(what, where=f"{_TENANTS}:{line}", fix=fix)
