"""The telemetry works in this project: on an application of its own, and on yours once it is wired up."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from platform_telemetry import contract, request
from platform_telemetry.application import Telemetry, settings_from

HERE = Path(__file__).parent


def telemetry(**environment: str) -> Telemetry:
    """Telemetry as its variables describe it."""
    return Telemetry(settings_from(environment, service="tested"))


def client_of(watched: Telemetry) -> TestClient:
    """A client of a small application that is watched."""
    app = FastAPI(telemetry=watched.fastapi_options())
    watched.install(app)

    @app.get("/things/{thing}")
    async def get(thing: str) -> str:
        request.bind_tenant("lumiere")
        return thing

    return TestClient(app, raise_server_exceptions=False)


def test_requests_are_counted_by_route_and_by_tenant() -> None:
    client = client_of(telemetry())
    for thing in ("a", "b"):
        assert client.get(f"/things/{thing}").headers["x-request-id"]
    shown = client.get("/metrics").text
    assert 'http_requests_total{route="/things/{thing}",method="GET",code="200"} 2' in shown
    assert 'tenant_requests_total{tenant="lumiere",status_class="2xx"} 2' in shown


def test_every_metric_of_the_catalogue_that_is_published_is_described() -> None:
    shown = client_of(telemetry()).get("/metrics").text
    for spec in (contract.HTTP_REQUESTS, contract.TOOL_RUNS, contract.BUILD_INFO):
        assert f"# TYPE {spec.name} " in shown


def test_a_log_line_names_the_request_and_its_tenant(capsys: pytest.CaptureFixture[str]) -> None:
    client_of(telemetry()).get("/things/a", headers={"x-request-id": "tested-0001"})
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    assert {"lumiere"} == {line["tenant"] for line in lines if line.get("request_id") == "tested-0001"}


def test_counting_is_switched_by_a_file(tmp_path: Path) -> None:
    flags = tmp_path / "flags.json"
    flags.write_text('{"metrics": "off"}')
    client = client_of(telemetry(TELEMETRY_FLAGS=str(flags)))
    client.get("/things/a")
    assert 'tenant="lumiere"' not in client.get("/metrics").text


def test_this_projects_application_is_wired_up() -> None:
    named = (HERE / "application.txt").read_text().strip()
    if not named:
        pytest.skip("write MODULE:NAME of the application into application.txt")
    module, _, name = named.partition(":")
    app: FastAPI = getattr(importlib.import_module(module), name)
    if not any(getattr(route, "path", "") == "/metrics" for route in app.routes):
        pytest.skip(f"{named} does not call telemetry_setup.instrument yet")
    shown = TestClient(app).get("/metrics").text
    assert f"# TYPE {contract.HTTP_DURATION.name} histogram" in shown
