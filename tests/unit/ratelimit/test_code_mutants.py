"""Each claim about the limiter's code catches the mistake it is there for; `test_mutants` does so for the script."""

from __future__ import annotations

import asyncio
import hashlib
import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from types import ModuleType

import pytest
from unit.ratelimit.leasing import Granting, most_held, plans

import platform_ratelimit
from platform_ratelimit.decision import Decision, Source
from platform_ratelimit.plan import Plan, PlannedKey, PlannedLimit, Planner
from platform_ratelimit.policy import Limit, PolicySnapshot, Scope, Tier

PACKAGE = Path(platform_ratelimit.__file__).parent
Claim = Callable[[ModuleType], bool]


@contextmanager
def loaded(name: str, right: str = "", wrong: str = "") -> Iterator[ModuleType]:
    """A module of the package, with one mistake put in."""
    text = (PACKAGE / name).read_text()
    if right:
        assert text.count(right) == 1, f"{right!r} is {text.count(right)} times in {name}"
    module = ModuleType("mutant")
    module.__package__ = "platform_ratelimit"
    sys.modules["mutant"] = module
    try:
        exec(compile(text.replace(right, wrong) if right else text, name, "exec"), module.__dict__)
        yield module
    finally:
        del sys.modules["mutant"]


def scope(peer: str, *headers: tuple[str, str]) -> dict[str, object]:
    return {"client": (peer, 1), "headers": [(key.encode(), value.encode()) for key, value in headers]}


def forwarded_addresses_are_believed_from_proxies_only(address: ModuleType) -> bool:
    proxies = address.TrustedProxies(("10.0.0.0/8",))
    stranger = proxies.client(scope("198.51.100.9", ("x-forwarded-for", "203.0.113.1")))
    through = proxies.client(scope("10.0.0.1", ("x-forwarded-for", "6.6.6.6, 203.0.113.1")))
    return (str(stranger), str(through)) == ("198.51.100.9", "203.0.113.1")


def a_customer_of_ipv6_is_one_subject(address: ModuleType) -> bool:
    one, other = (address.subject_of(address.parse_address(f"2001:db8:1:2::{n}")) for n in (1, 2))
    return one == other != address.subject_of(address.parse_address("2001:db8:1:3::1"))


def a_header_is_believed_from_a_proxy_only(identity: ModuleType) -> bool:
    from platform_ratelimit.address import TrustedProxies

    ask = identity.TrustedHeader("x-tenant", TrustedProxies(("10.0.0.0/8",)))
    named = ("x-tenant", "acme")
    evil = ("x-tenant", "a}b")
    return [ask(scope("10.0.0.1", named)), ask(scope("1.2.3.4", named)), ask(scope("10.0.0.1", evil))] == [
        "acme", None, None]  # fmt: skip


def a_key_is_known_by_its_digest(identity: ModuleType) -> bool:
    digest = hashlib.sha256(b"key").hexdigest()
    ask = identity.ApiKey(lambda: {digest: "acme"})
    return [ask(scope("1.2.3.4", ("x-api-key", key))) for key in ("key", digest)] == ["acme", None]


def a_subdomain_is_that_of_a_known_tenant(identity: ModuleType) -> bool:
    ask = identity.Subdomain("example.com", lambda: ["acme"])
    hosts = ("acme.example.com:443", "evil.example.com", "acme")
    return [ask(scope("1.2.3.4", ("host", host))) for host in hosts] == ["acme", None, None]


def a_mark_ends_and_is_not_forged(mark: ModuleType) -> bool:
    now = [600.0]
    one = mark.GatewayMark("sixteen characters!", now=lambda: now[0])
    marked = scope("10.0.0.1", (mark.HEADER, one.value()))
    fresh = one.is_on(marked)
    forged = mark.GatewayMark("another secret of it", now=lambda: 600.0).is_on(marked)
    now[0] += 60
    next_minute = one.is_on(marked)
    now[0] += 60
    return (fresh, next_minute, one.is_on(marked), forged) == (True, True, False, False)


def the_breaker_opens_after_a_while_and_tells_once(breaker: ModuleType) -> bool:
    told: list[bool] = []
    one = breaker.Breaker(
        breaker.BreakerSettings(), random=Random(1), on_change=lambda closed, _why: told.append(closed)
    )
    one.close()
    hiccup = any(one.missed_deadline(1.0) for _ in range(9))
    opened = one.missed_deadline(1.04)
    for reason in ("deadline", "lost"):
        one.open(reason)
    return (hiccup, opened, told) == (False, True, [True, False])


def a_plan() -> Plan:
    limit = Limit(name="minute", quota=60, window_s=60)
    ceiling = (Limit(name="all", quota=9000, window_s=1),)
    tier = Tier(name="t", limits=(limit,))
    return Planner(
        PolicySnapshot(version=1, tiers={"t": tier}, default_tier="t", ceiling=ceiling)
    ).for_tenant("acme", "default")


def a_refusal_says_when_to_come_back(headers: ModuleType) -> bool:
    refused = Decision(a_plan(), Source.REDIS, allowed=False, index=0, reset_ms=1001, remaining=[0, 5])
    fields = dict(headers.HeaderFields().of(refused))
    return (fields.get(b"retry-after"), fields.get(b"ratelimit")) == (b"2", b'"minute";r=0;t=2')


def the_ceiling_is_nobodys_business(headers: ModuleType) -> bool:
    tight = Decision(a_plan(), Source.REDIS, allowed=True, index=1, reset_ms=900, remaining=[59, 1])
    fields = dict(headers.HeaderFields().of(tight))
    return b"9000" not in b"".join(fields.values()) and fields[b"ratelimit"].startswith(b'"minute"')


