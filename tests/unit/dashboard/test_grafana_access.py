"""Tenants' organisations brought into a Grafana, on a stand-in that keeps state.

The stand-in answers as Grafana's HTTP API documentation (12.4) says of organisations, users and datasources. It is no
Grafana: nothing proved on it has been seen on a real one.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from platformctl.app.grafana_access import AccessRequest, give_access, open_access, plan
from platformctl.errors import PlatformError, UsageError

PASSWORD = "an-administrators-password"
SOURCE = {
    "name": "Prometheus", "uid": "tenant-prometheus", "type": "prometheus", "access": "proxy", "isDefault": True,
    "url": "http://prom-label-proxy:8092", "jsonData": {"httpHeaderName1": "X-Tenant"},
    "secureJsonData": {"httpHeaderValue1": "grand-hotel"},
}  # fmt: skip
RELEASE = {
    "organisations": [
        {
            "name": "grand-hotel",
            "datasources": [SOURCE],
            "users": [{"login": "grand-hotel", "role": "Viewer"}],
        }
    ]
}


@dataclass
class StandIn:
    url: str = ""
    users: dict[str, int] = field(default_factory=lambda: {"admin": 1})
    passwords: dict[str, str] = field(default_factory=dict)
    organisations: dict[str, dict[str, Any]] = field(default_factory=dict)
    writes: list[str] = field(default_factory=list)

    def organisation(self, name: str) -> dict[str, Any]:
        made = {"id": len(self.organisations) + 2, "name": name, "users": {"admin": "Admin"}, "sources": {}}
        return self.organisations.setdefault(name, made)

    def numbered(self, number: str) -> dict[str, Any]:
        return next(o for o in self.organisations.values() if str(o["id"]) == number)

    def answer(
        self, method: str, path: str, query: dict[str, str], org: str, body: Any
    ) -> tuple[int, object]:
        if method != "GET":
            self.writes.append(f"{method} {path}")
        match [method, *path.strip("/").split("/")]:
            case ["GET", "api", "orgs", "name", name] if name in self.organisations:
                return 200, {"id": self.organisations[name]["id"], "name": name}
            case ["POST", "api", "orgs"]:
                return 200, {"orgId": self.organisation(body["name"])["id"]}
            case ["GET", "api", "orgs", number, "users"]:
                roles = self.numbered(number)["users"]
                return 200, [{"login": u, "userId": self.users[u], "role": r} for u, r in roles.items()]
            case ["POST", "api", "orgs", number, "users"] if body["loginOrEmail"] in self.users:
                self.numbered(number)["users"][body["loginOrEmail"]] = body["role"]
                return 200, {}
            case ["PATCH", "api", "orgs", number, "users", user]:
                login = next(name for name, at in self.users.items() if str(at) == user)
                self.numbered(number)["users"][login] = body["role"]
                return 200, {}
            case ["GET", "api", "users", "lookup"] if query["loginOrEmail"] in self.users:
                return 200, {"id": self.users[query["loginOrEmail"]]}
            case ["POST", "api", "admin", "users"] if len(body["password"]) >= 4:
                self.users[body["login"]] = len(self.users) + 1
                self.passwords[body["login"]] = body["password"]
                self.numbered(str(body["OrgId"]))["users"][body["login"]] = "Editor"
                return 200, {"id": self.users[body["login"]]}
            case ["GET", "api", "datasources"]:
                return 200, [_shown(source) for source in self.numbered(org)["sources"].values()]
            case ["POST", "api", "datasources"] | ["PUT", "api", "datasources", "uid", _]:
                self.numbered(org)["sources"][body["uid"]] = body
                return 200, {}
        return 404, {"message": "Not found"}


def _shown(source: dict[str, Any]) -> dict[str, Any]:
    """As Grafana shows a datasource: of its secrets, only that they are there."""
    kept = {key: value for key, value in source.items() if key != "secureJsonData"}
    return {**kept, "secureJsonFields": dict.fromkeys(source.get("secureJsonData", {}), True)}


@pytest.fixture
def grafana() -> Iterator[StandIn]:
    stand_in = StandIn()
    proof = "Basic " + base64.b64encode(f"admin:{PASSWORD}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"null")
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            status, answer = 401, {"message": "Invalid username or password"}  # type: tuple[int, object]
            if self.headers.get("Authorization") == proof:
                org = self.headers.get("X-Grafana-Org-Id") or ""
                status, answer = stand_in.answer(self.command, parts.path, query, org, body)
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_POST = do_PUT = do_PATCH = do_GET  # noqa: N815 - the names that the server calls

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        stand_in.url = f"http://127.0.0.1:{server.server_port}"
        yield stand_in
        server.shutdown()
        thread.join()


@pytest.fixture
def request_(grafana: StandIn, tmp_path: Path) -> AccessRequest:
    for name in ("alerts_src", "compose", ".platformctl/secrets", ".platformctl/current/access"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / ".platformctl/current/access/grafana.json").write_text(json.dumps(RELEASE))
    for name, text in (("grafana-admin-password", PASSWORD), ("login-grand-hotel", "their-own-password")):
        (tmp_path / ".platformctl/secrets" / name).write_text(text + "\n")
        (tmp_path / ".platformctl/secrets" / name).chmod(0o600)
    return AccessRequest(url=grafana.url, workspace=tmp_path, start=tmp_path)


def give(request: AccessRequest) -> list[str]:
    with open_access(request) as target:
        done = give_access(target, confirm=lambda _: True, say=lambda _: None)
    assert done is not None
    return [step.says for step in done.steps]


def test_a_tenant_gets_its_organisation_and_a_second_run_changes_nothing(
    grafana: StandIn, request_: AccessRequest
) -> None:
    assert give(request_) == ["create", "add datasource tenant-prometheus", "let grand-hotel in as Viewer"]
    made = grafana.organisations["grand-hotel"]
    assert made["users"] == {"admin": "Admin", "grand-hotel": "Viewer"}
    assert made["sources"] == {"tenant-prometheus": SOURCE}
    assert grafana.passwords == {"grand-hotel": "their-own-password"}
    grafana.writes.clear()
    assert give(request_) == []
    assert grafana.writes == []


def test_what_was_changed_by_hand_is_put_right_and_nothing_else_is_touched(
    grafana: StandIn, request_: AccessRequest
) -> None:
    give(request_)
    made = grafana.organisations["grand-hotel"]
    grafana.users["guest"] = 9
    made["users"] |= {"grand-hotel": "Admin", "guest": "Viewer"}
    made["sources"]["tenant-prometheus"] = SOURCE | {"url": "http://prometheus:9090"}
    made["sources"]["theirs"] = {"uid": "theirs", "name": "Theirs"}
    assert give(request_) == ["change datasource tenant-prometheus", "make grand-hotel Viewer"]
    assert made["users"] == {"admin": "Admin", "grand-hotel": "Viewer", "guest": "Viewer"}
    assert made["sources"] == {"tenant-prometheus": SOURCE, "theirs": {"uid": "theirs", "name": "Theirs"}}


def test_a_user_that_grafana_knows_is_let_in_and_keeps_its_password(
    grafana: StandIn, request_: AccessRequest
) -> None:
    grafana.users["grand-hotel"] = 7
    give(request_)
    assert grafana.organisations["grand-hotel"]["users"]["grand-hotel"] == "Viewer"
    assert grafana.passwords == {}


def test_an_organisation_of_somebody_else_is_refused_before_anything_is_changed(
    grafana: StandIn, request_: AccessRequest
) -> None:
    grafana.organisation("grand-hotel")["sources"]["theirs"] = {"uid": "theirs", "name": "Theirs"}
    with pytest.raises(PlatformError, match="not ours: grand-hotel"):
        give(request_)
    assert grafana.writes == []


def test_a_plan_and_a_no_change_nothing(grafana: StandIn, request_: AccessRequest) -> None:
    with open_access(request_) as target:
        assert len(plan(target).steps) == 3
        assert give_access(target, confirm=lambda _: False, say=lambda _: None) is None
    assert grafana.writes == []


def test_a_release_without_tenants_logins_says_so(request_: AccessRequest, tmp_path: Path) -> None:
    (tmp_path / ".platformctl/current/access/grafana.json").unlink()
    with pytest.raises(UsageError, match="gives no tenant a place"), open_access(request_):
        pass
