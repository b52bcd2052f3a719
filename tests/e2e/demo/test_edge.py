"""The demo behind its edge: two decision services, the gateway we ship, and what is counted of its log."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from redis import Redis
from support import demo, edge
from support.demo import Service, User
from support.edge import Gateway
from support.servers import Postgres, free_port, stop, wait_for

pytestmark = pytest.mark.e2e

TRIAL_MINUTE = 60  # requests a minute of the tier "trial" in slas/tiers.yml
TRIAL_SECOND = 10  # as many of its minute as ten seconds hold


@dataclass(frozen=True)
class Edge:
    """All parts of it."""

    api: Service
    limiters: tuple[Service, Service]
    gateway: Gateway
    counts: Service
    redis: str

    def user(self, tenant: str) -> User:
        """A user who comes through the gateway, and has not used up anybody's log-ins."""
        return User(self.gateway.as_api(self.api), demo.user_of(self.api, tenant).token)

    def counted(self, tenant: str) -> float:
        return self.counts.value("edge_requests_total", tenant=tenant)

    def expect(self, tenant: str, count: float, **labels: str) -> None:
        def found() -> float:
            return self.counts.value("edge_requests_total", tenant=tenant, **labels)

        wait_for(lambda: found() == count, what=f"{tenant} has {count} answers {labels}, not {found()}")


@pytest.fixture(scope="module")
def running(api: Service, postgres: Postgres, redis: str, folder: Path) -> Iterator[Edge]:
    with ExitStack() as stack:
        one = stack.enter_context(edge.limiter(postgres, redis, folder))
        two = stack.enter_context(edge.limiter(postgres, redis, folder))
        gateway = stack.enter_context(edge.gateway((one.address, two.address), api.address, folder))
        counts = stack.enter_context(edge.counts(gateway.log, folder))
        yield Edge(api, (one, two), gateway, counts, redis)


def last_line(running: Edge) -> dict[str, object]:
    line: dict[str, object] = json.loads(running.gateway.log.read_text().splitlines()[-1])
    return line


def test_a_tenants_budget_is_one_over_both_replicas_and_its_refusals_are_told_apart(running: Edge) -> None:
    user, neighbour = running.user("pop-up-shop"), running.user("yoga-loft")
    answers = [user.call("GET", "/records") for _ in range(TRIAL_MINUTE + 20)]
    statuses = [answer.status_code for answer in answers]
    allowed, refused = statuses.count(200), statuses.count(429)
    assert allowed + refused == len(statuses)
    assert refused >= 20
    assert allowed >= TRIAL_SECOND
    denial = next(answer for answer in answers if answer.status_code == 429)
    assert denial.headers["content-type"] == "application/problem+json"
    assert int(denial.headers["retry-after"]) >= 1
    assert "x-tenant-id" not in denial.headers
    granted = next(answer for answer in answers if answer.status_code == 200)
    assert granted.headers["ratelimit-policy"].startswith('"tenant-second";q=10;w=1')
    assert neighbour.call("GET", "/records").status_code == 200
    running.expect("pop-up-shop", allowed, status_class="2xx")
    running.expect("pop-up-shop", refused, status_class="4xx")
    assert running.counts.value("edge_requests_throttled_total", tenant="pop-up-shop") == refused
    assert running.counts.value("edge_requests_throttled_total", tenant="yoga-loft") == 0
    decided = [sum(service.value("ratelimit_decisions_total") for service in running.limiters)]
    assert min(service.value("ratelimit_decisions_total") for service in running.limiters) > 0, decided


def test_the_tenant_is_what_the_token_proves_and_nothing_of_ours_can_be_forged(running: Edge) -> None:
    user = running.user("lumiere")
    before, victim = running.counted("lumiere"), running.counted("nordwind")
    forged = {
        "x-tenant-id": "nordwind",
        "x-ratelimit-decided": "0" * 64,
        "authorization": f"Bearer {user.token}",
    }
    url = f"http://{running.gateway.http}/api/records"
    assert httpx.get(url, headers=forged, trust_env=False).status_code == 200
    broken = {"authorization": f"Bearer {user.token[:-4]}AAAA"}
    assert httpx.get(url, headers=broken, trust_env=False).status_code == 401
    running.expect("lumiere", before + 1)
    assert running.counted("nordwind") == victim
    fields = last_line(running)
    assert fields.keys() >= {"status", "duration", "tenant", "decision"}
    assert fields["request"].keys() == {"proto", "method"}, "a person can be told from the log"


def test_addresses_are_believed_from_a_balancer_only(running: Edge) -> None:
    def log_ins(door: str, address: str) -> list[int]:
        with httpx.Client(trust_env=False, headers={"x-forwarded-for": address}) as http:
            body = {"tenant": "nobody", "user": "x", "password": "x"}
            return [http.post(f"http://{door}/api/login", json=body).status_code for _ in range(12)]

    through_balancer = log_ins(running.gateway.balancer, "203.0.113.7")
    assert through_balancer == [401] * 10 + [429] * 2
    assert log_ins(running.gateway.balancer, "203.0.113.8")[0] == 401
    spoofed = log_ins(running.gateway.balancer, "198.51.100.1, 203.0.113.7")
    assert spoofed == [429] * 12, "what a client wrote before its balancer did is its own word"
    open_door = [log_ins(running.gateway.http, f"203.0.113.{number}")[-1] for number in (20, 21)]
    assert open_door == [429, 429], "at the open door it is the connection's address that counts"
    with Redis.from_url(f"redis://{running.redis}") as client:
        keys = {key.decode() for key in client.keys("rl:*")}
    assert {"rl:{ip:203.0.113.7}", "rl:{ip:203.0.113.8}", "rl:{ip:127.0.0.1}"} <= keys
    assert not [key for key in keys if "198.51.100" in key or "203.0.113.2" in key]


