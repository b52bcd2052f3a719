"""One request through the gateway is one trace, over the gateway, FastAPI, SQL and Redis."""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from support import demo, edge, servers, traces
from support.demo import Service
from support.edge import Gateway
from support.servers import wait_for
from support.traces import Collector

pytestmark = pytest.mark.e2e


@dataclass(frozen=True)
class Platform:
    api: Service
    gateway: Gateway
    collector: Collector
    flags: Path

    def ask(self, tenant: str, request_id: str, *, door: str = "", **headers: str) -> httpx.Response:
        """A tenant's user reads the records, through the gateway unless another door is named."""
        token = demo.user_of(self.api, tenant).token
        given = {"authorization": f"Bearer {token}", "x-request-id": request_id, **headers}
        return httpx.get(f"http://{door or self.gateway.http}/api/records", headers=given, trust_env=False)

    def traces_of(self, request_id: str) -> list[dict[str, str]]:
        query = f'{{ span.request.id = "{request_id}" }}'
        found: list[dict[str, str]] = self.collector.get("/api/search", q=query).json()["traces"]
        return found

    def spans(self, trace_id: str) -> list[dict[str, str]]:
        """The spans of a trace, each with its service, name, id and parent."""
        batches = self.collector.get(f"/api/traces/{trace_id}").json()["batches"]
        return [
            {
                "service": _attributes(batch["resource"])["service.name"],
                "name": span["name"],
                "id": b64decode(span["spanId"]).hex(),
                "parent": b64decode(span.get("parentSpanId", "")).hex(),
                **_attributes(span),
            }
            for batch in batches
            for scope in batch["scopeSpans"]
            for span in scope["spans"]
        ]


def _attributes(holder: dict[str, list[dict[str, object]]]) -> dict[str, str]:
    return {a["key"]: str(next(iter(a["value"].values()))) for a in holder.get("attributes", [])}


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    folder = tmp_path_factory.mktemp("traced")
    flags = folder / "telemetry.json"
    with ExitStack() as stack:
        postgres = stack.enter_context(servers.postgres())
        redis = stack.enter_context(servers.redis())
        collector = stack.enter_context(traces.collector(folder))
        told = {"DEMO_TRACES": collector.endpoint, "DEMO_TELEMETRY_FLAGS": str(flags)}
        api = stack.enter_context(demo.ready_api(postgres, redis, folder, **told))
        limiter = stack.enter_context(edge.limiter(postgres, redis, folder))
        gateway = stack.enter_context(
            edge.gateway((limiter.address,), api.address, folder, traces=collector.endpoint)
        )
        yield Platform(api, gateway, collector, flags)


def test_a_request_is_one_trace_from_the_gateway_to_redis(platform: Platform) -> None:
    assert platform.ask("grand-hotel", "complaint-0001").status_code == 200
    wait_for(lambda: len(platform.traces_of("complaint-0001")) == 1, what="the trace has arrived")
    [found] = platform.traces_of("complaint-0001")
    wait_for(
        lambda: (
            {"gateway", "demo-api"} <= {s["service"] for s in platform.spans(found["traceID"])}
            and any(s["name"] == "GET /api/records" for s in platform.spans(found["traceID"]))
        ),
        what="the spans of the gateway and of the request have come",
    )
    spans = platform.spans(found["traceID"])
    by_id = {span["id"]: span for span in spans}
    [root] = [span for span in spans if span["parent"] not in by_id]
    assert (root["service"], root["name"]) == ("gateway", "GET gateway")
    assert (root["tenant.id"], root["ratelimit.outcome"]) == ("grand-hotel", "allowed")
    [request] = [span for span in spans if span["name"] == "GET /api/records"]
    assert by_id[request["parent"]] is root
    assert (request["tenant.id"], request["request.id"]) == ("grand-hotel", "complaint-0001")
    below = [span for span in spans if span["parent"] == request["id"]]
    assert {span["db.system.name"] for span in below} == {"postgresql", "redis"}
    assert not [span for span in below if "grand-hotel" in span.get("db.query.text", "")]
    lines = [
        json.loads(line) for line in platform.api.log.read_text().splitlines() if "complaint-0001" in line
    ]
    assert {line["trace_id"] for line in lines} == {found["traceID"]}
    logged = [json.loads(line) for line in platform.gateway.log.read_text().splitlines()]
    assert found["traceID"] in {line.get("traceID") for line in logged}


