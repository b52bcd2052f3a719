"""The sample tenants, the registry they become, and the vocabulary they share with the demo."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from demo.journeys import BUSINESSES

import platform_telemetry.events as events
from platform_telemetry import contract
from platformctl.model.tenancy import Tool, Vertical
from platformctl.render.registry import registry
from platformctl.sources.tenants import load_tenants, load_tiers

REPOSITORY = Path(__file__).resolve().parents[3]
TIERS = load_tiers(REPOSITORY)
TENANTS = load_tenants(REPOSITORY, TIERS)


def test_the_samples_have_every_vertical_and_every_tier() -> None:
    assert {tenant.vertical for tenant in TENANTS} == set(Vertical)
    assert {tenant.tier for tenant in TENANTS} == {tier.name for tier in TIERS}


def test_every_latency_threshold_is_a_bound_of_the_tenant_histogram() -> None:
    thresholds = {
        o.latency_threshold.seconds for tier in TIERS for o in tier.objectives if o.latency_threshold
    }
    assert thresholds
    assert thresholds <= set(contract.TENANT_LATENCY_BUCKETS_S)


def test_a_latency_threshold_has_a_bound_on_each_side_in_the_route_histogram() -> None:
    bounds = contract.LATENCY_BUCKETS_S
    for threshold in (*contract.TENANT_LATENCY_BUCKETS_S, 30.0):
        assert bounds[0] < threshold < bounds[-1]
        assert threshold in bounds


def test_every_objective_can_be_broken_fast_enough_to_page() -> None:
    for tier in TIERS:
        for objective in tier.objectives:
            if objective.sli == "availability":
                assert float(1 - objective.target) * 14.4 < 1


def test_the_registry_is_the_same_whatever_order_the_definitions_have() -> None:
    assert registry(TIERS, TENANTS) == registry(reversed(TIERS), reversed(TENANTS))


def test_the_registry_holds_targets_as_exact_text() -> None:
    document = json.loads(registry(TIERS, TENANTS).content)
    gold = next(tier for tier in document["tiers"] if tier["name"] == "gold")
    assert gold == {
        "name": "gold",
        "rank": 3,
        "requests_per_minute": 1200,
        "objectives": [
            {"sli": "availability", "target": "0.999", "window": "30d"},
            {"sli": "latency", "target": "0.99", "window": "30d", "latency_threshold": "500ms"},
        ],
    }
    assert document["tenants"][0] == {
        "id": "alpenblick", "name": "Alpenblick Resorts", "vertical": "hotels", "tier": "gold",
    }  # fmt: skip


def test_the_demo_knows_every_vertical_and_the_telemetry_every_tool() -> None:
    assert set(BUSINESSES) == set(Vertical)
    assert {tool.value for tool in events.Tool} == {tool.value for tool in Tool}


@pytest.mark.parametrize("image", ["demo", "edge"])
def test_an_image_installs_what_was_tested(image: str) -> None:
    pinned = (REPOSITORY / "compose" / image / "requirements.txt").read_text().splitlines()
    tested = (REPOSITORY / "constraints.txt").read_text().splitlines()
    wanted = {line for line in pinned if not line.startswith("#")}
    assert wanted
    assert wanted <= set(tested)
