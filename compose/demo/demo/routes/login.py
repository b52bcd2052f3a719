"""Log-in."""

from __future__ import annotations

import secrets
import time
from typing import Final

import jwt
from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field
from sqlalchemy import insert

from demo import passwords, schema
from demo.parts import Caller, Platform, current_route, note, token_hash
from platform_telemetry import contract, request
from platform_telemetry.events import Action, Outcome

router = APIRouter()
_SESSION_S: Final = 86_400  # sessions are deleted when they are a day old


class Credentials(BaseModel):
    """Who wants in."""

    tenant: str = Field(max_length=64)
    user: str = Field(max_length=64)
    password: str = Field(max_length=128)


@router.post("/login")
async def login(platform: Platform, credentials: Credentials) -> dict[str, str]:
    """A token for the right password; every attempt is kept."""
    registered = credentials.tenant in platform.facts.tenants
    tenant = credentials.tenant if registered else contract.UNKNOWN_TENANT
    if registered:
        request.bind_tenant(tenant)
    await platform.faults.strike(route=current_route(), tenant=tenant)
    key = platform.settings.login_key
    right = passwords.is_right(key, credentials.tenant, credentials.user, credentials.password)
    admitted = registered and right and not platform.faults.refuses_login(tenant=tenant)
    outcome = Outcome.SUCCESS if admitted else Outcome.FAILURE
    token = _token(platform.settings.identity_key, tenant, credentials.user)
    async with platform.database.work() as work:
        await work.run(insert(schema.AUTH_ATTEMPTS).values(tenant=tenant, outcome=outcome))
        work.count(platform.events.logged_in, tenant, outcome)
        if admitted:
            session = {"token_hash": token_hash(token), "tenant": tenant, "user": credentials.user}
            await work.run(insert(schema.SESSIONS).values(session))
            await note(work, platform, Caller(tenant, credentials.user), Action.LOGIN)
    if not admitted:
        raise HTTPException(401, "wrong tenant, user or password")
    return {"token": token}


def _token(key: str, tenant: str, user: str) -> str:
    """A session's token: the gateway reads the tenant off it, the API looks the session up by it."""
    now = int(time.time())
    claims = {
        "tenant": tenant,
        "sub": user,
        "iat": now,
        "exp": now + _SESSION_S,
        "jti": secrets.token_urlsafe(12),
    }
    return jwt.encode(claims, key, algorithm="HS256")
