"""A PagerDuty account on this machine: it keeps state, and holds every request and answer against PagerDuty's own
OpenAPI document. What the document does not say (unique names, references that must exist, what is in use cannot be
deleted) is as PagerDuty describes it in words.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from support.pagerduty_document import DOCUMENTS, Object, objects, template_of, validator

TOKEN = "a-token-of-the-account"
LISTS = {
    "teams": "team",
    "users": "user",
    "schedules": "schedule",
    "escalation_policies": "escalation_policy",
    "services": "service",
    "business_services": "business_service",
    "event_orchestrations": "orchestration",
    "maintenance_windows": "maintenance_window",
}
LISTED_AS = {"event_orchestrations": "orchestrations"}
UNIQUE = ("teams", "services", "escalation_policies")
MADE = {"business_services": 200}


@dataclass
class PagerDuty:
    """The account. calls: method and path of each request; breaches: what the document does not allow."""

    url: str = ""
    state: dict[str, dict[str, Object]] = field(default_factory=lambda: {name: {} for name in LISTS})
    routers: dict[str, Object] = field(default_factory=dict)
    integrations: dict[str, list[Object]] = field(default_factory=dict)
    relations: list[Object] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)
    refuse: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    page: int = 3
    count: int = 0

    def add_users(self, *emails: str) -> None:
        for email in emails:
            self.add("users", {"name": email, "email": email, "type": "user"})

    def add(self, kind: str, entity: Object) -> Object:
        """As if somebody had made it in the browser."""
        self.count += 1
        id_ = f"P{self.count:06d}"
        kept = entity | {
            "id": id_,
            "summary": entity.get("name", ""),
            "self": f"https://api.pagerduty.com/{kind}/{id_}",
        }
        kept.setdefault("type", LISTS[kind])
        for at, layer in enumerate(kept.get("schedule_layers", [])):
            layer.setdefault("id", f"{id_}L{at}")
        if kind == "services":
            kept |= {"integrations": [], "teams": []}
        if kind == "event_orchestrations":
            self.routers[id_] = {"sets": [{"id": "start", "rules": []}], "catch_all": {"actions": {}}}
            self.integrations[id_] = [
                {
                    "id": f"{id_}I",
                    "label": "Default",
                    "parameters": {"routing_key": f"R{id_}", "type": "global"},
                }
            ]
        self.state[kind][id_] = kept
        return kept

    def names(self, kind: str) -> list[str]:
        return sorted(str(e["name"]) for e in self.state[kind].values())

    def writes(self) -> list[tuple[str, str]]:
        return [(method, path) for method, path in self.calls if method != "GET"]


class Refusal(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def answer(
    account: PagerDuty, method: str, path: str, query: dict[str, str], body: Object
) -> tuple[int, Object | None]:
    """The account's answer, and the state after it."""
    match path.strip("/").split("/"):
        case ["service_dependencies", "business_services", id_]:
            touching = [
                r
                for r in account.relations
                if id_ in (r["dependent_service"]["id"], r["supporting_service"]["id"])
            ]
            return 200, {"relationships": touching}
        case ["service_dependencies", verb]:
            return 200, _relate(account, verb, body)
        case ["event_orchestrations", id_, "router"]:
            if method == "PUT":
                _check_routes(account, body)
                account.routers[id_] = body["orchestration_path"]
            return 200, {"orchestration_path": account.routers[id_]}
        case ["event_orchestrations", id_, "integrations"]:
            return 200, {"integrations": account.integrations[id_], "total": 1}
        case ["services", id_, "integrations"]:
            return 201, {"integration": _integrate(account, id_, body["integration"])}
        case ["services", id_, "integrations", number]:
            return 200, {"integration": next(i for i in account.integrations[id_] if i["id"] == number)}
        case [kind] if method == "GET":
            return 200, _page(account, kind, query)
        case [kind]:
            _check(account, kind, body[LISTS[kind]], None)
            return MADE.get(kind, 201), {LISTS[kind]: account.add(kind, body[LISTS[kind]])}
        case [kind, id_]:
            return _one(account, method, kind, id_, body)
    raise Refusal(404, "Not Found")


def _one(account: PagerDuty, method: str, kind: str, id_: str, body: Object) -> tuple[int, Object | None]:
    if id_ not in account.state[kind]:
        raise Refusal(404, "Not Found")
    if method == "DELETE":
        _check_unused(account, kind, id_)
        del account.state[kind][id_]
        account.relations = [r for r in account.relations if id_ not in json.dumps(r)]
        return 204, None
    if method == "PUT":
        _check(account, kind, body[LISTS[kind]], id_)
        kept = account.state[kind][id_]
        kept |= {name: value for name, value in body[LISTS[kind]].items() if name != "id"}
        for layer in kept.get("schedule_layers", []):
            assert "id" in layer, "a layer without id would be one more layer"
    return 200, {LISTS[kind]: account.state[kind][id_]}


