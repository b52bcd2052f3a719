"""Who asks: a tenant that the request proves, or nobody. Nothing a caller merely claims is believed."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Protocol, cast

from platform_ratelimit.address import TrustedProxies
from platform_ratelimit.asgi import Scope, header, raw_header
from platform_ratelimit.errors import MissingExtraError
from platform_ratelimit.policy import valid_name

Identify = Callable[[Scope], str | None]

_MOST_TOKENS: Final = 10_000
_MOST_NAMES: Final = 10_000
_LONGEST_TOKEN: Final = 8192


def first_of(*ways: Identify) -> Identify:
    """The first way that yields a tenant."""

    def identify(scope: Scope) -> str | None:
        for way in ways:
            if (tenant := way(scope)) is not None:
                return tenant
        return None

    return identify


def nobody(_scope: Scope) -> None:
    """The safe default: every request is limited by its address."""


class _Jwt(Protocol):
    def decode(
        self, token: str, key: str, algorithms: Sequence[str], **options: object
    ) -> dict[str, object]: ...


class JwtClaim:
    """The tenant in a claim of a verified bearer token. A token is verified once, until it expires."""

    def __init__(
        self,
        key: str,
        *,
        algorithms: Sequence[str],
        claim: str = "tenant",
        audience: str | None = None,
        issuer: str | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        """`key` is the shared secret or the public key in PEM; tokens must carry an expiry."""
        try:
            import jwt
        except ModuleNotFoundError as error:
            raise MissingExtraError("PyJWT", extra="jwt") from error
        self._jwt, self._invalid = cast(_Jwt, jwt), jwt.InvalidTokenError
        self._key, self._algorithms, self._claim, self._now = key, list(algorithms), claim, now
        self._options = {
            "audience": audience,
            "issuer": issuer,
            "options": {"require": ["exp"], "verify_aud": bool(audience)},
        }
        self._verified: dict[bytes, tuple[str, float]] = {}

    def __call__(self, scope: Scope) -> str | None:
        authorization = raw_header(scope, b"authorization")
        if authorization is None or len(authorization) > _LONGEST_TOKEN:
            return None
        known = self._verified.get(authorization)
        if known is not None and known[1] > self._now():
            return known[0]
        return self._verify(authorization)

    def _verify(self, authorization: bytes) -> str | None:
        kind, _, token = authorization.decode("latin-1").partition(" ")
        if kind.lower() != "bearer":
            return None
        try:
            claims = self._jwt.decode(token.strip(), self._key, self._algorithms, **self._options)
        except self._invalid:
            return None
        tenant, expires = claims.get(self._claim), claims.get("exp")
        if not isinstance(tenant, str) or not valid_name(tenant) or not isinstance(expires, int | float):
            return None
        if len(self._verified) >= _MOST_TOKENS:
            self._verified.clear()
        self._verified[authorization] = (tenant, float(expires))
        return tenant


class ApiKey:
    """The tenant whose key a header carries; `keys` tells the present map of SHA-256 (hex) to tenant."""

    def __init__(self, keys: Callable[[], Mapping[str, str]], *, header_name: str = "x-api-key") -> None:
        self._keys, self._header = keys, header_name.lower().encode()

    def __call__(self, scope: Scope) -> str | None:
        value = header(scope, self._header)
        return self._keys().get(hashlib.sha256(value.encode()).hexdigest()) if value else None


class TrustedHeader:
    """The tenant a header names, believed only when the peer itself is a trusted proxy that sets it."""

    def __init__(self, header_name: str, proxies: TrustedProxies) -> None:
        self._header, self._proxies = header_name.lower().encode(), proxies
        self._names: dict[bytes, str] = {}  # those seen, as text

    def __call__(self, scope: Scope) -> str | None:
        if not self._proxies.trusts(scope):
            return None
        value = raw_header(scope, self._header)
        if value is None:
            return None
        return self._names.get(value) or self._read(value)

    def _read(self, value: bytes) -> str | None:
        name = value.decode("latin-1")
        if not valid_name(name):
            return None
        if len(self._names) >= _MOST_NAMES:
            self._names.clear()
        self._names[value] = name
        return name


class Subdomain:
    """The tenant whose subdomain of `base` is asked for: only one the platform knows.

    Whoever can reach the host can spend this tenant's budget: for platforms whose product is the host name.
    """

    def __init__(self, base: str, known: Callable[[], Iterable[str]]) -> None:
        self._suffix, self._known = f".{base.lower().strip('.')}", known

    def __call__(self, scope: Scope) -> str | None:
        host = (header(scope, b"host") or "").partition(":")[0].lower()
        tenant = host.removesuffix(self._suffix)
        return tenant if tenant != host and tenant in self._known() else None
