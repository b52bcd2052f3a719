"""Act: one change at a time."""

from __future__ import annotations

from typing import Final, cast

from platformctl.model.pagerduty import Described, Field
from platformctl.sinks.pagerduty.account import Account
from platformctl.sinks.pagerduty.changes import Action, Change, KeyChange
from platformctl.sinks.pagerduty.entities import Kind, objects, router
from platformctl.sinks.pagerduty.marks import marked
from platformctl.sinks.pagerduty.read import INTEGRATION, Held, Holdings, routing_key

_BELOW: Final = "supported_by"


class Changer:
    """Makes changes in an account, and remembers the ids of what it made."""

    def __init__(self, account: Account, holdings: Holdings, owner: str) -> None:
        self._account = account
        self._owner = owner
        self._ids = {kind: dict(by_name) for kind, by_name in holdings.ids.items()}
        self._held = {(h.kind.name, h.name): h for h in holdings.held if h.owner == owner}

    def apply(self, change: Change) -> None:
        """Make one change; raises `PagerDutyRefused` when PagerDuty will not have it."""
        if change.wanted is None:
            self._account.delete(f"{change.kind.path}/{cast(Held, change.held).id}")
            return
        body = change.kind.to_api(change.wanted, self._ids) | {
            "description": marked(str(change.wanted["description"]), self._owner)
        }
        if change.action is Action.CREATE:
            entity = self._made(
                change.kind, self._account.post(change.kind.path, {change.kind.wrapper: body})
            )
        else:
            held = cast(Held, change.held)
            _keep_layer(body, held.raw)
            entity = self._made(
                change.kind, self._account.put(f"{change.kind.path}/{held.id}", {change.kind.wrapper: body})
            )
        self._after(change, str(entity["id"]))

    def fetch_key(self, change: KeyChange) -> str:
        """The routing key, of an integration that is made if there is none."""
        held = self._held[change.holder.name, change.name]
        if key := routing_key(self._account, held):
            return key
        made = self._account.post(
            f"{change.holder.path}/{held.id}/integrations",
            {"integration": {"type": "events_api_v2_inbound_integration", "name": INTEGRATION}},
        )
        return str(cast(Described, made["integration"])["integration_key"])

    def adopt(self, held: Held) -> None:
        """Write the owner's tag on an object, and leave everything else of it as it is."""
        whole = cast(Described, self._account.get(f"{held.kind.path}/{held.id}")[held.kind.wrapper])
        description = marked(str(whole.get("description") or ""), self._owner)
        self._account.put(
            f"{held.kind.path}/{held.id}", {held.kind.wrapper: whole | {"description": description}}
        )

    def _made(self, kind: Kind, answer: Described) -> Described:
        entity = cast(Described, answer[kind.wrapper])
        name, id_ = kind.named(entity), str(entity["id"])
        self._ids.setdefault(kind.name, {})[name] = id_
        self._held[kind.name, name] = Held(
            kind=kind, name=name, id=id_, owner=self._owner, told={}, raw=entity
        )
        return entity

    def _after(self, change: Change, id_: str) -> None:
        """What PagerDuty keeps beside the object itself."""
        wanted = cast(Described, change.wanted)
        if change.kind.name == "event_orchestrations":
            self._account.put(f"{change.kind.path}/{id_}/router", router(wanted, self._ids))
        if change.kind.name == "business_services":
            below = frozenset(cast(list[str], change.held.told[_BELOW])) if change.held else frozenset()
            names = frozenset(cast(list[str], wanted[_BELOW]))
            self._relate("associate", names - below, id_)
            self._relate("disassociate", below - names, id_)

    def _relate(self, verb: str, names: frozenset[str], dependent: str) -> None:
        if names:
            relationships: list[Field] = [
                {
                    "supporting_service": {"id": self._ids["services"].get(name, name), "type": "service"},
                    "dependent_service": {"id": dependent, "type": "business_service"},
                }
                for name in sorted(names)
            ]
            self._account.post(f"/service_dependencies/{verb}", {"relationships": relationships})


def _keep_layer(body: Described, before: Described) -> None:
    """Change the layer that is there: a layer without its id would be one more."""
    layers, known = objects(body.get("schedule_layers")), objects(before.get("schedule_layers"))
    if layers and len(known) == 1:
        layers[0]["id"] = known[0]["id"]
