"""Credits and excluded time from ``slas/``, beside tiers and tenants."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Final, TypeVar, cast

from platformctl.errors import DefinitionError
from platformctl.sla.credit import Basis, CreditStep, CreditTable
from platformctl.sla.exclusion import Exclusion, Selected
from platformctl.sla.fault import Established
from platformctl.sla.recurrence import Recurring
from platformctl.sla.terms import Terms
from platformctl.sla.timeline import Interval
from platformctl.sources import documents
from platformctl.sources.documents import Json
from platformctl.sources.tenants import load_tenants, load_tiers

T = TypeVar("T")
_CREDITS, _MAINTENANCE = "slas/credits.yml", "slas/maintenance.yml"
_INCIDENTS, _THROTTLING = "slas/incidents.yml", "slas/throttling.yml"
_SELECTIONS: Final = ("tenants", "tiers", "verticals")


def load_terms(root: Path) -> Terms:
    """What contracts say; all but tiers and tenants may be left out. Raises `DefinitionError` with the line."""
    tiers = load_tiers(root)
    tenants = load_tenants(root, tiers)
    known = {
        "tenants": {t.id for t in tenants},
        "tiers": {t.name for t in tiers},
        "verticals": {str(t.vertical) for t in tenants},
    }
    return Terms(
        tenants=tenants,
        tiers=tiers,
        credits=_load(root, _CREDITS, "credits", lambda entry: _credit(entry, known["tiers"])),
        exclusions=_load(root, _MAINTENANCE, "exclusions", lambda entry: _exclusion(entry, known)),
        recurring=_load(root, _MAINTENANCE, "recurring", lambda entry: _recurring(entry, known)),
        faults=_load(root, _INCIDENTS, "incidents", lambda entry: _fault(entry, known)),
        throttled_ours=frozenset().union(
            *_load(root, _THROTTLING, "throttling", lambda entry: _ours(entry, known["tiers"]))
        ),
    )


def _load(root: Path, path: str, key: str, read: Callable[[dict[str, Json]], T]) -> tuple[T, ...]:
    if not (root / path).is_file():
        return ()
    document = documents.read(root / path, schema_name=Path(path).stem, shown=path)
    found: list[T] = []
    for index, entry in enumerate(cast(list[dict[str, Json]], document.get(key, []))):
        try:
            found.append(read(entry))
        except (DefinitionError, ValueError) as error:
            line = documents.line_of((root / path).read_text(encoding="utf-8"), [key, index])
            fix = error.fix if isinstance(error, DefinitionError) else None
            what = error.what if isinstance(error, DefinitionError) else str(error)
            raise DefinitionError(what, where=f"{path}:{line}", fix=fix) from error
    return tuple(found)


def _credit(entry: dict[str, Json], tiers: set[str]) -> CreditTable:
    named = cast(list[str], entry["tiers"])
    _refuse_unknown("tiers", named, tiers)
    steps = cast(list[dict[str, str]], entry["steps"])
    return CreditTable(
        tiers=tuple(named),
        basis=Basis(str(entry["basis"])),
        steps=tuple(CreditStep(below=Decimal(s["below"]), percent=Decimal(s["percent"])) for s in steps),
    )


def _exclusion(entry: dict[str, Json], known: dict[str, set[str]]) -> Exclusion:
    return Exclusion(
        id=str(entry["id"]), when=_when(entry), reason=str(entry["reason"]), whom=_selected(entry, known)
    )


def _recurring(entry: dict[str, Json], known: dict[str, set[str]]) -> Recurring:
    return Recurring(
        id=str(entry["id"]),
        rule=str(entry["repeat"]),
        since=date.fromisoformat(str(entry["since"])),
        opens=time.fromisoformat(str(entry["from"])),
        closes=time.fromisoformat(str(entry["to"])),
        zone=str(entry["zone"]),
        reason=str(entry["reason"]),
        whom=_selected(entry, known),
        not_on=frozenset(date.fromisoformat(day) for day in cast(list[str], entry.get("except", []))),
    )


def _fault(entry: dict[str, Json], known: dict[str, set[str]]) -> Established:
    return Established(
        id=str(entry["id"]), when=_when(entry), cause=str(entry["cause"]), whom=_selected(entry, known)
    )


def _ours(entry: dict[str, Json], tiers: set[str]) -> frozenset[str]:
    named = frozenset(cast(list[str], entry["tiers"]))
    _refuse_unknown("tiers", named, tiers)
    return named if entry["counts_as"] == "ours" else frozenset()


def _when(entry: dict[str, Json]) -> Interval:
    return Interval(start=_instant(entry["start"]), end=_instant(entry["end"]))


def _selected(entry: dict[str, Json], known: dict[str, set[str]]) -> Selected:
    chosen = {name: frozenset(cast(list[str], entry.get(name, []))) for name in _SELECTIONS}
    for name, values in chosen.items():
        _refuse_unknown(name, values, known[name])
    return Selected(tenants=chosen["tenants"], tiers=chosen["tiers"], verticals=chosen["verticals"])


def _refuse_unknown(name: str, values: Iterable[str], known: set[str]) -> None:
    """A misspelt name would silently forgive nobody."""
    if unknown := sorted(set(values) - known):
        raise DefinitionError(f"unknown {name}: {', '.join(unknown)}", fix=f"use: {_few(sorted(known))}")


def _few(names: list[str]) -> str:
    return ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")


def _instant(text: Json) -> datetime:
    return datetime.fromisoformat(str(text)).astimezone(UTC)
