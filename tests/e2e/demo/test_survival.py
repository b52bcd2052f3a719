"""The demo starts, stops and comes back as a service in production does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from support import demo, servers
from support.demo import LOGIN_KEY, Service
from support.servers import Postgres, free_port, wait_for

pytestmark = pytest.mark.e2e


@pytest.fixture
def cluster() -> Iterator[Postgres]:
    with servers.postgres_cluster() as made:
        yield made


def test_it_waits_for_a_database_that_comes_up_later(cluster: Postgres, redis: str, tmp_path: Path) -> None:
    with demo.api(cluster, redis, tmp_path) as api:
        assert not api.answers("/ready")
        assert demo.log_in(api, "lumiere").status_code == 503
        with cluster.running():
            wait_for(lambda: api.answers("/ready"), what="the API becomes ready", log=api.log)
            assert demo.log_in(api, "lumiere").status_code == 200


def test_it_recovers_when_the_database_is_restarted(cluster: Postgres, redis: str, tmp_path: Path) -> None:
    with demo.api(cluster, redis, tmp_path) as api:
        with cluster.running():
            wait_for(lambda: api.answers("/ready"), what="the API becomes ready", log=api.log)
            user = demo.user_of(api, "lumiere")
        wait_for(lambda: not api.answers("/ready"), what="the API is unready without its database")
        assert user.call("POST", "/exports").status_code == 503
        with cluster.running():
            wait_for(lambda: api.answers("/ready"), what="the API is ready again", log=api.log)
            assert user.call("POST", "/exports").is_success


def test_a_restart_keeps_the_data_and_a_tier_that_was_changed(
    postgres: Postgres, redis: str, tmp_path: Path
) -> None:
    body = {"kind": "booking", "payload": "sea view", "amount_cents": 12_000}
    with demo.ready_api(postgres, redis, tmp_path) as api:
        user = demo.user_of(api, "harbour-inn")
        record = user.call("POST", "/records", body).json()["id"]
        user.call("PUT", "/billing/tier", {"tier": "silver"}).raise_for_status()
    with demo.ready_api(postgres, redis, tmp_path) as api:
        again = demo.user_of(api, "harbour-inn").call("GET", f"/records/{record}")
        assert again.json() == {"id": record, **body}
        assert api.value("tenant_info", tenant="harbour-inn", tier="silver") == 1
        assert api.value("tenant_info", tenant="harbour-inn") == 1


def test_a_new_registry_moves_tiers_and_retires_tenants(
    postgres: Postgres, redis: str, tmp_path: Path
) -> None:
    with demo.ready_api(postgres, redis, tmp_path):
        pass
    document = json.loads(demo.registry_file(tmp_path).read_text())
    document["tenants"] = [t for t in document["tenants"] if t["id"] != "starlight"]
    for tenant in document["tenants"]:
        if tenant["id"] == "clearbooks":
            tenant["tier"] = "gold"
    other = tmp_path / "other.json"
    other.write_text(json.dumps(document))
    with demo.ready_api(postgres, redis, tmp_path, registry=other) as api:
        assert api.value("tenant_info", tenant="clearbooks", tier="gold") == 1
        assert api.value("tenant_info", tenant="starlight") == 0
        assert demo.log_in(api, "starlight").status_code == 401


def test_two_can_start_at_once_on_an_empty_database(cluster: Postgres, redis: str, tmp_path: Path) -> None:
    with (
        cluster.running(),
        demo.api(cluster, redis, tmp_path) as one,
        demo.api(cluster, redis, tmp_path) as two,
    ):
        for api in (one, two):
            wait_for(lambda api=api: api.answers("/ready"), what="both are ready", log=api.log)


def test_the_generator_goes_on_when_the_api_comes_back(
    postgres: Postgres, redis: str, tmp_path: Path
) -> None:
    port = free_port()
    with demo.traffic(f"127.0.0.1:{port}", tmp_path, rate=20) as traffic:
        wait_for(
            lambda: traffic.value("traffic_requests_total", outcome="no_answer") > 3, what="nobody answers"
        )
        assert traffic.answers("/ready")
        with demo.ready_api(postgres, redis, tmp_path, port=port):
            wait_for(
                lambda: traffic.value("traffic_journeys_total", outcome="completed") > 3,
                what="journeys are completed",
                log=traffic.log,
            )


def test_a_tenant_cannot_see_the_records_of_another(api: Service) -> None:
    body = {"kind": "deal", "payload": "ours alone", "amount_cents": 1}
    record = demo.user_of(api, "nordwind").call("POST", "/records", body).json()["id"]
    stranger = demo.user_of(api, "clearbooks")
    assert stranger.call("GET", f"/records/{record}").status_code == 404
    assert stranger.call("PUT", f"/records/{record}", body).status_code == 404


def test_secrets_are_in_no_environment_argument_or_log(api: Service, postgres: Postgres) -> None:
    process = Path(f"/proc/{api.process.pid}")
    seen = (process / "environ").read_bytes() + (process / "cmdline").read_bytes() + api.log.read_bytes()
    assert postgres.password.encode() not in seen
    assert LOGIN_KEY.encode() not in seen


def test_a_log_line_names_the_tenant_the_request_and_the_trace(api: Service) -> None:
    user = demo.user_of(api, "lumiere")
    request_id = user.call("GET", "/records").headers["x-request-id"]

    def lines() -> list[dict[str, object]]:
        return [json.loads(line) for line in api.log.read_text().splitlines()]

    wait_for(lambda: any(line.get("request_id") == request_id for line in lines()), what="the line is there")
    line = next(line for line in lines() if line.get("request_id") == request_id)
    assert (line["tenant"], line["route"], line["code"], line["service"]) == (
        "lumiere", "/api/records", 200, "demo-api",
    )  # fmt: skip
    assert len(str(line["trace_id"])) == 32


class _Empty(BaseHTTPRequestHandler):
    """A proxy before its rules are there: 200, and nothing in it."""

    def do_POST(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


def test_the_traffic_plays_on_through_answers_that_say_nothing(tmp_path: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Empty) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with demo.traffic(f"127.0.0.1:{server.server_port}", tmp_path, rate=40) as traffic:
            unanswered = partial(traffic.value, "traffic_requests_total", outcome="no_answer")
            wait_for(lambda: unanswered() > 20, what="it asks on", log=traffic.log)
            assert traffic.answers("/ready")
        server.shutdown()
