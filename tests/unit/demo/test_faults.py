"""Switches hit whom they aim at, as often as they say, and obey this machine only."""

from __future__ import annotations

import asyncio
import ipaddress

import httpx
import pytest
from demo.faults import AuthFailures, Errors, Faults, SlowQuery, router
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException


@given(st.integers(1, 100), st.integers(1, 200))
def test_a_ratio_is_met_exactly(percent: int, requests: int) -> None:
    faults = Faults()
    faults.set("slow-query", SlowQuery(seconds=1, ratio=percent / 100))
    hit = sum(faults.query_seconds(route="/r", tenant="t") > 0 for _ in range(requests))
    assert hit == requests * percent // 100


def test_requests_of_others_do_not_use_up_the_ratio() -> None:
    faults = Faults()
    faults.set("auth-failures", AuthFailures(tenant="lumiere"))
    assert not faults.refuses_login(tenant="nordwind")
    assert faults.refuses_login(tenant="lumiere")


def test_a_route_narrows_the_errors() -> None:
    faults = Faults()
    faults.set("errors", Errors(route="/api/records", code=502))
    asyncio.run(faults.strike(route="/api/exports", tenant="t"))
    with pytest.raises(HTTPException) as raised:
        asyncio.run(faults.strike(route="/api/records", tenant="t"))
    assert raised.value.status_code == 502


def test_nothing_is_hit_after_the_reset() -> None:
    faults = Faults()
    faults.set("errors", Errors())
    faults.reset("errors")
    asyncio.run(faults.strike(route="/r", tenant="t"))
    assert faults.on == {}


@pytest.mark.parametrize(("client", "status"), [("127.0.0.1", 200), ("::1", 200), ("192.0.2.7", 403)])
def test_faults_are_switched_from_the_loopback_only(client: str, status: int) -> None:
    faults, app = Faults(), FastAPI()
    loopback = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
    app.include_router(router(faults, loopback))

    async def switch() -> int:
        transport = httpx.ASGITransport(app, client=(client, 40000))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            return (await http.put("/faults/errors", json={})).status_code

    assert asyncio.run(switch()) == status
    assert faults.is_on("errors") == (status == 200)
