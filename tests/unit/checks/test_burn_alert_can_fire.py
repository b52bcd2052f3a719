from dataclasses import replace
from decimal import Decimal

from support import sample

from platformctl.checks.burn_alert_can_fire import burn_alert_can_fire
from platformctl.model.platform import Platform

BURNING = replace(
    sample.SHOP_DOWN,
    expr="slo:burn_rate:ratio5m > 14.4 and slo:burn_rate:ratio1h > 14.4 or slo:burn_rate:ratio6h > 6",
)


def with_target(target: str) -> Platform:
    (tier,) = sample.PLATFORM.tiers
    (objective,) = tier.objectives
    tier = replace(tier, objectives=(replace(objective, target=Decimal(target)),))
    return replace(sample.with_alerts(BURNING), tiers=(tier,))


def test_three_nines_can_burn_fast_enough() -> None:
    assert list(burn_alert_can_fire(with_target("0.999"))) == []


def test_a_threshold_above_the_burn_rate_of_a_total_outage_is_found() -> None:
    (problem,) = burn_alert_can_fire(with_target("0.9"))
    assert "waits for a burn rate above 14.4" in problem.what
    assert "never burns faster than 10" in problem.what


def test_every_threshold_of_the_alert_is_looked_at() -> None:
    assert len(list(burn_alert_can_fire(with_target("0.8")))) == 2


def test_other_comparisons_are_none_of_its_business() -> None:
    platform = replace(with_target("0.5"), areas=sample.PLATFORM.areas)
    assert list(burn_alert_can_fire(platform)) == []