def keys(quota: int) -> list[PlannedKey]:
    wide = PlannedLimit(Limit(name="wide", quota=100, window_s=60), Scope.TENANT)
    narrow = PlannedLimit(Limit(name="narrow", quota=quota, window_s=60), Scope.GROUP)
    return [PlannedKey(b"t", (wide,)), PlannedKey(b"e", (narrow,))]


def the_fallback_charges_all_or_nothing(memory: ModuleType) -> bool:
    store = memory.MemoryStore(clock_us=lambda: 1_900_000_020_000_000)
    granted = [store.decide(keys(2))[0] for _ in range(5)]
    return granted == [1, 1, 0, 0, 0] and store.decide(keys(2)[:1])[3] == 97


def the_fallback_grants_its_share(memory: ModuleType) -> bool:
    store = memory.MemoryStore(clock_us=lambda: 1_900_000_020_000_000)
    return sum(store.decide(keys(10), share=0.5)[0] for _ in range(20)) == 5


def a_lease_is_no_more_than_its_share(lease: ModuleType) -> bool:
    settings = lease.LeaseSettings(share=0.01, most_units=1000)
    return [settings.max_held(quota) for quota in (50, 1000, 10_000_000)] == [0, 10, 1000]


def groups_share_what_is_held(lease: ModuleType) -> bool:
    backend, settings = Granting(), lease.LeaseSettings(share=0.01, busy_s=100)
    return asyncio.run(most_held(lease.Leases(settings, backend.ask), backend, plans(10_000))) <= 100


MUTANTS: tuple[tuple[str, Claim, str, str], ...] = (
    (
        "address.py",
        forwarded_addresses_are_believed_from_proxies_only,
        "if not self.trusts(scope):",
        "if False:",
    ),
    ("address.py", forwarded_addresses_are_believed_from_proxies_only, '.split(",")[::-1]', '.split(",")'),
    ("address.py", a_customer_of_ipv6_is_one_subject, ">> 64 << 64", ">> 0 << 0"),
    ("address.py", a_customer_of_ipv6_is_one_subject, ">> 64 << 64", ">> 96 << 96"),
    (
        "identity.py",
        a_header_is_believed_from_a_proxy_only,
        "if not self._proxies.trusts(scope):",
        "if False:",
    ),
    ("identity.py", a_header_is_believed_from_a_proxy_only, "if not valid_name(name):", "if False:"),
    ("identity.py", a_key_is_known_by_its_digest, "hashlib.sha256(value.encode()).hexdigest()", "value"),
    ("identity.py", a_subdomain_is_that_of_a_known_tenant, "and tenant in self._known()", ""),
    ("identity.py", a_subdomain_is_that_of_a_known_tenant, "tenant != host and ", ""),
    ("mark.py", a_mark_ends_and_is_not_forged, "if minute != self._minute:", "if self._minute < 0:"),
    ("mark.py", a_mark_ends_and_is_not_forged, "self._digest(minute - 1)", "self._digest(minute)"),
    ("mark.py", a_mark_ends_and_is_not_forged, "hmac.new(self._secret,", 'hmac.new(b"",'),
    ("redis/breaker.py", the_breaker_opens_after_a_while_and_tells_once, "long_enough and", ""),
    (
        "redis/breaker.py",
        the_breaker_opens_after_a_while_and_tells_once,
        "if self.closed or not self._told:",
        "if True:",
    ),
    ("headers.py", a_refusal_says_when_to_come_back, "[] if decision.allowed else", "[] if True else"),
    ("headers.py", the_ceiling_is_nobodys_business, "plan.limits[index].scope is _PLATFORM:", "False:"),
    (
        "memory.py",
        the_fallback_charges_all_or_nothing,
        "granted = max(0, min(wanted, *free))",
        "granted = min(wanted, max(free))",
    ),
    ("memory.py", the_fallback_grants_its_share, "int(limit.quota * share)", "limit.quota"),
    ("lease.py", groups_share_what_is_held, "present = self.units + self.asked", "present = self.units"),
    (
        "lease.py",
        groups_share_what_is_held,
        "lease.settle()\n            lease.refill = asyncio",
        "lease.refill = asyncio",
    ),
    (
        "lease.py",
        a_lease_is_no_more_than_its_share,
        "min(int(quota * self.share), self.most_units)",
        "self.most_units",
    ),
    (
        "lease.py",
        a_lease_is_no_more_than_its_share,
        "min(int(quota * self.share), self.most_units)",
        "int(quota * self.share)",
    ),
)


@pytest.mark.parametrize(
    ("name", "claim"), list(dict.fromkeys((name, claim) for name, claim, _, _ in MUTANTS))
)
def test_the_shipped_code_keeps_the_claim(name: str, claim: Claim) -> None:
    with loaded(name) as module:
        assert claim(module)


@pytest.mark.parametrize(("name", "claim", "right", "wrong"), MUTANTS)
def test_code_with_this_mistake_does_not(name: str, claim: Claim, right: str, wrong: str) -> None:
    with loaded(name, right, wrong) as module:
        assert not claim(module)


def test_a_mutant_leaves_the_package_as_it_was() -> None:
    before = importlib.import_module("platform_ratelimit.mark").GatewayMark
    with loaded("mark.py"):
        pass
    assert importlib.import_module("platform_ratelimit.mark").GatewayMark is before
