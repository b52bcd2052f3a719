"""Objectives out to OpenSLO and in from it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformctl.errors import DefinitionError, UsageError
from platformctl.model import objectives, service_slo
from platformctl.model.tenancy import Objective, Service, Tenant, Tier
from platformctl.render.openslo import render_openslo
from platformctl.sinks.files import write_atomically
from platformctl.sinks.objectives import with_objective
from platformctl.sources import workspace
from platformctl.sources.openslo import Promise, read_openslo
from platformctl.sources.tenants import load_services, load_tenants, load_tiers

_FILES: Final = {
    "tier": ("slas/tiers.yml", "tiers", "name"),
    "tenant": ("slas/tenants.yml", "tenants", "id"),
    "service": ("slas/services.yml", "services", "name"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Owners:
    tiers: tuple[Tier, ...]
    tenants: tuple[Tenant, ...]
    services: tuple[Service, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ObjectiveChange:
    """One promise that the file makes otherwise; `before` is None for one that is new."""

    promise: Promise
    before: Objective | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """What differs, and the SLOs of the file that are none of ours, with the reason."""

    changes: tuple[ObjectiveChange, ...]
    left_out: tuple[str, ...]


def export_objectives(folder: Path | None, *, start: Path) -> str:
    """Every objective of tiers, contracts and services as OpenSLO v1."""
    owners = _load(workspace.find(folder, start=start).content)
    return render_openslo(owners.tiers, owners.tenants, owners.services)


def import_objectives(folder: Path | None, *, start: Path, file: Path, tier: str, write: bool) -> Imported:
    """Compare the file's SLOs with the objectives here; with `write`, make ours the file's.

    Writes nothing but the objectives that differ: comments and everything else in the files stay.
    Raises `DefinitionError` for an owner that does not exist, and for objectives that could not be alerted on.
    """
    found = workspace.find(folder, start=start)
    read = read_openslo(file, tier=tier)
    changes = tuple(_changes(read.promises, _load(found.content)))
    if write and changes:
        if found.built_in:
            raise UsageError("the built-in definitions are not written to", fix="platformctl init DIR")
        _write(found.content, changes)
    return Imported(changes=changes, left_out=read.left_out)


def _load(content: Path) -> _Owners:
    tiers = load_tiers(content)
    return _Owners(tiers=tiers, tenants=load_tenants(content, tiers), services=load_services(content))


def _changes(promises: tuple[Promise, ...], here: _Owners) -> Iterator[ObjectiveChange]:
    owners: dict[tuple[str, str], tuple[Objective, ...]] = {
        ("tier", t.name): t.objectives for t in here.tiers
    }
    owners |= {("tenant", t.id): t.objectives for t in here.tenants}
    owners |= {("service", s.name): s.objectives for s in here.services}
    for promise in promises:
        if (promise.kind, promise.owner) not in owners:
            raise DefinitionError(
                f"the file has an SLO for the {promise.kind} {promise.owner!r}, which does not exist",
                fix=f"add it to {_FILES[promise.kind][0]} first",
            )
        before = {o.sli: o for o in owners[promise.kind, promise.owner]}.get(promise.objective.sli)
        if before != promise.objective:
            yield ObjectiveChange(promise=promise, before=before)


def _write(content: Path, changes: tuple[ObjectiveChange, ...]) -> None:
    """Edit copies, load them as every command will, and only then put them in place."""
    paths = (path for path, _, _ in _FILES.values() if (content / path).exists())
    texts = {path: (content / path).read_text(encoding="utf-8") for path in paths}
    for change in changes:
        path, key, id_key = _FILES[change.promise.kind]
        texts[path] = with_objective(
            texts[path], (key, id_key, change.promise.owner), change.promise.objective
        )
    with tempfile.TemporaryDirectory() as name:
        shutil.copytree(content / "slas", Path(name) / "slas")
        for path, text in texts.items():
            (Path(name) / path).write_text(text, encoding="utf-8")
        loaded = _load(Path(name))
        objectives.objectives(loaded.tiers, loaded.tenants)
        tuple(service_slo.areas(loaded.services))
    for path, text in texts.items():
        write_atomically(content / path, text)
