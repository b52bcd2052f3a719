"""Objectives become rules: one set for any number of tenants, and none that could never fire."""

from decimal import Decimal

import pytest

from platformctl.errors import DefinitionError
from platformctl.model import objectives, slo
from platformctl.model.rules import RecordingRule
from platformctl.model.tenancy import Objective, Tenant, Tier, Vertical
from platformctl.model.units import Duration, days, milliseconds, minutes, seconds


def tier(
    target: str = "0.999",
    *,
    sli: str = "availability",
    window: Duration = days(30),
    threshold: Duration | None = None,
) -> Tier:
    objective = Objective(sli=sli, target=Decimal(target), window=window, latency_threshold=threshold)
    return Tier(name="gold", rank=1, requests_per_minute=100, objectives=(objective,))


def tenants(count: int) -> tuple[Tenant, ...]:
    return tuple(Tenant(id=f"t{n}", name=f"T {n}", vertical=Vertical.GYMS, tier="gold") for n in range(count))


def rules(*tiers: Tier, agreed: tuple[Tenant, ...] = ()) -> tuple[RecordingRule, ...]:
    return objectives.objectives(tiers, agreed).recording_rules


def test_ten_thousand_tenants_make_as_many_rules_as_one() -> None:
    assert rules(tier(), agreed=tenants(10_000)) == rules(tier(), agreed=tenants(1))


def test_a_target_is_written_to_its_last_digit() -> None:
    (objective,) = (rule for rule in rules(tier("0.99950")) if rule.name == "slo:tier_objective:ratio")
    assert objective.expr == "vector(0.99950)"


@pytest.mark.parametrize(
    ("threshold", "bounds"),
    [
        (milliseconds(250), ["0.25"]),
        (seconds(1), ["1", "1.0"]),
        (milliseconds(2500), ["2.5"]),
    ],
)
def test_a_threshold_names_its_bucket_as_clients_write_it(threshold: Duration, bounds: list[str]) -> None:
    found = rules(tier("0.99", sli="latency", threshold=threshold))
    assert [rule.labels["le"] for rule in found if rule.name == slo.LATENCY_BOUND] == bounds


def inn(agreed: str) -> Tenant:
    objective = Objective(sli="availability", target=Decimal(agreed), window=days(30))
    return Tenant(id="inn", name="Inn", vertical=Vertical.HOTELS, tier="gold", objectives=(objective,))


def test_contracts_add_no_rules_and_are_counted() -> None:
    without, one = rules(tier()), rules(tier(), agreed=(inn("0.9999"),))
    assert [rule.name for rule in one] == [rule.name for rule in without]
    assert {rule.name: rule.expr for rule in one if rule not in without} == {slo.AGREED: "vector(1)"}


def test_a_contract_that_could_never_page_is_refused() -> None:
    with pytest.raises(DefinitionError, match="of tenant inn can never page"):
        rules(tier(), agreed=(inn("0.8"),))


@pytest.mark.parametrize(
    ("target", "most"),
    [("0.95", Decimal(20)), ("0.9", Decimal(10)), ("0.999", Decimal(1000))],
)
def test_a_burn_rate_is_reachable_only_below_one_over_the_budget(target: str, most: Decimal) -> None:
    at_most = slo.Burn(factor=most, short=slo.M5, long=slo.H1)
    below = slo.Burn(factor=most - Decimal("0.001"), short=slo.M5, long=slo.H1)
    assert not at_most.can_fire(Decimal(target))
    assert below.can_fire(Decimal(target))


def test_an_objective_that_can_never_page_is_refused() -> None:
    """At 80 % all requests failing burns 5 times too fast, and the lowest page needs more than 6."""
    with pytest.raises(
        DefinitionError, match=r"can never page: all requests failing is a burn rate of 5\.00"
    ):
        rules(tier("0.8"))


def test_a_threshold_whose_bucket_is_not_counted_is_refused() -> None:
    with pytest.raises(DefinitionError, match="is 10 s, and no such bucket is counted") as refusal:
        rules(tier("0.99", sli="latency", threshold=seconds(10)))
    assert "0.25, 0.5, 1, 2.5" in refusal.value.fix


def test_a_budget_over_another_window_is_refused() -> None:
    with pytest.raises(DefinitionError, match="is over 7d; budgets are kept over 30d"):
        rules(tier(window=days(7)))


def test_a_range_never_reaches_the_sample_on_its_left_edge() -> None:
    """2.x counts that sample in, 3.x does not: six samples or five in five minutes."""
    assert str(slo.inside(minutes(5))) == "4m30s"
