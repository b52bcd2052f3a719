"""Look: what an account holds, in our own words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, cast

from platformctl.model.pagerduty import Described
from platformctl.sinks.pagerduty.account import Account
from platformctl.sinks.pagerduty.entities import KINDS, Ids, Kind, objects
from platformctl.sinks.pagerduty.marks import owner_of, plain

INTEGRATION: Final = "Alertmanager (platformctl)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """One object of the account; `owner` is empty for one that no workspace made. raw: as PagerDuty gave it."""

    kind: Kind
    name: str
    id: str
    owner: str
    told: Described
    raw: Described = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Holdings:
    """Everything of an account that matters here. keys: routing keys of owned objects, by kind and name."""

    held: tuple[Held, ...]
    ids: Ids
    keys: Mapping[tuple[str, str], str] = field(repr=False)

    def find(self, kind: str, name: str, owner: str) -> Held | None:
        """The object of that name: the owned one where names are not unique."""
        named = [h for h in self.held if h.kind.name == kind and h.name == name]
        return next((h for h in named if h.owner == owner), named[0] if named else None)


def read(account: Account, owner: str) -> Holdings:
    """What the account holds; objects that are not the owner's are told as their lists give them."""
    lists = {kind: tuple(account.every(kind.path + kind.chosen, kind.listed)) for kind in KINDS}
    users = {str(user["email"]): str(user["id"]) for user in account.every("/users", "users")}
    ids = {kind.name: {kind.named(e): str(e["id"]) for e in listed} for kind, listed in lists.items()}
    for kind, listed in lists.items():  # of two with one name, the owned one is meant
        ids[kind.name] |= {kind.named(e): str(e["id"]) for e in listed if owner_of(e) == owner}
    names = {str(e["id"]): kind.named(e) for kind, listed in lists.items() for e in listed}
    names |= {id_: email for email, id_ in users.items()}
    held = tuple(
        _held(account, kind, entity, names, owner) for kind, listed in lists.items() for entity in listed
    )
    return Holdings(held=held, ids={**ids, "users": users}, keys=dict(_keys(account, held, owner)))


def _held(account: Account, kind: Kind, entity: Described, names: Mapping[str, str], owner: str) -> Held:
    ours = owner_of(entity) == owner
    whole = whole_of(account, kind, entity) if ours else entity
    return Held(
        kind=kind,
        name=kind.named(entity),
        id=str(entity["id"]),
        owner=owner_of(entity),
        told=tell(kind, whole, names),
        raw=whole,
    )


def tell(kind: Kind, entity: Described, names: Mapping[str, str]) -> Described:
    """The object in our words, without the owner's tag."""
    description = plain(str(entity.get("description") or ""))
    return {"name": kind.named(entity), "description": description, **kind.from_api(entity, names)}


def whole_of(account: Account, kind: Kind, entity: Described) -> Described:
    """The object with what its list leaves out: layers, supporting services, routes."""
    id_ = str(entity["id"])
    match kind.name:
        case "schedules":
            return cast(Described, account.get(f"{kind.path}/{id_}")[kind.wrapper])
        case "business_services":
            told = account.get(f"/service_dependencies/business_services/{id_}")
            below = [
                cast(Described, r["supporting_service"])
                for r in objects(told.get("relationships"))
                if cast(Described, r["dependent_service"])["id"] == id_
            ]
            return entity | {"supporting": list(below)}
        case "event_orchestrations":
            return entity | account.get(f"{kind.path}/{id_}/router")
        case _:
            return entity


def _keys(account: Account, held: tuple[Held, ...], owner: str) -> Iterator[tuple[tuple[str, str], str]]:
    for each in held:
        if each.owner == owner and (key := routing_key(account, each)):
            yield (each.kind.name, each.name), key


def routing_key(account: Account, held: Held) -> str:
    """The key with which events reach the object; empty where it has none of ours."""
    match held.kind.name:
        case "services":
            ours = [i for i in objects(held.raw.get("integrations")) if i.get("summary") == INTEGRATION]
            if not ours:
                return ""
            told = account.get(f"/services/{held.id}/integrations/{ours[0]['id']}")
            return str(cast(Described, told["integration"]).get("integration_key") or "")
        case "event_orchestrations":
            told = account.get(f"/event_orchestrations/{held.id}/integrations")
            first = next(iter(objects(told.get("integrations"))), {})
            return str(cast(Described, first.get("parameters") or {}).get("routing_key") or "")
        case _:
            return ""
