"""The middleware tells routes and tenants apart, whatever clients send and however requests end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from prometheus_client.parser import text_string_to_metric_families

from platform_telemetry import contract, http, request
from platform_telemetry.contract import Group
from platform_telemetry.instruments import Instruments

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


class Watched:
    """An application behind the middleware, and what it counted."""

    def __init__(self) -> None:
        self.instruments = Instruments(contract.metrics_of((Group.HTTP, Group.RUNTIME)))
        self.app = FastAPI()
        router, mounted = APIRouter(prefix="/things"), FastAPI()

        @router.get("/{thing}")
        async def get(thing: str) -> str:
            request.bind_tenant("grand-hotel")
            return thing

        @router.get("/{thing}/broken")
        async def broken(thing: str) -> str:
            raise RuntimeError(thing)

        @self.app.get("/threaded")
        def threaded() -> str:
            request.bind_tenant("lumiere")
            return "from a thread"

        @mounted.get("/inner/{thing}")
        async def inner(thing: str) -> str:
            return thing

        @self.app.get("/slow")
        async def slow() -> None:
            await asyncio.sleep(60)

        self.app.include_router(router, prefix="/v1")
        self.app.mount("/sub", mounted)
        self.app.add_middleware(http.TelemetryMiddleware, instruments=self.instruments)
        self.app.add_route("/metrics", http.metrics_endpoint(self.instruments))

    @asynccontextmanager
    async def client(self) -> AsyncIterator[httpx.AsyncClient]:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield client

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.ask("GET", path, **headers)

    def ask(self, method: str, path: str, **headers: str) -> httpx.Response:
        async def send() -> httpx.Response:
            async with self.client() as client:
                return await client.request(method, path, headers=headers)

        return asyncio.run(send())

    def requests(self) -> dict[tuple[str, ...], float]:
        return self._samples(contract.HTTP_REQUESTS.name, contract.HTTP_REQUESTS.labels)

    def tenant_requests(self) -> dict[tuple[str, ...], float]:
        shown = self._samples(contract.TENANT_REQUESTS.name, contract.TENANT_REQUESTS.labels)
        return {labels: count for labels, count in shown.items() if count}

    def in_flight(self, route: str) -> float:
        return self._samples(contract.HTTP_IN_FLIGHT.name, ("route",))[(route,)]

    def _samples(self, name: str, labels: tuple[str, ...]) -> dict[tuple[str, ...], float]:
        families = text_string_to_metric_families(self.instruments.text())
        return {
            tuple(sample.labels[label] for label in labels): sample.value
            for family in families
            for sample in family.samples
            if sample.name == name
        }


@pytest.fixture
def watched() -> Watched:
    return Watched()


def test_a_route_is_its_template_with_every_prefix(watched: Watched) -> None:
    watched.get("/v1/things/7")
    watched.get("/v1/things/8")
    watched.get("/sub/inner/9")
    assert watched.requests() == {
        ("/v1/things/{thing}", "GET", "200"): 2,
        ("/sub/inner/{thing}", "GET", "200"): 1,
    }


def test_paths_that_nobody_serves_share_one_route(watched: Watched) -> None:
    for path in ("/a", "/b", "/wp-login.php"):
        watched.get(path)
    assert watched.requests() == {("unmatched", "GET", "404"): 3}


def test_an_invented_method_makes_no_series_of_its_own(watched: Watched) -> None:
    watched.ask("BREW", "/v1/things/7")
    watched.ask("BREW2", "/v1/things/7")
    assert watched.requests() == {("/v1/things/{thing}", "OTHER", "405"): 2}


def test_an_exception_is_a_server_error(watched: Watched) -> None:
    assert watched.get("/v1/things/7/broken").status_code == 500
    assert watched.requests() == {("/v1/things/{thing}/broken", "GET", "500"): 1}


def test_a_client_that_goes_away_is_counted_and_no_longer_in_flight(watched: Watched) -> None:
    async def leave() -> None:
        async with watched.client() as client:
            task = asyncio.create_task(client.get("/slow"))
            while not watched.instruments.text().count('in_flight{route="/slow"} 1'):
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(leave())
    assert watched.requests() == {("/slow", "GET", "499"): 1}
    assert watched.in_flight("/slow") == 0


def test_a_request_counts_for_the_tenant_that_was_verified(watched: Watched) -> None:
    watched.get("/v1/things/7", **{"x-tenant": "somebody-else"})
    watched.get("/threaded")
    watched.get("/nowhere", **{"x-tenant": "somebody-else"})
    assert watched.tenant_requests() == {("grand-hotel", "2xx"): 1, ("lumiere", "2xx"): 1}


def test_scrapes_and_probes_are_not_the_services_work(watched: Watched) -> None:
    assert watched.get("/metrics").headers["content-type"] == http.CONTENT_TYPE
    watched.get("/live")
    assert watched.requests() == {}


@pytest.mark.parametrize("sent", ["short", "has space in it", "x" * 65, 'quote"quote"'])
def test_a_request_id_that_is_not_one_is_replaced(watched: Watched, sent: str) -> None:
    answered = watched.get("/v1/things/7", **{"x-request-id": sent}).headers["x-request-id"]
    assert answered != sent
    assert len(answered) == 16


def test_a_good_request_id_is_kept(watched: Watched) -> None:
    assert (
        watched.get("/nowhere", **{"x-request-id": "edge-12345678"}).headers["x-request-id"]
        == "edge-12345678"
    )


@pytest.mark.parametrize(
    ("header", "kept"),
    [(f"00-{TRACE}-00f067aa0ba902b7-01", True), (f"00-{TRACE}", False), ("garbage", False)],
)
def test_a_trace_is_continued_when_its_header_is_valid(header: str, kept: bool) -> None:
    record = request.begin({"type": "http", "headers": [(b"traceparent", header.encode())]})
    assert (record.trace_id == TRACE) is kept
    assert len(record.trace_id) == 32


def test_more_routes_than_the_limit_are_counted_as_overflow() -> None:
    instruments = Instruments(contract.metrics_of((Group.HTTP,)))
    app = FastAPI()
    for number in range(contract.ROUTE_LIMIT + 5):
        app.add_api_route(f"/r{number}", lambda: "here", methods=["GET"])
    app.add_middleware(http.TelemetryMiddleware, instruments=instruments)

    async def visit_all() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            for number in range(contract.ROUTE_LIMIT + 5):
                await client.get(f"/r{number}")

    asyncio.run(visit_all())
    assert (
        f'{contract.HTTP_REQUESTS.name}{{route="overflow",method="GET",code="200"}} 6' in instruments.text()
    )


def test_the_access_log_gets_the_record_and_the_time() -> None:
    lines: list[tuple[str, int, float]] = []
    write: Callable[[request.RequestRecord, float], None] = lambda record, duration_s: lines.append(  # noqa: E731
        (record.route, record.status, duration_s)
    )
    app = FastAPI()
    app.add_middleware(
        http.TelemetryMiddleware,
        instruments=Instruments(contract.metrics_of((Group.HTTP,))),
        access_log=write,
    )

    async def visit() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            await client.get("/nowhere")

    asyncio.run(visit())
    [(route, status, duration_s)] = lines
    assert (route, status) == ("unmatched", 404)
    assert duration_s > 0
