"""The shipped gateway: the limiter's administration is behind no path of it, and a tenant is who the limiter says.

Caddy is real, with the shipped configuration; the limiter and the platform's API are stand-ins that note what they
are asked.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from support.servers import accepts, free_ports, program, stop, wait_for

pytestmark = pytest.mark.e2e
CADDYFILE = Path(__file__).parents[3] / "compose" / "gateway" / "Caddyfile"
TENANT = "grand-hotel"
ATTACKS = (
    "/admin/v1/tenants", "/decide", "/metrics", "/healthz", "/api/../admin/v1/tenants", "/api/..%2fadmin/v1/tenants",
    "/api/%2e%2e/admin/v1/tenants", "//admin/v1/tenants", "/API/../admin", "/api/x?/../admin", "/api/records",
)  # fmt: skip


@dataclass
class Noted:
    """What a stand-in was asked: path and headers of every request."""

    port: int = 0
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)


@contextlib.contextmanager
def standing_in(answer: dict[str, str]) -> Iterator[Noted]:
    """A server that answers every request with 200 and these headers."""
    noted = Noted()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            noted.asked.append((self.path, {name.lower(): text for name, text in self.headers.items()}))
            self.send_response(200)
            for name, text in answer.items():
                self.send_header(name, text)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        noted.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield noted
        finally:
            server.shutdown()


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Noted, Noted]]:
    """The gateway's port, and what stands behind it."""
    caddy = program("caddy", "pip install 'platformctl[demo]'")
    folder = tmp_path_factory.mktemp("gateway")
    port, balancer, ops, spans = free_ports(4)
    decided = {"X-Tenant-Id": TENANT, "X-Ratelimit-Decided": "signed"}
    with (
        standing_in(decided) as limiter,
        standing_in({"X-From": "api"}) as api,
        (folder / "log").open("wb") as log,
    ):
        environment = os.environ | {
            "GATEWAY_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "GATEWAY_BALANCER_PORT": str(balancer),
            "GATEWAY_OPS_PORT": str(ops), "GATEWAY_LIMITER": f"127.0.0.1:{limiter.port}",
            "GATEWAY_BACKEND": f"127.0.0.1:{api.port}", "GATEWAY_LOG": str(folder / "access.log"),
            "GATEWAY_BALANCERS": "127.0.0.0/8", "GATEWAY_TRACES": f"127.0.0.1:{spans}", "HOME": str(folder),
        }  # fmt: skip
        command = [caddy, "run", "--adapter", "caddyfile", "--config", str(CADDYFILE)]
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            wait_for(lambda: accepts(port), what="the gateway listens", log=folder / "log")
            yield port, limiter, api
        finally:
            stop(process)


def ask(port: int, path: str, **headers: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with contextlib.closing(connection):
        connection.request(
            "GET", path, headers={name.replace("_", "-"): text for name, text in headers.items()}
        )
        return connection.getresponse().status


def test_no_path_leads_to_the_limiters_administration(gateway: tuple[int, Noted, Noted]) -> None:
    port, limiter, _ = gateway
    for path in ATTACKS:
        ask(port, path, Authorization="Bearer guessed")
    assert limiter.asked
    assert {path.partition("?")[0] for path, _ in limiter.asked} == {"/decide"}


def test_a_tenant_cannot_say_who_it_is(gateway: tuple[int, Noted, Noted]) -> None:
    port, _, api = gateway
    api.asked.clear()
    for headers in (
        {"X_Tenant_Id": "harbour-inn"}, {"x_tenant_id": "harbour-inn", "X_Ratelimit_Decided": "forged"},
        {"Connection": "X-Tenant-Id, X-Ratelimit-Decided", "X_Tenant_Id": "harbour-inn"},
    ):  # fmt: skip
        assert ask(port, "/api/records", **headers) == 200
    assert [(of.get("x-tenant-id"), of.get("x-ratelimit-decided")) for _, of in api.asked] == [
        (TENANT, "signed")
    ] * 3
