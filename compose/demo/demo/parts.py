"""What the routes work with: the service's parts, and who is calling."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, HTTPException, Request
from sqlalchemy import insert, select

from demo import schema
from demo.cache import Cache
from demo.database import Database, Work
from demo.facts import Facts
from demo.faults import Faults
from demo.settings import Settings
from platform_telemetry import contract, request
from platform_telemetry.events import Action, BusinessEvents

_SESSION_CACHE_S: Final = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """The parts of the service."""

    settings: Settings
    faults: Faults
    database: Database
    cache: Cache
    events: BusinessEvents
    facts: Facts


@dataclass(frozen=True, slots=True)
class Caller:
    """A user who is logged in."""

    tenant: str
    user: str


def parts_of(connection: Request) -> Parts:
    """The parts of the service that answers the request."""
    parts: Parts = connection.app.state.parts
    return parts


Platform = Annotated[Parts, Depends(parts_of)]


async def caller(connection: Request, platform: Platform) -> Caller:
    """Who is calling, by the token of the log-in; then whatever the switches have for the request."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise HTTPException(401, "log in at /api/login and send the token")
    known = await _session(platform, token_hash(token))
    if known is None or known.tenant not in platform.facts.tenants:
        raise HTTPException(401, "the session has ended")
    request.bind_tenant(known.tenant)
    await platform.faults.strike(route=current_route(), tenant=known.tenant)
    return known


User = Annotated[Caller, Depends(caller)]


async def note(work: Work, platform: Parts, user: Caller, action: Action) -> None:
    """Keep what the user did."""
    await work.run(insert(schema.USER_ACTIONS).values(tenant=user.tenant, user=user.user, action=action))
    work.count(platform.events.acted, user.tenant, action)


def current_route() -> str:
    """The template of the route that answers now."""
    record = request.current()
    return record.route if record else contract.UNKNOWN_TENANT


def token_hash(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


async def _session(platform: Parts, key: str) -> Caller | None:
    kept = await platform.cache.get("sessions", key)
    if kept is not None:
        return Caller(str(kept["tenant"]), str(kept["user"]))
    async with platform.database.work() as work:
        table = schema.SESSIONS
        query = select(table.c.tenant, table.c.user).where(table.c.token_hash == key)
        rows = await work.rows(query)
    if not rows:
        return None
    found = Caller(rows[0].tenant, rows[0].user)
    await platform.cache.put(
        "sessions", key, {"tenant": found.tenant, "user": found.user}, seconds=_SESSION_CACHE_S
    )
    return found