def test_the_command_shows_the_way_of_a_request(platform: Platform) -> None:
    platform.ask("alpenblick", "shown-to-support").raise_for_status()
    parts = ("gateway", "GET /api/records", "tenant.id=alpenblick", "select postgresql", "GET  ")
    wait_for(
        lambda: all(part in told(platform, "shown-to-support") for part in parts),
        what=f"the command shows {', '.join(parts)}",
    )
    document = json.loads(told(platform, "shown-to-support", "--json"))
    [root] = [span for span in document[0]["spans"] if span["depth"] == 0]
    assert root["service"] == "gateway"
    assert {span["depth"] for span in document[0]["spans"]} == {0, 1, 2}


def told(platform: Platform, *words: str) -> str:
    """What ``platformctl trace`` prints."""
    command = [sys.executable, "-c", "from platformctl_cli.main import main; main()", "trace"]
    done = subprocess.run(
        [*command, *words, "--store", platform.collector.http], capture_output=True, text=True, check=False
    )
    return done.stdout


def test_a_strangers_trace_is_not_continued(platform: Platform) -> None:
    claimed = "4bf92f3577b34da6a3ce929d0e0e4736"
    parent = f"00-{claimed}-00f067aa0ba902b7-01"
    platform.ask("lumiere", "stranger-0001", traceparent=parent)
    platform.ask("lumiere", "frontend-0001", door=platform.gateway.balancer, traceparent=parent)
    wait_for(
        lambda: bool(platform.traces_of("stranger-0001")) and bool(platform.traces_of("frontend-0001")),
        what="both traces have arrived",
    )
    assert platform.traces_of("stranger-0001")[0]["traceID"] != claimed
    assert platform.traces_of("frontend-0001")[0]["traceID"] == claimed


def test_the_exposition_shows_a_trace_as_the_example_of_a_bucket(platform: Platform) -> None:
    platform.ask("nordwind", "exemplar-0001").raise_for_status()
    wait_for(lambda: bool(platform.traces_of("exemplar-0001")), what="the trace has arrived")
    wanted = {"accept": "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"}
    answer = httpx.get(f"{platform.api.url}/metrics", headers=wanted, trust_env=False)
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    [trace] = platform.traces_of("exemplar-0001")
    examples = [line for line in answer.text.splitlines() if trace["traceID"] in line]
    assert any(
        line.startswith('tenant_request_duration_seconds_bucket{tenant="nordwind"') for line in examples
    )
    assert answer.text.endswith("# EOF\n")


def test_tracing_is_switched_by_segment_while_it_runs(platform: Platform) -> None:
    platform.flags.write_text('{"tracing": {"percent": 0, "segments": {"gyms": "on"}}}')
    try:
        wait_for(lambda: _switched_off(platform), what="hotels are no longer traced")
        assert platform.ask("iron-temple", "gym-00000001").status_code == 200
        wait_for(lambda: bool(platform.traces_of("gym-00000001")), what="gyms are")
    finally:
        platform.flags.unlink()
    assert platform.ask("grand-hotel", "hotel-is-back").status_code == 200
    wait_for(
        lambda: bool(platform.traces_of("hotel-is-back")) or not platform.ask("grand-hotel", "hotel-is-back"),
        what="without the file everybody is traced",
    )


def _switched_off(platform: Platform) -> bool:
    platform.ask("grand-hotel", "hotel-off-001").raise_for_status()
    return "telemetry flags are read" in platform.api.log.read_text()
