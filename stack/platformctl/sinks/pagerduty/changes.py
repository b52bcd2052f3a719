"""Decide: from what should be and what an account holds, to the changes between them. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from platformctl.model.pagerduty import Described, Field
from platformctl.sinks.pagerduty.entities import KINDS, Kind
from platformctl.sinks.pagerduty.marks import same_instant
from platformctl.sinks.pagerduty.read import Held, Holdings

_KINDS: Final = {kind.name: kind for kind in KINDS}


class Action(StrEnum):
    """What happens to an object."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldChange:
    """One property that differs."""

    name: str
    before: Field
    after: Field


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One object that differs; `wanted` is None for one that goes, `held` for a new one."""

    action: Action
    kind: Kind
    name: str
    wanted: Described | None
    held: Held | None
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyChange:
    """A routing key to be put into a secret file, and why."""

    holder: Kind
    name: str
    secret: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Desired:
    """What should be. files: what the secret files hold now, by their name; kept: objects that are left alone."""

    owner: str
    objects: Mapping[str, list[Described]]
    keys: Mapping[tuple[str, str], str]
    files: Mapping[str, str] = field(repr=False)
    kept: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The changes in the order they are made.

    taken: objects of a wanted name that are not ours. left: ours, not defined any more, and not pruned.
    lacking: users that are named and not in the account.
    """

    changes: tuple[Change, ...]
    keys: tuple[KeyChange, ...]
    taken: tuple[Held, ...]
    left: tuple[Held, ...]
    lacking: tuple[str, ...]
    basis: str

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.changes and not self.keys


def diff(desired: Desired, holdings: Holdings, *, prune: bool) -> Plan:
    """The plan that makes the account hold what is desired, touching only what is owned."""
    strays = tuple(reversed(tuple(_strays(desired, holdings))))
    changes = [*_wanted(desired, holdings)]
    if prune:
        changes += [_deletion(held) for held in strays]
    return Plan(
        changes=tuple(changes),
        keys=tuple(_keys(desired, holdings)),
        taken=tuple(_taken(desired, holdings)),
        left=() if prune else strays,
        lacking=tuple(sorted(_users(desired) - holdings.ids["users"].keys())),
        basis=_fingerprint(holdings),
    )


def _all(desired: Desired) -> Iterator[tuple[Kind, Described]]:
    for kind in KINDS:
        for wanted in desired.objects.get(kind.name, []):
            yield kind, wanted


def _wanted(desired: Desired, holdings: Holdings) -> Iterator[Change]:
    for kind, wanted in _all(desired):
        name = str(wanted["name"])
        held = holdings.find(kind.name, name, desired.owner)
        if held is None:
            yield Change(action=Action.CREATE, kind=kind, name=name, wanted=wanted, held=None)
        elif held.owner == desired.owner and (fields := tuple(_fields(wanted, held.told))):
            yield Change(action=Action.UPDATE, kind=kind, name=name, wanted=wanted, held=held, fields=fields)


def _fields(wanted: Described, told: Described) -> Iterator[FieldChange]:
    for name, after in wanted.items():
        before = told.get(name)
        if before == after or (name in ("start", "end") and same_instant(str(before), str(after))):
            continue
        yield FieldChange(name=name, before=before, after=after)


def _taken(desired: Desired, holdings: Holdings) -> Iterator[Held]:
    for kind, wanted in _all(desired):
        held = holdings.find(kind.name, str(wanted["name"]), desired.owner)
        if held is not None and held.owner != desired.owner:
            yield held


def _strays(desired: Desired, holdings: Holdings) -> Iterator[Held]:
    wanted = {(kind.name, str(told["name"])) for kind, told in _all(desired)}
    for held in holdings.held:
        if held.owner == desired.owner and (held.kind.name, held.name) not in wanted | desired.kept:
            yield held


def _deletion(held: Held) -> Change:
    return Change(action=Action.DELETE, kind=held.kind, name=held.name, wanted=None, held=held)


def _keys(desired: Desired, holdings: Holdings) -> Iterator[KeyChange]:
    for (kind, name), secret in desired.keys.items():
        key, file = holdings.keys.get((kind, name)), desired.files.get(secret)
        if key is not None and key == file:
            continue
        reason = "there is no such file yet" if file is None else "the file holds another key"
        yield KeyChange(holder=_KINDS[kind], name=name, secret=secret, reason=reason)


def _users(desired: Desired) -> set[str]:
    return {user for told in desired.objects.values() for one in told for user in _mails(one)}


def _mails(value: Field) -> Iterator[str]:
    """Every member of every list that is called ``users``."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "users" and isinstance(inner, list):
                yield from map(str, inner)
            else:
                yield from _mails(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _mails(inner)


def _fingerprint(holdings: Holdings) -> str:
    told = [[h.kind.name, h.id, h.owner, h.told] for h in holdings.held]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