def _page(account: PagerDuty, kind: str, query: dict[str, str]) -> Object:
    every = list(account.state[kind].values())
    offset = int(query.get("offset", 0))
    size = min(int(query.get("limit", 25)), account.page)
    shown = every[offset : offset + size]
    if kind == "schedules":  # lists leave the layers out
        shown = [{k: v for k, v in e.items() if k != "schedule_layers"} for e in shown]
    more = offset + size < len(every)
    return {LISTED_AS.get(kind, kind): shown, "limit": size, "offset": offset, "more": more, "total": None}


def _check(account: PagerDuty, kind: str, entity: Object, id_: str | None) -> None:
    twins = [
        o for o in account.state[kind].values() if o["id"] != id_ and o.get("name") == entity.get("name")
    ]
    if kind in UNIQUE and twins:
        raise Refusal(400, "Name has already been taken")
    known = {i for objects in account.state.values() for i in objects}
    for reference in objects(entity):
        if str(reference.get("type", "")).endswith("_reference") and reference["id"] not in known:
            raise Refusal(400, f"{reference['type']} {reference['id']} does not exist")


def _check_routes(account: PagerDuty, body: Object) -> None:
    for actions in objects(body):
        to = actions.get("route_to", "unrouted")
        if to != "unrouted" and to not in account.state["services"]:
            raise Refusal(400, f"service {to} does not exist")


def _check_unused(account: PagerDuty, kind: str, id_: str) -> None:
    users = [
        e for k, objects in account.state.items() for e in objects.values() if e["id"] != id_ and k != "users"
    ]
    holders = [e["name"] for e in users if kind != "services" and f'"{id_}"' in json.dumps(e)]
    if holders:
        raise Refusal(400, f"{LISTS[kind]} is used by {holders[0]}")


def _integrate(account: PagerDuty, id_: str, wanted: Object) -> Object:
    account.count += 1
    made = wanted | {
        "id": f"I{account.count:06d}",
        "summary": wanted["name"],
        "integration_key": f"{account.count:032x}",
        "service": {"id": id_, "type": "service_reference"},
    }
    account.integrations.setdefault(id_, []).append(made)
    account.state["services"][id_]["integrations"].append(
        {"id": made["id"], "type": f"{made['type']}_reference", "summary": made["summary"]}
    )
    return made


def _relate(account: PagerDuty, verb: str, body: Object) -> Object:
    for relation in body["relationships"]:
        if verb == "associate":
            account.relations.append(
                relation | {"id": f"D{len(account.relations)}", "type": "service_dependency"}
            )
        else:
            ends = {k: relation[k]["id"] for k in ("supporting_service", "dependent_service")}
            account.relations = [r for r in account.relations if {k: r[k]["id"] for k in ends} != ends]
    return {"relationships": body["relationships"]}


@contextlib.contextmanager
def pagerduty_account() -> Iterator[PagerDuty]:
    """A running account; skips the test where PagerDuty's document is not at hand."""
    if not any(path.is_file() for path in DOCUMENTS):
        pytest.skip("PagerDuty's OpenAPI document (shared/schemas/pagerduty) is not on this machine")
    account = PagerDuty()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            method, query = self.command, {k: v[0] for k, v in parse_qs(parts.query).items()}
            text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            account.calls.append((method, parts.path))
            try:
                status, told = self._judged(method, parts.path, query, json.loads(text or b"{}"))
            except Refusal as refusal:
                status, told = (
                    refusal.status,
                    {"error": {"code": 2001, "message": str(refusal), "errors": []}},
                )
            except Exception as bug:
                account.breaches.append(f"{method} {parts.path}: {bug!r}")
                raise
            sent = b"" if told is None else json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def _judged(
            self, method: str, path: str, query: dict[str, str], body: Object
        ) -> tuple[int, Object | None]:
            if waiting := account.refuse.get((method, path)):
                raise Refusal(waiting.pop(0), "as the test asked for")
            if self.headers["Authorization"] != f"Token token={TOKEN}":
                raise Refusal(401, "Unauthorized")
            template = template_of(path)
            _hold(account, f"{method} {path}", validator(template, method.lower(), None), body)
            status, told = answer(account, method, path, query, body)
            _hold(account, f"answer to {method} {path}", validator(template, method.lower(), status), told)
            return status, told

        do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - the names that http.server calls

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    account.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield account
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert account.breaches == []


def _hold(account: PagerDuty, what: str, judge: Any, body: Object | None) -> None:
    if judge is None:
        return
    if errors := [f"{what}: {e.json_path}: {e.message}" for e in judge.iter_errors(body)]:
        account.breaches += errors
        raise Refusal(400, errors[0])
