"""Switches that break the demo for real; see README.md for what each one does."""

from __future__ import annotations

import asyncio
import ipaddress
from collections import defaultdict
from typing import Annotated, Final, Literal, TypeAlias

from fastapi import APIRouter, Body, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException as StarletteHTTPException

from demo.settings import Network

Ratio: TypeAlias = Annotated[float, Field(gt=0, le=1)]
Seconds: TypeAlias = Annotated[float, Field(gt=0, le=120)]


class _Switch(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Aimed(_Switch):
    """Hits a share of the requests; all of them, or those of one route template or of one tenant."""

    ratio: Ratio = 1.0
    route: str = ""
    tenant: str = ""

    def hits(self, *, route: str, tenant: str) -> bool:
        return self.route in ("", route) and self.tenant in ("", tenant)


class Latency(_Aimed):
    """Requests wait before they are answered."""

    seconds: Seconds


class Errors(_Aimed):
    """Requests fail with a server error."""

    code: Annotated[int, Field(ge=500, le=599)] = 500


class AuthFailures(_Aimed):
    """Correct passwords are refused."""


class SlowQuery(_Aimed):
    """A statement of the request takes that long in PostgreSQL (``pg_sleep``)."""

    seconds: Seconds


class Flood(_Switch):
    """The traffic generator sends so many requests more per second for one tenant."""

    tenant: str
    requests_per_second: Annotated[float, Field(gt=0, le=200)]


class PoolExhaustion(_Switch):
    """So many connections of the pool are held by nobody in particular."""

    connections: Annotated[int, Field(ge=1, le=100)] = 100


class DatabaseDown(_Switch):
    """The database's address is a closed port."""


class RedisDown(_Switch):
    """The cache's address is a closed port."""


Switch: TypeAlias = (
    Latency | Errors | AuthFailures | SlowQuery | Flood | PoolExhaustion | DatabaseDown | RedisDown
)
FaultName: TypeAlias = Literal[
    "latency",
    "errors",
    "auth-failures",
    "slow-query",
    "flood",
    "pool-exhaustion",
    "database-down",
    "redis-down",
]
SWITCHES: Final[dict[FaultName, type[Switch]]] = {
    "latency": Latency,
    "errors": Errors,
    "auth-failures": AuthFailures,
    "slow-query": SlowQuery,
    "flood": Flood,
    "pool-exhaustion": PoolExhaustion,
    "database-down": DatabaseDown,
    "redis-down": RedisDown,
}


class Faults:
    """The switches that are on. A ratio is met exactly: of ten requests at 0.3, three are hit."""

    def __init__(self) -> None:
        self._on: dict[FaultName, Switch] = {}
        self._credit: defaultdict[FaultName, float] = defaultdict(float)

    @property
    def on(self) -> dict[FaultName, Switch]:
        """What is on, by name."""
        return dict(self._on)

    def set(self, name: FaultName, switch: Switch) -> None:
        """Switch on, or change what is on."""
        self._on[name] = switch
        self._credit[name] = 0.0

    def reset(self, name: FaultName) -> None:
        """Switch off."""
        self._on.pop(name, None)

    def is_on(self, name: FaultName) -> bool:
        """Whether the switch is on."""
        return name in self._on

    def readings(self) -> dict[tuple[str, ...], float]:
        """Every switch, 1 or 0."""
        return {(name,): float(name in self._on) for name in SWITCHES}

    async def strike(self, *, route: str, tenant: str) -> None:
        """Let a request wait or fail, if it is one of those that a switch aims at."""
        latency = self._on.get("latency")
        if isinstance(latency, Latency) and self._due("latency", latency, route, tenant):
            await asyncio.sleep(latency.seconds)
        errors = self._on.get("errors")
        if isinstance(errors, Errors) and self._due("errors", errors, route, tenant):
            raise StarletteHTTPException(errors.code, "broken by the switch 'errors'")

    def query_seconds(self, *, route: str, tenant: str) -> float:
        """How long a statement of this request must take; 0 for not at all."""
        slow = self._on.get("slow-query")
        if isinstance(slow, SlowQuery) and self._due("slow-query", slow, route, tenant):
            return slow.seconds
        return 0.0

    def refuses_login(self, *, tenant: str) -> bool:
        """Whether a correct password is refused."""
        switch = self._on.get("auth-failures")
        return isinstance(switch, AuthFailures) and self._due("auth-failures", switch, "", tenant)

    def _due(self, name: FaultName, switch: _Aimed, route: str, tenant: str) -> bool:
        if not switch.hits(route=route or switch.route, tenant=tenant):
            return False
        self._credit[name] += switch.ratio
        if self._credit[name] < 1 - 1e-9:
            return False
        self._credit[name] -= 1
        return True


def router(faults: Faults, admins: tuple[Network, ...]) -> APIRouter:
    """GET /faults, PUT and DELETE /faults/{name}; only from the networks of `admins`."""
    api = APIRouter()

    def admit(request: Request) -> None:
        client = ipaddress.ip_address(request.client.host) if request.client else None
        if client is None or not any(client in network for network in admins):
            raise HTTPException(403, "faults are switched from this machine only")

    @api.get("/faults")
    async def list_faults(request: Request) -> dict[str, dict[str, object] | None]:
        admit(request)
        return {name: faults.on[name].model_dump() if faults.is_on(name) else None for name in SWITCHES}

    @api.put("/faults/{name}")
    async def set_fault(
        request: Request, name: FaultName, body: Annotated[dict[str, object] | None, Body()] = None
    ) -> dict[str, object]:
        admit(request)
        try:
            switch = SWITCHES[name].model_validate(body or {})
        except ValueError as problem:
            raise HTTPException(422, str(problem)) from None
        faults.set(name, switch)
        return switch.model_dump()

    @api.delete("/faults/{name}", status_code=204)
    async def reset_fault(request: Request, name: FaultName) -> None:
        admit(request)
        faults.reset(name)

    return api
