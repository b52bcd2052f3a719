"""Nobody can be inferred from a comparison with peers, whatever the figures are."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from platformctl.sla.peers import LEAST_DISTINCT, Group, Peer, Standing, group_of, standing, two_digits

VALUES = st.lists(st.integers(0, 50).map(Fraction), min_size=0, max_size=12)


def peer(number: int, value: Fraction | None, *, vertical: str = "hotels", tier: str = "gold") -> Peer:
    return Peer(
        tenant=f"t{number}",
        vertical=vertical,
        tier=tier,
        figures={} if value is None else {"requests": value},
    )


def stands(values: list[Fraction], own: Fraction = Fraction(10)) -> Standing:
    """What the tenant t0 is told of peers with these values."""
    members = tuple(peer(n, value) for n, value in enumerate(values, start=1))
    return standing(peer(0, own), Group(vertical="hotels", tier="gold", members=members), "requests")


@given(VALUES)
def test_fewer_than_five_values_tell_nothing(values: list[Fraction]) -> None:
    found = stands(values)
    if len(values) < 5:
        assert (found.typical, found.quarter, found.at_least) == (None, None, None)
    else:
        assert found.quarter is not None


@given(VALUES, st.randoms())
def test_it_does_not_matter_which_peer_has_which_value(values: list[Fraction], chance: object) -> None:
    shuffled = list(values)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert stands(shuffled) == stands(values)


@given(VALUES)
def test_for_every_peer_there_is_another_world_with_the_same_page(values: list[Fraction]) -> None:
    """Where something typical is told, exchange a peer's value for a different one of the group: nothing changes."""
    told = stands(values)
    assume(told.typical is not None)
    for number in range(len(values)):
        other = next(n for n, value in enumerate(values) if value != values[number])
        world = list(values)
        world[number], world[other] = world[other], world[number]
        assert world[number] != values[number]
        assert stands(world) == told


@given(VALUES, st.integers(0, 11), st.integers(51, 10**12))
def test_no_single_peer_can_pull_what_is_typical_beyond_the_others(
    values: list[Fraction], which: int, extreme: int
) -> None:
    assume(len(values) >= 5)
    number = which % len(values)
    others = values[:number] + values[number + 1 :]
    found = stands([*others, Fraction(extreme)]).typical
    assume(found is not None)
    assert min(others) <= found <= max(others)


@given(VALUES)
def test_what_is_typical_is_made_of_at_least_three_values(values: list[Fraction]) -> None:
    """Move the middle values against each other, with the order kept: the page stays, so none of them is told."""
    found = stands(values)
    assume(found.typical is not None)
    ordered = sorted(values)
    middle = len(ordered) // 2
    gaps = [b - a for a, b in pairwise(ordered)]
    shift = min(gaps[middle - 2], gaps[middle]) / 2
    assume(shift > 0)
    ordered[middle - 1] -= shift
    ordered[middle] += shift
    assert stands(ordered).typical == found.typical


@given(st.integers(0, 50).map(Fraction), st.integers(5, 12))
def test_peers_who_are_all_alike_are_not_told_of(value: Fraction, count: int) -> None:
    assert stands([value] * count).typical is None
    assert LEAST_DISTINCT == 3
    assert stands([value] * (count - 1) + [value + 1]).typical is None


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xy")), min_size=1, max_size=30))
def test_a_group_is_the_closest_that_holds_five_others(kinds: list[tuple[str, str]]) -> None:
    everybody = [peer(n, Fraction(n), vertical=v, tier=t) for n, (v, t) in enumerate(kinds)]
    own = everybody[0]
    alike = [p for p in everybody[1:] if p.vertical == own.vertical]
    both = [p for p in alike if p.tier == own.tier]
    closest = next((tuple(g) for g in (both, alike, everybody[1:]) if len(g) >= 5), None)
    found = group_of(own, everybody)
    assert (found.members if found else None) == closest


def test_the_tenant_itself_is_not_its_own_peer() -> None:
    everybody = [peer(n, Fraction(n)) for n in range(5)]
    assert group_of(everybody[0], everybody) is None
    assert group_of(everybody[0], [*everybody, peer(5, None)]) is not None


@pytest.mark.parametrize(
    ("values", "typical"),
    [
        ([1, 2, 3, 4, 100], Fraction(3)),
        ([1, 2, 3, 5, 100], Fraction(10, 3)),
        ([0, 1, 2, 3, 5, 100], Fraction(11, 4)),
        ([0, 0, 1, 2, 6, 9, 9], Fraction(3)),
    ],
)
def test_typical_is_the_mean_of_the_middle_three_or_four(values: list[int], typical: Fraction) -> None:
    assert stands([Fraction(v) for v in values]).typical == typical


@pytest.mark.parametrize(
    ("own", "quarter"),
    [
        (0, "lowest quarter"),
        (2, "lowest quarter"),
        (3, "lower half"),
        (5, "upper half"),
        (8, "highest quarter"),
        (9, "highest quarter"),
    ],
)
def test_the_place_is_a_quarter_of_the_group(own: int, quarter: str) -> None:
    """Of 1 to 8: below 2 lies one and 2 itself, 1.5 of 8; below 5 lie 4.5; below 8 lie 7.5."""
    assert stands([Fraction(v) for v in range(1, 9)], Fraction(own)).quarter == quarter


@pytest.mark.parametrize(("count", "told"), [(5, 5), (9, 5), (10, 10), (12, 10)])
def test_the_size_of_the_group_is_rounded_down_to_five(count: int, told: int) -> None:
    assert stands([Fraction(v) for v in range(count)]).at_least == told


def test_a_peer_without_the_figure_does_not_count() -> None:
    members = (*(peer(n, Fraction(n)) for n in range(1, 5)), peer(5, None), peer(6, None))
    group = Group(vertical="hotels", tier="gold", members=members)
    assert standing(peer(0, Fraction(1)), group, "requests").at_least is None
    full = replace(group, members=(*members, peer(7, Fraction(9))))
    assert standing(peer(0, Fraction(1)), full, "requests").at_least == 5


@pytest.mark.parametrize(
    ("value", "told"),
    [(0, 0), (7, 7), (99, 99), (104, 100), (105, 100), (728_000, 730_000), (12_345, 12_000)],
)
def test_counts_are_told_with_two_digits(value: int, told: int) -> None:
    assert two_digits(Fraction(value)) == told
