"""The limiter in this project: limits set by the admin API hold, with Redis and without, and so does the app."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from ratelimit_setup import protect

ADMIN = {"Authorization": "Bearer the admin's token of these tests"}
TIER = {"limits": [{"name": "per-day", "quota": 3, "window_s": 86400}]}
APPLICATION = (Path(__file__).parent / "application.txt").read_text().strip()
Scenario = Callable[[httpx.AsyncClient], Awaitable[None]]


@asynccontextmanager
async def served(app: FastAPI, environment: dict[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    """The application behind the limiter, with three requests a day for each address."""
    runtime = protect(app, environment)
    await runtime.start()
    transport = httpx.ASGITransport(app=app, client=("192.0.2.7", 4711))
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
            answer = await client.put("/admin/ratelimit/tiers/anonymous", json=TIER, headers=ADMIN)
            assert answer.status_code == 200, answer.text
            async with asyncio.timeout(5):
                while not runtime.limiter.planner.snapshot.anonymous:
                    await asyncio.sleep(0.01)
            yield client
    finally:
        await runtime.close()


def run(app: FastAPI, environment: dict[str, str], scenario: Scenario) -> None:
    async def main() -> None:
        async with served(app, environment) as client:
            await scenario(client)

    asyncio.run(main())


def small() -> FastAPI:
    app = FastAPI()

    @app.get("/data")
    async def data() -> dict[str, str]:
        return {"it": "works"}

    return app


async def three_and_no_more(client: httpx.AsyncClient) -> None:
    answers = [await client.get("/data") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["x-ratelimit-remaining"] for answer in answers[:3]] == ["2", "1", "0"]
    refusal = answers[3]
    assert refusal.headers["content-type"] == "application/problem+json"
    assert refusal.json()["violated-policies"] == ["per-day"]
    assert int(refusal.headers["retry-after"]) > 0


def test_a_limit_holds_with_redis(environment: dict[str, str], redis_url: str) -> None:
    run(small(), environment | {"RATELIMIT_REDIS_URL": redis_url}, three_and_no_more)


def test_a_limit_holds_in_this_process_while_redis_is_away(environment: dict[str, str]) -> None:
    run(small(), environment, three_and_no_more)


def test_the_admin_api_is_for_admins(environment: dict[str, str]) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        answer = await client.get("/admin/ratelimit/policy", headers={"Authorization": "Bearer guess"})
        assert answer.status_code == 401

    run(small(), environment, scenario)


def test_this_projects_application_is_limited(environment: dict[str, str]) -> None:
    app = the_application()

    async def scenario(client: httpx.AsyncClient) -> None:
        answers = [await client.get("/openapi.json") for _ in range(4)]
        assert answers[0].status_code < 500
        assert [answer.status_code == 429 for answer in answers] == [False, False, False, True]

    run(app, environment, scenario)


def the_application() -> FastAPI:
    """A fresh FastAPI with the project's own routes."""
    if not APPLICATION:
        pytest.skip("no module-level FastAPI() was found here: name one in application.txt, as module:name")
    module, _, name = APPLICATION.partition(":")
    try:
        found = getattr(importlib.import_module(module), name)
    except Exception as error:
        pytest.skip(f"{APPLICATION} cannot be imported here: {type(error).__name__}: {error}")
    app = FastAPI()
    app.include_router(found.router)
    return app
