"""Who asks: proven tenants only."""

from __future__ import annotations

import hashlib
import time

import pytest

from platform_ratelimit.address import TrustedProxies
from platform_ratelimit.identity import ApiKey, JwtClaim, Subdomain, TrustedHeader, first_of, nobody
from platform_ratelimit.mark import GatewayMark

jwt = pytest.importorskip("jwt", reason="PyJWT is not installed: install the group ratelimit")
SECRET = "a-secret-of-thirty-two-characters"
LONG_SECRET = SECRET * 2


def scope(*headers: tuple[str, str], peer: str = "198.51.100.9") -> dict[str, object]:
    return {"client": (peer, 1), "headers": [(name.encode(), value.encode()) for name, value in headers]}


def bearer(key: str = SECRET, algorithm: str = "HS256", **claims: object) -> tuple[str, str]:
    claims = {"tenant": "acme", "exp": time.time() + 60} | claims
    present = {name: value for name, value in claims.items() if value is not None}
    return "authorization", "Bearer " + jwt.encode(present, key, algorithm=algorithm)


def test_a_verified_claim_names_the_tenant() -> None:
    identify = JwtClaim(SECRET, algorithms=["HS256"])
    assert identify(scope(bearer())) == "acme"
    assert identify(scope(bearer())) == "acme"


@pytest.mark.parametrize(
    "authorization",
    [
        bearer(key="another-secret-of-thirty-two-chars"),
        bearer(exp=time.time() - 1),
        bearer(exp=None),
        bearer(tenant=None),
        bearer(tenant=7),
        bearer(tenant="ip:192.0.2.1"),
        bearer(tenant="a}b"),
        bearer(key="", algorithm="none"),
        bearer(key=LONG_SECRET, algorithm="HS512"),
        ("authorization", "Bearer x.y.z"),
        ("authorization", "Basic YTpi"),
        ("authorization", "Bearer " + "a" * 100_000),
    ],
)
def test_an_unproven_claim_names_nobody(authorization: tuple[str, str]) -> None:
    for key in (SECRET, LONG_SECRET):
        assert JwtClaim(key, algorithms=["HS256"])(scope(authorization)) is None


def test_a_token_known_to_be_good_is_verified_again_when_it_expires() -> None:
    now = time.time()
    identify = JwtClaim(SECRET, algorithms=["HS256"], now=lambda: now)
    token = bearer()
    assert identify(scope(token)) == "acme"
    identify._key = "the key has been changed meanwhile"
    assert identify(scope(token)) == "acme"
    now += 61
    assert identify(scope(token)) is None


def test_audience_and_issuer_are_checked_where_given() -> None:
    identify = JwtClaim(SECRET, algorithms=["HS256"], audience="api", issuer="idp")
    assert identify(scope(bearer(aud="api", iss="idp"))) == "acme"
    assert identify(scope(bearer(aud="other", iss="idp"))) is None
    assert identify(scope(bearer(aud="api", iss="other"))) is None


def test_two_authorization_headers_prove_nothing() -> None:
    assert JwtClaim(SECRET, algorithms=["HS256"])(scope(bearer(), bearer(tenant="other"))) is None


def test_an_api_key_is_known_by_its_digest() -> None:
    identify = ApiKey(lambda: {hashlib.sha256(b"k1").hexdigest(): "acme"})
    assert identify(scope(("x-api-key", "k1"))) == "acme"
    assert identify(scope(("x-api-key", "k2"))) is None
    assert identify(scope()) is None


def test_a_header_is_believed_from_a_trusted_proxy_only() -> None:
    identify = TrustedHeader("X-Tenant", TrustedProxies(("10.0.0.0/8",)))
    assert identify(scope(("x-tenant", "acme"), peer="10.1.1.1")) == "acme"
    assert identify(scope(("x-tenant", "acme"))) is None
    assert identify(scope(("x-tenant", "rl:{x}"), peer="10.1.1.1")) is None


def test_a_subdomain_must_be_of_a_tenant_that_exists() -> None:
    identify = Subdomain("example.com", lambda: {"acme"})
    assert identify(scope(("host", "ACME.example.com:8443"))) == "acme"
    assert identify(scope(("host", "other.example.com"))) is None
    assert identify(scope(("host", "example.com"))) is None
    assert identify(scope(("host", "acme.evil.com"))) is None


def test_ways_are_tried_in_order_and_the_default_is_nobody() -> None:
    key = ApiKey(lambda: {hashlib.sha256(b"k1").hexdigest(): "by-key"})
    identify = first_of(JwtClaim(SECRET, algorithms=["HS256"]), key)
    assert identify(scope(bearer(), ("x-api-key", "k1"))) == "acme"
    assert identify(scope(("x-api-key", "k1"))) == "by-key"
    assert first_of(nobody)(scope(bearer())) is None


def test_the_gateways_mark_holds_for_its_minute_and_the_next() -> None:
    now = 600.0
    mark = GatewayMark("sixteen characters!", now=lambda: now)
    marked = scope(("x-ratelimit-decided", mark.value()))
    assert mark.is_on(marked)
    now += 60
    assert mark.is_on(marked)
    now += 60
    assert not mark.is_on(marked)
    assert not GatewayMark("another secret of it", now=lambda: 600.0).is_on(marked)
    assert not mark.is_on(scope(("x-ratelimit-decided", "é" * 10)))
    assert not mark.is_on(scope())


def test_a_short_gateway_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="16 characters"):
        GatewayMark("short")
