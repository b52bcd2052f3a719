"""What the running demo publishes is what the catalogue says: no more, no less, and not made up."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from support import demo
from support.demo import Service
from support.servers import Postgres, wait_for

from platform_telemetry import contract
from platform_telemetry.contract import Group, MetricSpec, MetricType

pytestmark = pytest.mark.e2e

TENANTS: Final = 13 + 1  # those of slas/tenants.yml, and "unknown"
API_GROUPS: Final = tuple(
    group for group in Group if group not in (Group.TRAFFIC, Group.EDGE, Group.WEB, Group.TRACES)
)
QUIET: Final = {contract.SERIES_OVERFLOW.name, contract.TENANT_OBJECTIVE.name}
"""Families that must have no sample in a run within all limits, of tenants on their tiers' terms."""

ROWS: Final = {
    "auth_attempts_total": "SELECT tenant, outcome, count(*) FROM auth_attempts GROUP BY 1, 2",
    "user_actions_total": "SELECT tenant, action, count(*) FROM user_actions GROUP BY 1, 2",
    "tool_runs_total": "SELECT tenant, tool, count(*) FROM tool_runs GROUP BY 1, 2",
    "onboarding_steps_completed_total": "SELECT tenant, step, count(*) FROM onboarding_steps GROUP BY 1, 2",
    "tier_changes_total": "SELECT from_tier, to_tier, direction, count(*) FROM tier_changes GROUP BY 1, 2, 3",
    "revenue_events_total": "SELECT tenant, kind, count(*) FROM revenue_events GROUP BY 1, 2",
    "revenue_amount_cents_total": "SELECT tenant, kind, sum(amount_cents) FROM revenue_events GROUP BY 1, 2",
    "conversions_total": "SELECT tenant, goal, count(*) FROM conversions GROUP BY 1, 2",
    "feature_flag_evaluations_total": "SELECT flag, variant, count(*) FROM flag_evaluations GROUP BY 1, 2",
    "tenant_data_written_bytes_total": "SELECT tenant, sum(size_bytes) FROM writes GROUP BY 1",
    "tenant_data_bytes": "SELECT tenant, sum(octet_length(payload)) FROM records GROUP BY 1",
    "tenant_records": "SELECT tenant, count(*) FROM records GROUP BY 1",
    "feature_flag_enabled_tenants": "SELECT flag, count(*) FROM feature_flags WHERE enabled GROUP BY 1",
    "tenant_info": "SELECT id, tier, vertical, 1 FROM tenants WHERE active",
}


@pytest.fixture(scope="module")
def busy_api(api: Service, folder: Path) -> Service:
    """The API after some traffic and after each kind of failure; nothing is in flight any more."""
    with demo.traffic(api.address, folder, rate=40) as traffic:
        wait_for(
            lambda: traffic.value("traffic_requests_total") > 250, what="the traffic has run", seconds=60
        )
    use_what_is_rare(api)
    with demo.fault(api, "slow-query", seconds=0.6):
        demo.user_of(api, "lumiere").call("GET", "/records")
    with demo.fault(api, "redis-down"), demo.fault(api, "database-down"):
        demo.log_in(api, "lumiere")
    wait_for(lambda: api.value("http_requests_in_flight") == 0, what="all requests are answered")
    return api


def use_what_is_rare(api: Service) -> None:
    """What a few seconds of traffic may not bring about."""
    user = demo.user_of(api, "yoga-loft")
    user.call("PUT", "/billing/tier", {"tier": "silver"}).raise_for_status()
    user.call("PUT", "/billing/tier", {"tier": "trial"}).raise_for_status()
    user.call("PUT", "/flags/ai_summary", {"enabled": True}).raise_for_status()
    user.call("GET", "/flags/ai_summary").raise_for_status()
    for kind in ("payment", "payment_failed", "refund", "cancellation"):
        user.call("POST", "/billing/events", {"kind": kind, "amount_cents": 1999}).raise_for_status()
    location = user.call("POST", "/locations", {"name": "Loft two"}).json()["id"]
    user.call("POST", f"/locations/{location}/onboarding/profile").raise_for_status()
    assert demo.log_in(api, "yoga-loft", password="wrong").status_code == 401
    assert demo.log_in(api, 'no-such"tenant').status_code == 401


def test_a_scrape_shows_every_metric_of_the_catalogue_and_no_other(busy_api: Service) -> None:
    families = busy_api.families()
    assert families.keys() == {spec.name for spec in contract.metrics_of(API_GROUPS)}
    assert {name for name, family in families.items() if not family.samples} == QUIET


@pytest.mark.parametrize("spec", contract.metrics_of(API_GROUPS), ids=lambda spec: spec.name)
def test_type_labels_buckets_and_series_are_those_of_the_catalogue(
    busy_api: Service, spec: MetricSpec
) -> None:
    family = busy_api.families()[spec.name]
    assert family.type == ("gauge" if spec.type is MetricType.INFO else spec.type)
    assert family.documentation == spec.help
    for sample in family.samples:
        assert set(sample.labels) - {"le"} == set(spec.labels)
    if spec.type is MetricType.HISTOGRAM:
        bounds = {float(s.labels["le"]) for s in family.samples if "le" in s.labels}
        assert bounds == {*spec.buckets, float("inf")}
    limit = {"tenant_info": TENANTS}.get(spec.name, spec.series_limit(tenants=TENANTS))
    assert len(family.samples) <= limit


@pytest.mark.parametrize("name", ROWS)
def test_a_business_metric_is_what_the_rows_add_up_to(
    busy_api: Service, postgres: Postgres, name: str
) -> None:
    rows = {tuple(row[:-1]): float(row[-1]) for row in demo.query(postgres, ROWS[name])}
    assert rows, "the traffic has written no such row: the test would show nothing"
    spec = next(spec for spec in contract.METRICS if spec.name == name)

    def published() -> dict[tuple[str, ...], float]:
        samples = busy_api.families()[name].samples
        return {tuple(s.labels[label] for label in spec.labels): s.value for s in samples if s.value}

    wait_for(
        lambda: published() == rows, what=f"{name} says {rows}, and not {published()}", seconds=6
    )  # gauges are read every two seconds


def test_each_tenant_of_the_registry_has_its_facts_published(busy_api: Service) -> None:
    samples = busy_api.families()["tenant_info"].samples
    assert len({s.labels["tenant"] for s in samples}) == len(samples) == TENANTS - 1
    assert {s.labels["vertical"] for s in samples} == {"hotels", "cinemas", "gyms", "b2b", "retail"}


def test_an_unregistered_tenant_makes_no_series_of_its_own(busy_api: Service) -> None:
    tenants = {
        sample.labels["tenant"]
        for family in busy_api.families().values()
        for sample in family.samples
        if "tenant" in sample.labels
    }
    assert len(tenants) == TENANTS
    assert "unknown" in tenants


def test_the_generator_publishes_its_own_groups_only(busy_api: Service, folder: Path) -> None:
    with demo.traffic(busy_api.address, folder, rate=20) as traffic:
        wait_for(lambda: traffic.value("traffic_journeys_total") > 0, what="a journey has been played")
        families = traffic.families()
    assert families.keys() == {s.name for s in contract.metrics_of((Group.RUNTIME, Group.TRAFFIC))}
