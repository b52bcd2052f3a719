"""The rate limiter of this application: where things are, and `protect(app)`. Yours to change.

    from ratelimit_setup import protect

    app = FastAPI()
    protect(app)

RATELIMIT_REDIS_URL           redis://127.0.0.1:6379/0
RATELIMIT_REDIS_PASSWORD_FILE a file with the password
RATELIMIT_DATABASE_URL        sqlite+aiosqlite:///ratelimit.db or postgresql+asyncpg://…: the policy
RATELIMIT_JWT_KEY_FILE        the secret or public key that proves bearer tokens; without it addresses are limited
RATELIMIT_JWT_ALGORITHMS      RS256,… (default: RS256)
RATELIMIT_JWT_CLAIM           the claim that names the tenant (default: tenant)
RATELIMIT_TRUSTED_PROXIES     networks of your load balancers, separated by commas (default: none)
RATELIMIT_ADMIN_TOKEN_FILE    an admin's token: serves the admin API under /admin/ratelimit
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from fastapi import FastAPI

from platform_ratelimit.address import TrustedProxies
from platform_ratelimit.admin import SuperAdmins, admin_router, limiter_usage
from platform_ratelimit.identity import ApiKey, Identify, JwtClaim, first_of
from platform_ratelimit.middleware import RateLimitMiddleware
from platform_ratelimit.redis.settings import RedisSettings
from platform_ratelimit.runtime import Runtime, RuntimeSettings

DATABASE = "sqlite+aiosqlite:///ratelimit.db"


def protect(app: FastAPI, environment: Mapping[str, str] = os.environ) -> Runtime:
    """Put the limiter in front of the application; it starts and ends with the application's lifespan."""
    runtime = Runtime(settings(environment))
    token = _read(environment.get("RATELIMIT_ADMIN_TOKEN_FILE"))
    if token is not None and runtime.store is not None:
        admins = SuperAdmins({"admin": hashlib.sha256(token.encode()).hexdigest()})
        usage = limiter_usage(runtime.limiter)
        router = admin_router(runtime.store, authenticate=admins, announce=runtime.announce, usage=usage)
        app.include_router(router, prefix="/admin/ratelimit")
    proxies = environment.get("RATELIMIT_TRUSTED_PROXIES", "")
    app.add_middleware(
        RateLimitMiddleware,
        limiter=runtime.limiter,
        lifecycle=runtime,
        identify=identity(environment, runtime),
        proxies=TrustedProxies([network.strip() for network in proxies.split(",") if network.strip()]),
    )
    return runtime


def settings(environment: Mapping[str, str]) -> RuntimeSettings:
    """Where Redis and the policy's database are."""
    password = environment.get("RATELIMIT_REDIS_PASSWORD_FILE")
    url = environment.get("RATELIMIT_REDIS_URL", "redis://127.0.0.1:6379/0")
    return RuntimeSettings(
        redis=RedisSettings.from_url(url, password_file=Path(password) if password else None),
        database_url=environment.get("RATELIMIT_DATABASE_URL", DATABASE),
    )


def identity(environment: Mapping[str, str], runtime: Runtime) -> Identify:
    """Who asks: the tenant of a verified token or an API key; everybody else counts by address."""
    ways: list[Identify] = []
    key = _read(environment.get("RATELIMIT_JWT_KEY_FILE"))
    if key is not None:
        algorithms = environment.get("RATELIMIT_JWT_ALGORITHMS", "RS256").split(",")
        ways.append(
            JwtClaim(key, algorithms=algorithms, claim=environment.get("RATELIMIT_JWT_CLAIM", "tenant"))
        )
    ways.append(ApiKey(lambda: runtime.limiter.planner.snapshot.api_keys))
    return first_of(*ways)


def _read(path: str | None) -> str | None:
    return Path(path).read_text().strip() if path else None
