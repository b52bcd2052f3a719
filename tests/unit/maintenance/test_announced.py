"""What contracts forgive of announced work."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from platformctl.errors import DefinitionError
from platformctl.model.maintenance import Forgiveness, Scope, ScopeKind, Window
from platformctl.model.units import hours
from platformctl.sla.announced import exclusions

START = datetime(2026, 11, 21, 1, 0, 20, tzinfo=UTC)
WINDOW = Window(
    id="m-20261121-0100-1",
    scope=Scope(kind=ScopeKind.SERVICE, names=("api",)),
    start=START,
    end=START + timedelta(hours=1),
    reason="Upgrade",
    author="ann",
    announced=START - timedelta(hours=24),
)
TERMS = (
    Forgiveness(tiers=("bronze", "silver"), notice=hours(24)),
    Forgiveness(tiers=("gold",), notice=hours(72)),
)


def test_only_whole_minutes_of_a_window_are_forgiven() -> None:
    (found,) = exclusions([WINDOW], TERMS)
    assert (found.when.start, found.when.end) == (
        datetime(2026, 11, 21, 1, 1, tzinfo=UTC),
        datetime(2026, 11, 21, 2, 0, tzinfo=UTC),
    )


def test_only_tiers_whose_contract_had_its_notice_forgive() -> None:
    assert [e.whom.tiers for e in exclusions([WINDOW], TERMS)] == [frozenset({"bronze", "silver"})]
    late = replace(WINDOW, announced=START - timedelta(hours=23, minutes=59))
    assert list(exclusions([late], TERMS)) == []
    early = replace(WINDOW, announced=START - timedelta(days=4))
    assert [e.whom.tiers for e in exclusions([early], TERMS)] == [frozenset({"bronze", "silver", "gold"})]


def test_without_terms_everything_counts() -> None:
    assert list(exclusions([WINDOW], ())) == []


def test_a_window_of_a_tier_is_forgiven_to_that_tier_alone() -> None:
    for_silver = replace(WINDOW, scope=Scope(kind=ScopeKind.TIER, names=("silver", "gold")))
    assert [e.whom.tiers for e in exclusions([for_silver], TERMS)] == [frozenset({"silver"})]


def test_a_window_of_a_tenant_is_forgiven_to_the_tenant_by_its_tier() -> None:
    for_one = replace(WINDOW, scope=Scope(kind=ScopeKind.TENANT, names=("grand-hotel",)))
    (found,) = exclusions([for_one], TERMS)
    assert (found.whom.tenants, found.whom.tiers) == (
        frozenset({"grand-hotel"}),
        frozenset({"bronze", "silver"}),
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"end": START}, "ends before it starts"),
        ({"end": START + timedelta(days=8)}, "lasts longer than 7d"),
        ({"reason": " "}, "is empty"),
    ],
)
def test_a_window_that_makes_no_sense_is_refused(change: dict[str, datetime | str], told: str) -> None:
    with pytest.raises(DefinitionError, match=told):
        replace(WINDOW, **change)  # type: ignore[arg-type]
