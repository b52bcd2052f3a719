"""Settings from environment variables, for the decision service and for applications that like it that way.

RATELIMIT_REDIS_URL           redis://127.0.0.1:6379/0; with Cluster or Sentinel: credentials and manners of each server
RATELIMIT_REDIS_PASSWORD_FILE a file with the password
RATELIMIT_REDIS_CLUSTER       host:port,… of some nodes of a Redis Cluster
RATELIMIT_REDIS_SENTINELS     host:port,… of the sentinels
RATELIMIT_REDIS_MASTER        the master's name at the sentinels (default: mymaster)
RATELIMIT_DEADLINE_MS         the longest that a decision waits for Redis (default: 8)
RATELIMIT_DATABASE_URL        sqlite+aiosqlite:///… or postgresql+asyncpg://…
RATELIMIT_DATABASE_PASSWORD_FILE  a file with its password
RATELIMIT_REGISTRY            tenants.json of a platform: tiers and tenants are taken over from it at the start
RATELIMIT_LIMITS              limits.json: endpoint groups, and the limits beside those of the tiers
RATELIMIT_TRUSTED_PROXIES     networks of the gateway or load balancers, separated by commas
RATELIMIT_MARK_SECRET_FILE    the secret that the gateway's decision service and the middleware behind it share
RATELIMIT_JWT_KEY_FILE        the secret or public key that proves bearer tokens
RATELIMIT_JWT_ALGORITHMS      RS256,… (default: RS256)
RATELIMIT_JWT_CLAIM           the claim that names the tenant (default: tenant)
RATELIMIT_ADMIN_TOKEN_FILE    the token of the admin named "admin": serves the admin API at /admin/ratelimit
RATELIMIT_ADMINS_FILE         more admins: a line each with a name and the SHA-256 of the token, in hex
RATELIMIT_FAIR_SHARE          this process's part of a quota while Redis is away (default: 1 / processes)
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

from platform_ratelimit.address import TrustedProxies
from platform_ratelimit.errors import RateLimitError
from platform_ratelimit.identity import ApiKey, Identify, JwtClaim, first_of
from platform_ratelimit.mark import GatewayMark
from platform_ratelimit.redis.settings import Address, RedisSettings
from platform_ratelimit.runtime import Runtime, RuntimeSettings

Environment = Mapping[str, str]
_REDIS_PASSWORD_FILE: Final = "RATELIMIT_REDIS_PASSWORD_FILE"  # noqa: S105 - a variable's name
_DATABASE_PASSWORD_FILE: Final = "RATELIMIT_DATABASE_PASSWORD_FILE"  # noqa: S105 - a variable's name


def settings_from(environment: Environment) -> RuntimeSettings:
    """Where Redis and the policy's database are."""
    password = environment.get(_REDIS_PASSWORD_FILE)
    share = environment.get("RATELIMIT_FAIR_SHARE")
    return RuntimeSettings(
        redis=RedisSettings.from_url(
            environment.get("RATELIMIT_REDIS_URL", "redis://127.0.0.1:6379/0"),
            password_file=Path(password) if password else None,
            deadline_s=_number(environment, "RATELIMIT_DEADLINE_MS", 8.0) / 1000,
        ),
        cluster=_addresses(environment, "RATELIMIT_REDIS_CLUSTER"),
        sentinels=_addresses(environment, "RATELIMIT_REDIS_SENTINELS"),
        master=environment.get("RATELIMIT_REDIS_MASTER", "mymaster"),
        database_url=_database_url(environment),
        registry=_registry(environment),
        fair_share=_number(environment, "RATELIMIT_FAIR_SHARE", 1.0) if share else None,
    )


def identity_from(environment: Environment, runtime: Runtime) -> Identify:
    """Who asks: the tenant of a verified token or of an API key; everybody else counts by address."""
    ways: list[Identify] = []
    key = _read(environment.get("RATELIMIT_JWT_KEY_FILE"))
    if key is not None:
        algorithms = _list(environment.get("RATELIMIT_JWT_ALGORITHMS", "RS256"))
        claim = environment.get("RATELIMIT_JWT_CLAIM", "tenant")
        ways.append(JwtClaim(key, algorithms=algorithms, claim=claim))
    ways.append(ApiKey(lambda: runtime.limiter.planner.snapshot.api_keys))
    return first_of(*ways)


def proxies_from(environment: Environment, *, default: tuple[str, ...] = ()) -> TrustedProxies:
    """Whose word on the client's address counts."""
    told = environment.get("RATELIMIT_TRUSTED_PROXIES")
    return TrustedProxies(_list(told) if told is not None else default)


def mark_from(environment: Environment) -> GatewayMark | None:
    """The gateway's mark, where gateway and middleware share a secret."""
    secret = _read(environment.get("RATELIMIT_MARK_SECRET_FILE"))
    return GatewayMark(secret) if secret is not None else None


def admins_from(environment: Environment) -> dict[str, str]:
    """Who may administer: names, and the SHA-256 of their tokens. Nobody: there is no admin API."""
    digests = _digests(_read(environment.get("RATELIMIT_ADMINS_FILE")) or "")
    token = _read(environment.get("RATELIMIT_ADMIN_TOKEN_FILE"))
    if token is not None:
        digests["admin"] = hashlib.sha256(token.encode()).hexdigest()
    return digests


def _digests(text: str) -> dict[str, str]:
    digests = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, digest = line.partition(" ")
        if not re.fullmatch("[0-9a-f]{64}", digest.strip()):
            raise RateLimitError(
                "not a name and a SHA-256 in hex",
                where=f"RATELIMIT_ADMINS_FILE, line {number}",
                fix="see sha256sum",
            )
        digests[name] = digest.strip()
    return digests


def _database_url(environment: Environment) -> str | None:
    url, password = environment.get("RATELIMIT_DATABASE_URL"), _read(environment.get(_DATABASE_PASSWORD_FILE))
    if url is None or password is None:
        return url
    scheme, _, rest = url.partition("://")
    user, _, place = rest.rpartition("@")
    return f"{scheme}://{user}:{quote(password, safe='')}@{place}"


def _registry(environment: Environment) -> tuple[Path, Path] | None:
    registry = environment.get("RATELIMIT_REGISTRY")
    return (Path(registry), Path(environment["RATELIMIT_LIMITS"])) if registry else None


def _addresses(environment: Environment, variable: str) -> tuple[Address, ...]:
    found = []
    for text in _list(environment.get(variable, "")):
        host, _, port = text.rpartition(":")
        if not host or not port.isdecimal():
            raise RateLimitError(f"{text!r} is not an address", where=variable, fix="write host:port")
        found.append((host.strip("[]"), int(port)))
    return tuple(found)


def _number(environment: Environment, variable: str, default: float) -> float:
    text = environment.get(variable)
    if text is None:
        return default
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise RateLimitError(
            f"{text!r} is not a number above 0", where=variable, fix=f"leave it out for {default:g}"
        )
    return number


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _read(path: str | None) -> str | None:
    return Path(path).read_text().strip() if path else None
