"""Each switch breaks something for real, and the metrics show it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from support import demo
from support.demo import Service
from support.servers import wait_for

pytestmark = pytest.mark.e2e

LIST = "/api/records"


def test_a_hung_request_shows_in_its_age_before_it_shows_in_the_histogram(api: Service) -> None:
    user = demo.user_of(api, "lumiere")
    user.call("GET", "/records").raise_for_status()
    before = api.value("http_request_duration_seconds_count", route=LIST)
    with (
        ThreadPoolExecutor(1) as threads,
        demo.fault(api, "latency", seconds=2, route=LIST, tenant="lumiere"),
    ):
        answer = threads.submit(user.call, "GET", "/records")
        wait_for(
            lambda: api.value("http_oldest_request_in_flight_age_seconds", route=LIST) > 1,
            what="the age of the hung request passes a second",
        )
        assert api.value("http_requests_in_flight", route=LIST) == 1
        assert api.value("http_request_duration_seconds_count", route=LIST) == before
        assert answer.result().status_code == 200
    assert api.value("http_request_duration_seconds_count", route=LIST) == before + 1
    within_a_second = api.value("http_request_duration_seconds_bucket", route=LIST, le="1.0")
    assert 0 < within_a_second <= before


def test_three_of_ten_requests_fail_at_a_ratio_of_three_tenths(api: Service) -> None:
    user = demo.user_of(api, "nordwind")
    user.call("GET", "/records")
    before = api.value("tenant_requests_total", tenant="nordwind", status_class="5xx")
    with demo.fault(api, "errors", ratio=0.3, tenant="nordwind"):
        codes = [user.call("GET", "/records").status_code for _ in range(10)]
    assert sorted(codes) == [200] * 7 + [500] * 3
    after = api.value("tenant_requests_total", tenant="nordwind", status_class="5xx")
    assert after - before == 3
    assert api.value("http_requests_total", route=LIST, code="500") == 3


def test_errors_aimed_at_one_tenant_spare_the_others(api: Service) -> None:
    spared = demo.user_of(api, "starlight")
    with demo.fault(api, "errors", tenant="nordwind"):
        assert spared.call("GET", "/records").status_code == 200


def test_auth_failures_refuse_the_right_password(api: Service) -> None:
    demo.user_of(api, "fitfabrik")
    before = api.value("auth_attempts_total", tenant="fitfabrik", outcome="failure")
    with demo.fault(api, "auth-failures", tenant="fitfabrik"):
        assert demo.log_in(api, "fitfabrik").status_code == 401
        assert demo.log_in(api, "lumiere").status_code == 200
    assert api.value("auth_attempts_total", tenant="fitfabrik", outcome="failure") == before + 1


def test_a_slow_query_is_slow_in_the_database(api: Service) -> None:
    user = demo.user_of(api, "alpenblick")
    slow = api.value("db_slow_queries_total", operation="select")
    spent = api.value("db_query_duration_seconds_sum", operation="select")
    with demo.fault(api, "slow-query", seconds=0.7, tenant="alpenblick"):
        user.call("GET", "/flags/ai_summary").raise_for_status()
    assert api.value("db_slow_queries_total", operation="select") == slow + 1
    assert api.value("db_query_duration_seconds_sum", operation="select") - spent >= 0.7


def test_an_exhausted_pool_is_full_and_turns_requests_away(api: Service) -> None:
    user = demo.user_of(api, "clearbooks")
    before = api.value("db_errors_total", kind="pool_timeout")
    with demo.fault(api, "pool-exhaustion"):
        wait_for(
            lambda: api.value("db_pool_connections_in_use") == api.value("db_pool_connections_max") == 10,
            what="the pool is in full use",
        )
        assert user.call("GET", "/records").status_code == 503
    assert api.value("db_errors_total", kind="pool_timeout") > before
    wait_for(lambda: user.call("GET", "/records").is_success, what="the API recovers")


def test_a_database_that_is_down_makes_the_api_unready_but_leaves_it_alive(api: Service) -> None:
    user = demo.user_of(api, "marktplatz")
    before = api.value("db_errors_total", kind="connection")
    with demo.fault(api, "database-down"):
        assert user.call("POST", "/exports").status_code == 503
        assert not api.answers("/ready")
        assert api.answers("/live")
    assert api.value("db_errors_total", kind="connection") > before
    assert user.call("POST", "/exports").is_success
    assert api.answers("/ready")


def test_without_redis_the_api_goes_on_and_tells_so(api: Service) -> None:
    user = demo.user_of(api, "greengrocer")
    before = api.value("redis_client_commands_total", command="get", outcome="error")
    with demo.fault(api, "redis-down"):
        assert user.call("GET", "/records").is_success
        ready = httpx.get(f"{api.url}/ready", trust_env=False)
    assert ready.status_code == 200
    assert ready.json() == {"prepared": True, "database": True, "cache": False}
    assert api.value("redis_client_commands_total", command="get", outcome="error") > before
    assert api.value("cache_lookups_total", result="error") > 0


def test_a_flood_is_traffic_of_one_tenant(api: Service, folder: Path) -> None:
    with demo.traffic(api.address, folder, rate=0.5):
        before = api.value("tenant_requests_total", tenant="pop-up-shop")
        others = api.value("tenant_requests_total") - before
        with demo.fault(api, "flood", tenant="pop-up-shop", requests_per_second=60):
            wait_for(
                lambda: api.value("tenant_requests_total", tenant="pop-up-shop") - before > 60,
                what="the flooded tenant has 60 requests more",
            )
        flood = api.value("tenant_requests_total", tenant="pop-up-shop") - before
        rest = api.value("tenant_requests_total") - others - before - flood
    assert rest < flood / 2


def test_a_switch_is_listed_published_and_gone_after_its_reset(api: Service) -> None:
    def listed() -> object:
        return httpx.get(f"{api.url}/faults", trust_env=False).json()["latency"]

    with demo.fault(api, "latency", seconds=0.01):
        assert listed() == {"seconds": 0.01, "ratio": 1.0, "route": "", "tenant": ""}
        assert api.value("demo_fault_active", fault="latency") == 1
    assert listed() is None
    assert api.value("demo_fault_active", fault="latency") == 0


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("latency", {"seconds": 100_000}),
        ("errors", {"ratio": 7}),
        ("errors", {"code": 200}),
        ("flood", {"tenant": "lumiere", "requests_per_second": 1_000_000}),
        ("errors", {"percent": 3}),
        ("no-such-switch", {}),
    ],
)
def test_a_switch_that_makes_no_sense_is_refused(api: Service, name: str, body: dict[str, object]) -> None:
    assert httpx.put(f"{api.url}/faults/{name}", json=body, trust_env=False).status_code == 422
