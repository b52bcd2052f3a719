"""The fallback store: its share of the quota, its bound on memory, its independence of tenants."""

from __future__ import annotations

from platform_ratelimit.memory import MemoryStore
from platform_ratelimit.plan import PlannedKey, PlannedLimit
from platform_ratelimit.policy import Limit, Scope


def key(name: str, quota: int = 10, window_s: float = 1) -> PlannedKey:
    limit = Limit(name="l", quota=quota, window_s=window_s)
    return PlannedKey(name.encode(), (PlannedLimit(limit, Scope.TENANT),))


def test_a_share_of_the_quota_is_admitted() -> None:
    store = MemoryStore(clock_us=lambda: 0)
    assert sum(store.decide([key("a", 40)], share=0.25)[0] for _ in range(100)) == 10


def test_a_share_never_falls_below_one() -> None:
    store = MemoryStore(clock_us=lambda: 0)
    assert sum(store.decide([key("a")], share=0.01)[0] for _ in range(100)) == 1


def test_memory_stays_bounded_under_a_storm_of_addresses() -> None:
    store = MemoryStore(clock_us=lambda: 0, most_counters=100)
    for number in range(10_000):
        store.decide([key(f"ip:{number}")])
    assert len(store._counters) <= 100


def test_idle_counters_are_forgotten_before_busy_ones() -> None:
    now = 0
    store = MemoryStore(clock_us=lambda: now, most_counters=10)
    for number in range(9):
        store.decide([key(f"idle{number}")])
    now = 5_000_000
    for _ in range(10):
        store.decide([key("busy")])
    for number in range(5):
        store.decide([key(f"new{number}")])
    assert store.decide([key("busy")])[0] == 0


def test_a_tenant_does_not_see_another() -> None:
    store = MemoryStore(clock_us=lambda: 0)
    for _ in range(50):
        store.decide([key("a")])
    assert store.decide([key("b")])[3] == 9
