"""The policy as values: what it refuses, and what it makes of tiers, overrides and the emergency switch."""

from __future__ import annotations

import pytest

from platform_ratelimit.errors import PolicyError
from platform_ratelimit.plan import Planner
from platform_ratelimit.policy import (
    Algorithm,
    AllowList,
    Emergency,
    EndpointGroup,
    Limit,
    Mode,
    PolicySnapshot,
    Rollout,
    Tenant,
    Tier,
)

MINUTE = Limit(name="tenant-min", quota=100, window_s=60)
SECOND = Limit(name="tenant-sec", quota=10, window_s=1)
LOGIN = Limit(name="auth-min", quota=10, window_s=60)
GOLD = Tier(name="gold", limits=(SECOND, MINUTE), group_limits={"auth": (LOGIN,)})
ANONYMOUS = Tier(name="anonymous", limits=(Limit(name="ip-min", quota=30, window_s=60),))
AUTH = EndpointGroup(name="auth", patterns=("POST /auth/*", "/login"))


def snapshot(**changes: object) -> PolicySnapshot:
    fields: dict[str, object] = {
        "version": 1, "tiers": {"gold": GOLD}, "default_tier": "gold", "groups": (AUTH,),
        "anonymous": ANONYMOUS, "ceiling": (Limit(name="platform-sec", quota=1000, window_s=1),),
    }  # fmt: skip
    return PolicySnapshot(**(fields | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Limit(name="a b", quota=1, window_s=1),
        lambda: Limit(name="a", quota=0, window_s=1),
        lambda: Limit(name="a", quota=2**32, window_s=1),
        lambda: Limit(name="a", quota=1, window_s=0.0005),
        lambda: Limit(name="a", quota=1, window_s=1.00001),
        lambda: Tier(name="t", limits=(MINUTE, Limit(name="x", quota=5, window_s=60))),
        lambda: Tier(name="t", limits=(MINUTE,), group_limits={"auth": (MINUTE,)}),
        lambda: Tenant(id="ip:1.2.3.4", tier="gold"),
        lambda: Tenant(id="a}b", tier="gold"),
        lambda: EndpointGroup(name="g", patterns=("no-slash",)),
        lambda: AllowList(networks=("10.0.0.1/8",)),
        lambda: AllowList(user_agents=("",)),
        lambda: Rollout(percent=101),
        lambda: Emergency(everything=0),
        lambda: snapshot(default_tier="silver"),
        lambda: snapshot(tenants={"a": Tenant(id="a", tier="silver")}),
        lambda: snapshot(groups=()),
    ],
)
def test_what_cannot_be_fails_in_the_constructor(make: object) -> None:
    assert callable(make)
    with pytest.raises(PolicyError):
        make()


def test_the_keys_are_those_of_the_document() -> None:
    planner = Planner(snapshot())
    assert planner.for_tenant("acme", "auth").names == [
        b"rl:{acme}:t",
        b"rl:{acme}:e:auth",
        b"rl:{platform}:c",
    ]
    assert planner.for_address("ip:192.0.2.7", "default").names == [b"rl:{ip:192.0.2.7}", b"rl:{platform}:c"]


def test_a_sliding_log_has_a_key_of_its_own() -> None:
    log = Limit(name="log", quota=5, window_s=1, algorithm=Algorithm.SLIDING_LOG)
    tier = Tier(name="gold", limits=(MINUTE, log))
    plan = Planner(snapshot(tiers={"gold": tier}, groups=(), ceiling=())).for_tenant("acme", "default")
    assert plan.names == [b"rl:{acme}:t", b"rl:{acme}:t:l1000"]


def test_on_a_cluster_the_ceiling_stays_out_of_the_tenants_slot() -> None:
    planner = Planner(snapshot(), ceiling_in_plan=False)
    assert planner.for_tenant("acme", "auth").names == [b"rl:{acme}:t", b"rl:{acme}:e:auth"]
    assert planner.ceiling is not None
    assert planner.ceiling.names == [b"rl:{platform}:c"]


def test_a_new_tenant_gets_the_default_tier_and_an_override_wins() -> None:
    planner = Planner(snapshot(tenants={"big": Tenant(id="big", tier="gold", quotas={"tenant-min": 5000})}))
    assert [p.limit.quota for p in planner.for_tenant("new", "default").limits] == [10, 100, 1000]
    assert [p.limit.quota for p in planner.for_tenant("big", "default").limits] == [10, 5000, 1000]


def test_emergency_factors_multiply_and_leave_at_least_one() -> None:
    emergency = Emergency(
        everything=0.5, tiers={"gold": 0.5}, tenants={"acme": 0.01}, blocked=frozenset({"bad"})
    )
    planner = Planner(snapshot(emergency=emergency))
    assert [p.limit.quota for p in planner.for_tenant("other", "default").limits] == [2, 25, 500]
    assert [p.limit.quota for p in planner.for_tenant("acme", "default").limits] == [1, 1, 500]
    assert planner.for_tenant("bad", "default").blocked
    assert not planner.for_tenant("acme", "default").blocked


@pytest.mark.parametrize(
    ("method", "path", "group"),
    [
        ("POST", "/auth/token", "auth"),
        ("GET", "/auth/token", "default"),
        ("GET", "/login", "auth"),
        ("GET", "/login/", "auth"),
        ("GET", "/login/x", "default"),
        ("POST", "/auth/a/b", "default"),
        ("GET", "/data", "data"),
        ("GET", "/data/1/2\n/3", "data"),
        ("GET", "/database", "default"),
    ],
)
def test_a_path_finds_its_group(method: str, path: str, group: str) -> None:
    data = EndpointGroup(name="data", patterns=("/data/**",))
    assert Planner(snapshot(groups=(AUTH, data))).group_of(method, path) == group


def test_a_rollout_by_percentage_is_stable_and_about_right() -> None:
    rollout = Rollout(mode=Mode.ENFORCE, percent=30, tenants={"vip": Mode.OFF})
    modes = [rollout.mode_of(f"tenant-{number}") for number in range(2000)]
    assert modes == [rollout.mode_of(f"tenant-{number}") for number in range(2000)]
    assert 500 <= modes.count(Mode.ENFORCE) <= 700
    assert modes.count(Mode.ENFORCE) + modes.count(Mode.SHADOW) == 2000
    assert rollout.mode_of("vip") is Mode.OFF
    wider = Rollout(mode=Mode.ENFORCE, percent=60)
    assert all(
        wider.mode_of(f"tenant-{n}") is Mode.ENFORCE for n, mode in enumerate(modes) if mode is Mode.ENFORCE
    )


def test_plans_are_built_once_and_never_without_bound() -> None:
    planner = Planner(snapshot())
    assert planner.for_tenant("acme", "auth") is planner.for_tenant("acme", "auth")
    for number in range(25_000):
        planner.for_address(f"ip:2001:db8::{number:x}", "default")
    assert len(planner._plans) <= 20_000
