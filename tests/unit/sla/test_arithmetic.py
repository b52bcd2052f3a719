"""Budgets, exclusions and credits, exactly. The figures are worked by hand."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platformctl.errors import DefinitionError
from platformctl.sla import wording
from platformctl.sla.counts import NOTHING, Counts
from platformctl.sla.credit import Basis, CreditStep, CreditTable

TARGET = st.decimals(min_value="0.5", max_value="0.99999", places=5)


@st.composite
def counts(draw: st.DrawFn) -> Counts:
    total = draw(st.integers(0, 10**12))
    bad = draw(st.integers(0, total))
    return Counts(total=total, bad=bad, forgiven=draw(st.integers(0, bad)))


@given(counts(), TARGET)
def test_what_is_spent_and_what_is_left_make_one(c: Counts, target: Decimal) -> None:
    assert c.spent(target) + c.left(target) == 1


@given(counts(), TARGET)
def test_an_objective_is_met_exactly_when_its_budget_is_not_overspent(c: Counts, target: Decimal) -> None:
    assert c.meets(target) == (c.left(target) >= 0)


@given(counts(), counts(), TARGET)
def test_periods_add_up(one: Counts, other: Counts, target: Decimal) -> None:
    both = one + other
    assert (both.total, both.bad, both.forgiven) == (
        one.total + other.total,
        one.bad + other.bad,
        one.forgiven + other.forgiven,
    )
    assert both.allowed(target) == one.allowed(target) + other.allowed(target)


@given(counts(), st.integers(0, 10**12))
def test_forgiving_never_lowers_availability(c: Counts, more: int) -> None:
    kinder = Counts(total=c.total, bad=c.bad, forgiven=min(c.bad, c.forgiven + more))
    if c.ratio is not None and kinder.ratio is not None:
        assert kinder.ratio >= c.ratio
    if c.meets(Decimal("0.999")):
        assert kinder.meets(Decimal("0.999"))


@given(counts())
def test_a_percentage_is_never_shown_better_than_it_is(c: Counts) -> None:
    if c.ratio is not None:
        shown = Fraction(wording.percent(c.ratio).removesuffix(" %")) / 100
        assert c.ratio - Fraction(1, 10**6) < shown <= c.ratio


def test_one_failure_in_ten_million_is_no_hundred_percent() -> None:
    assert wording.percent(Counts(total=10_000_000, bad=1).ratio) == "99.9999 %"


def test_thirty_days_at_three_nines_allow_43_minutes_and_12_seconds() -> None:
    """30 x 24 x 60 = 43,200 minutes; a thousandth of them."""
    month = Counts(total=43_200, bad=0)
    assert month.allowed(Decimal("0.999")) == Fraction(432, 10)


def test_without_events_nothing_is_spent_and_nothing_broken() -> None:
    assert (NOTHING.ratio, NOTHING.left(Decimal("0.999")), NOTHING.meets(Decimal("0.999"))) == (None, 1, True)


def test_an_objective_met_to_the_last_event_is_met_and_one_more_breaks_it() -> None:
    assert Counts(total=1000, bad=1).meets(Decimal("0.999"))
    assert not Counts(total=1000, bad=2).meets(Decimal("0.999"))
    assert not Counts(total=999, bad=1).meets(Decimal("0.999"))


@pytest.mark.parametrize(("total", "bad", "forgiven"), [(1, 2, 0), (2, 1, 2), (1, -1, -1)])
def test_impossible_counts_are_refused(total: int, bad: int, forgiven: int) -> None:
    with pytest.raises(ValueError, match="impossible"):
        Counts(total=total, bad=bad, forgiven=forgiven)


def table(basis: Basis = Basis.WORSE) -> CreditTable:
    return CreditTable(
        tiers=("gold",),
        basis=basis,
        steps=(
            CreditStep(below=Decimal("0.999"), percent=Decimal(10)),
            CreditStep(below=Decimal("0.99"), percent=Decimal(25)),
        ),
    )


@pytest.mark.parametrize(
    ("bad", "owed"), [(0, 0), (100, 0), (101, 10), (1000, 10), (1001, 25), (100_000, 25)]
)
def test_a_credit_is_owed_strictly_below_each_step(bad: int, owed: int) -> None:
    """Of 100,000: 100 failed are 99.9 % exactly, 1,000 are 99 % exactly."""
    assert table().owed(Counts(total=100_000, bad=bad), Counts(total=43_200, bad=0)) == owed


def test_a_total_outage_without_requests_is_owed_by_its_minutes() -> None:
    requests, minutes = Counts(total=100_000, bad=0), Counts(total=43_200, bad=44)
    assert table(Basis.REQUESTS).owed(requests, minutes) == 0
    assert table(Basis.MINUTES).owed(requests, minutes) == 10
    assert table(Basis.WORSE).owed(requests, minutes) == 10


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_a_lower_availability_never_owes_less(one: int, other: int) -> None:
    minutes = Counts(total=1, bad=0)
    low, high = sorted((one, other))
    assert table().owed(Counts(total=1000, bad=high), minutes) >= table().owed(
        Counts(total=1000, bad=low), minutes
    )


def test_a_table_that_owes_less_for_worse_is_refused() -> None:
    steps = (
        CreditStep(below=Decimal("0.99"), percent=Decimal(25)),
        CreditStep(below=Decimal("0.999"), percent=Decimal(10)),
    )
    with pytest.raises(DefinitionError, match=r"below 0\.999 owes 10 %, after 25 % below 0\.99"):
        CreditTable(tiers=("gold",), basis=Basis.WORSE, steps=steps)
