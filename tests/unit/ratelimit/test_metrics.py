"""What Prometheus sees: exactly the catalogue, within its budget."""

from __future__ import annotations

import pytest

from platform_ratelimit.decision import Decision, Source
from platform_ratelimit.limiter import Limiter
from platform_ratelimit.metrics.catalogue import CATALOGUE, OVERFLOW, MetricType
from platform_ratelimit.metrics.tally import Tally
from platform_ratelimit.plan import Plan, Planner
from platform_ratelimit.policy import Limit, PolicySnapshot, Tier
from platform_ratelimit.redis.node import RedisNode
from platform_ratelimit.redis.settings import RedisSettings

pytest.importorskip(
    "prometheus_client", reason="prometheus_client is not installed: install the group ratelimit"
)
TIER = Tier(name="t", limits=(Limit(name="min", quota=10, window_s=60),))
SNAPSHOT = PolicySnapshot(version=7, tiers={"t": TIER}, default_tier="t", anonymous=TIER)
PLANNER = Planner(SNAPSHOT)


def decide(plan: Plan, *, allowed: bool = True, left: int = 4) -> Decision:
    return Decision(plan, Source.REDIS, allowed=allowed, index=0, reset_ms=1000, remaining=[left])


def scrape(tally: Tally) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.parser import text_string_to_metric_families

    from platform_ratelimit.metrics.collector import LimiterCollector

    limiter = Limiter(RedisNode(RedisSettings()), SNAPSHOT)
    registry = CollectorRegistry()
    registry.register(LimiterCollector(limiter, tally))
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in text_string_to_metric_families(generate_latest(registry).decode()):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


def full_tally() -> Tally:
    tally = Tally()
    acme = PLANNER.for_tenant("acme", "default")
    for _ in range(3):
        tally.observe(decide(acme), 0.0007)
    tally.observe(decide(acme, allowed=False, left=0), 0.5)
    tally.observe(decide(PLANNER.for_address("ip:192.0.2.1", "default"), left=9), 0.0001)
    tally.backend_changed("here", False, "deadline")
    return tally


def test_the_figures_are_those_that_were_counted() -> None:
    seen = scrape(full_tally())
    decisions = {labels[1][1]: value for labels, value in seen["ratelimit_decisions_total"].items()}
    assert decisions == {"allowed": 4, "denied": 1}
    assert seen["ratelimit_tenant_allowed_total"] == {(("tenant", "acme"),): 3, (("tenant", "anonymous"),): 1}
    where = (("limit", "min"), ("scope", "tenant"), ("tenant", "acme"))
    assert seen["ratelimit_tenant_denied_total"] == {where: 1}
    assert seen["ratelimit_tenant_utilisation_ratio"][(("tenant", "acme"),)] == 1.0
    assert seen["ratelimit_policy_version"] == {(): 7}
    assert seen["ratelimit_fallback_active"] == {(): 1}
    assert seen["ratelimit_backend_changes_total"] == {(("state", "down"),): 1, (("state", "up"),): 0}
    buckets = seen["ratelimit_decision_duration_seconds_bucket"]
    by_bound = {dict(labels)["le"]: value for labels, value in buckets.items()}
    assert (by_bound["0.0005"], by_bound["0.001"], by_bound["0.1"], by_bound["1.0"]) == (1, 4, 4, 5)
    assert seen["ratelimit_decision_duration_seconds_count"] == {(("source", "redis"),): 5}


def test_every_family_is_in_the_catalogue_and_every_entry_is_emitted() -> None:
    emitted = {name for name in scrape(full_tally()) if not name.endswith(("_created", "_sum", "_count"))}
    named = {spec.name + ("_bucket" if spec.type is MetricType.HISTOGRAM else "") for spec in CATALOGUE}
    assert emitted == named


def test_labels_are_those_of_the_catalogue() -> None:
    seen = scrape(full_tally())
    for spec in CATALOGUE:
        if spec.type is not MetricType.HISTOGRAM:
            assert {tuple(sorted(spec.labels))} == {tuple(k for k, _ in labels) for labels in seen[spec.name]}


def test_tenants_beyond_the_budget_share_one_series() -> None:
    tally = Tally(most_tenants=10)
    for number in range(500):
        tally.observe(decide(PLANNER.for_tenant(f"t{number}", "default")), 0.001)
    kept = dict(tally.tenants())
    assert len(kept) == 11
    assert kept[OVERFLOW].allowed == 490


def test_an_idle_tenant_makes_room_for_a_new_one() -> None:
    now = 0.0
    tally = Tally(most_tenants=2, clock=lambda: now)
    tally.observe(decide(PLANNER.for_tenant("old", "default")), 0.001)
    now = 4000.0
    for name in ("new", "newer"):
        tally.observe(decide(PLANNER.for_tenant(name, "default")), 0.001)
    assert [name for name, _ in tally.tenants()] == ["new", "newer"]