def test_only_the_api_is_reachable_through_the_gateway(running: Edge) -> None:
    for path in ("/faults", "/metrics", "/ready", "/admin/ratelimit/tiers", "/decide", "/api/../faults"):
        answer = httpx.get(f"http://{running.gateway.http}{path}", trust_env=False)
        assert answer.status_code == 404, path


def test_a_backend_that_is_gone_is_counted_as_the_tenants_failure(running: Edge) -> None:
    user = running.user("nordwind")
    before = running.counts.value("edge_requests_total", tenant="nordwind", status_class="5xx")
    running.api.process.send_signal(signal.SIGSTOP)
    try:  # hung: the client leaves before the gateway does
        with pytest.raises(httpx.ReadTimeout):
            headers = {"authorization": f"Bearer {user.token}"}
            url = f"http://{running.gateway.http}/api/records"
            httpx.get(url, headers=headers, trust_env=False, timeout=0.5)
    finally:
        running.api.process.send_signal(signal.SIGCONT)
    with edge_with_dead_backend(running) as gateway:
        dead = User(gateway.as_api(running.api), user.token)
        assert dead.call("GET", "/records").status_code == 502
        fields = json.loads(gateway.log.read_text().splitlines()[-1])
    assert (fields["status"], fields["tenant"]) == (502, "nordwind")
    running.expect("nordwind", before + 1, status_class="5xx")


@contextmanager
def edge_with_dead_backend(running: Edge) -> Iterator[Gateway]:
    """Another gateway that appends to the same log, before a port that nobody listens on."""
    port = free_port()
    limiters = tuple(service.address for service in running.limiters)
    with edge.gateway(limiters, f"127.0.0.1:{port}", running.gateway.log.parent) as gateway:
        yield gateway


def test_a_hung_redis_holds_no_request_up(running: Edge) -> None:
    user = running.user("grand-hotel")
    with Redis.from_url(f"redis://{running.redis}") as client:
        pid = int(client.info("server")["process_id"])
    os.kill(pid, signal.SIGSTOP)
    try:
        wait_for(lambda: fallen_back(running, user), what="both decide without Redis")
        assert user.call("GET", "/records").status_code == 200
    finally:
        os.kill(pid, signal.SIGCONT)
    wait_for(
        lambda: all(service.value("ratelimit_backend_up") == 1 for service in running.limiters),
        what="the limiters have Redis back",
    )
    assert user.call("GET", "/records").status_code == 200


def fallen_back(running: Edge, user: User) -> bool:
    """Whether both have, after each was asked once more and let the tenant through."""
    headers = {"authorization": f"Bearer {user.token}"}
    for service in running.limiters:
        assert (
            httpx.get(f"{service.url}/decide", headers=headers, trust_env=False, timeout=5).status_code == 200
        )
    return all(service.value("ratelimit_fallback_active") == 1 for service in running.limiters)


def test_services_that_were_late_once_are_asked_again_at_once(running: Edge) -> None:
    """A busy moment costs the request it hits its decision, and no other one."""
    user = running.user("lumiere")

    def decisions() -> list[str]:
        lines = map(json.loads, running.gateway.log.read_text().splitlines())
        return [line["decision"] for line in lines]

    before = len(decisions())
    pause(running, signal.SIGSTOP)
    try:
        assert user.call("GET", "/records").status_code == 200
    finally:
        pause(running, signal.SIGCONT)
    for _ in range(5):
        user.call("GET", "/records").raise_for_status()
    wait_for(lambda: len(decisions()) >= before + 6, what="all are in the log")
    assert decisions()[before:] == ["none"] + ["allowed"] * 5


def pause(running: Edge, number: signal.Signals) -> None:
    for service in running.limiters:
        service.process.send_signal(number)


def test_counting_goes_on_where_it_was_after_a_kill(running: Edge, folder: Path) -> None:
    user = running.user("iron-temple")
    before = running.counted("iron-temple")
    (folder / "again").mkdir()
    with edge.counts(running.gateway.log, folder / "again") as second:
        wait_for(
            lambda: second.value("edge_requests_total", tenant="iron-temple") == before,
            what="it has read all",
        )
        stop(second.process)
    for _ in range(5):
        user.call("GET", "/records").raise_for_status()
    running.gateway.log.rename(running.gateway.log.with_name("access-2026.log"))  # as rotation does
    with edge.counts(running.gateway.log, folder / "again") as third:
        wait_for(
            lambda: third.value("edge_requests_total", tenant="iron-temple") == before + 5,
            what="what came while nobody counted is counted once",
        )
        assert third.value("edge_log_gaps_total") == 0


def test_without_any_decision_service_requests_pass_unproven_and_that_is_counted(running: Edge) -> None:
    user = running.user("starlight")
    for service in running.limiters:
        stop(service.process)
    headers = {"authorization": f"Bearer {user.token}", "x-tenant-id": "nordwind"}
    answer = httpx.get(f"http://{running.gateway.http}/api/records", headers=headers, trust_env=False)
    assert answer.status_code == 200
    posted = User(running.gateway.as_api(running.api), user.token).call(
        "POST", "/records", {"kind": "booking", "payload": "kept whole", "amount_cents": 1}
    )
    assert posted.status_code == 201
    wait_for(lambda: running.counts.value("edge_requests_undecided_total") >= 2, what="both are counted")
