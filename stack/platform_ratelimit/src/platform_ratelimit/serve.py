"""Run the decision service from the environment: ``uvicorn --factory platform_ratelimit.serve:service``.

RATELIMIT_REDIS_URL           redis://127.0.0.1:6379/0
RATELIMIT_REDIS_PASSWORD_FILE a file with the password
RATELIMIT_DATABASE_URL        sqlite+aiosqlite:///… or postgresql+asyncpg://…
RATELIMIT_DATABASE_PASSWORD_FILE  a file with its password
RATELIMIT_REGISTRY            tenants.json of a platform: tiers and tenants are taken over from it at the start
RATELIMIT_LIMITS              limits.json: endpoint groups, and the limits beside those of the tiers
RATELIMIT_TRUSTED_PROXIES     networks of the gateway, separated by commas (default: loopback)
RATELIMIT_MARK_SECRET_FILE    the secret shared with the middleware behind the gateway
RATELIMIT_JWT_KEY_FILE        the secret or public key that proves bearer tokens
RATELIMIT_JWT_ALGORITHMS      RS256,… (default: RS256)
RATELIMIT_JWT_CLAIM           the claim that names the tenant (default: tenant)
RATELIMIT_FAIR_SHARE          this process's part of a quota while Redis is away (default: 1 / processes)
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

from platform_ratelimit.address import LOOPBACK, TrustedProxies
from platform_ratelimit.identity import ApiKey, Identify, JwtClaim, first_of
from platform_ratelimit.mark import GatewayMark
from platform_ratelimit.redis.settings import RedisSettings
from platform_ratelimit.runtime import Runtime, RuntimeSettings
from platform_ratelimit.service import DecisionService

_PASSWORD_FILE: Final = "RATELIMIT_DATABASE_PASSWORD_FILE"  # noqa: S105 - a variable's name


def service() -> DecisionService:
    """The decision service of this process's environment."""
    return service_from(os.environ)


def service_from(environment: Mapping[str, str]) -> DecisionService:
    """The decision service that the variables describe."""
    password = environment.get("RATELIMIT_REDIS_PASSWORD_FILE")
    runtime = Runtime(
        RuntimeSettings(
            redis=RedisSettings.from_url(
                environment.get("RATELIMIT_REDIS_URL", "redis://127.0.0.1:6379/0"),
                password_file=Path(password) if password else None,
            ),
            database_url=_database_url(environment),
            registry=_registry(environment),
            fair_share=float(share) if (share := environment.get("RATELIMIT_FAIR_SHARE")) else None,
        )
    )
    networks = environment.get("RATELIMIT_TRUSTED_PROXIES", ",".join(LOOPBACK))
    secret = _read(environment.get("RATELIMIT_MARK_SECRET_FILE"))
    return DecisionService(
        runtime,
        identify=_identity(environment, runtime),
        proxies=TrustedProxies([network.strip() for network in networks.split(",") if network.strip()]),
        mark=GatewayMark(secret) if secret is not None else None,
    )


def _identity(environment: Mapping[str, str], runtime: Runtime) -> Identify:
    ways: list[Identify] = []
    key = _read(environment.get("RATELIMIT_JWT_KEY_FILE"))
    if key is not None:
        algorithms = environment.get("RATELIMIT_JWT_ALGORITHMS", "RS256").split(",")
        ways.append(
            JwtClaim(key, algorithms=algorithms, claim=environment.get("RATELIMIT_JWT_CLAIM", "tenant"))
        )
    ways.append(ApiKey(lambda: runtime.limiter.planner.snapshot.api_keys))
    return first_of(*ways)


def _database_url(environment: Mapping[str, str]) -> str | None:
    url, password = environment.get("RATELIMIT_DATABASE_URL"), _read(environment.get(_PASSWORD_FILE))
    if url is None or password is None:
        return url
    scheme, _, rest = url.partition("://")
    user, _, place = rest.rpartition("@")
    return f"{scheme}://{user}:{quote(password, safe='')}@{place}"


def _registry(environment: Mapping[str, str]) -> tuple[Path, Path] | None:
    registry = environment.get("RATELIMIT_REGISTRY")
    return (Path(registry), Path(environment["RATELIMIT_LIMITS"])) if registry else None


def _read(path: str | None) -> str | None:
    return Path(path).read_text().strip() if path else None
