"""How one tenant stands among others, without telling anything of any of them.

The rules:
- A group has at least `LEAST_PEERS` others (the tenant itself does not count): those of its vertical and tier; where
  they are too few, those of its vertical; else all. The group depends on the registry and on nobody's wish, and
  is the same for every figure: two groups can't be subtracted from each other on one page.
- What is typical is the mean of the middle three or four values: no single value is shown, and the largest
  and smallest ones have no influence. It is withheld where the group has fewer than `LEAST_DISTINCT` different values:
  of peers who are all alike it would tell each one's figure.
- The tenant's own place is told as a quarter of the group; the group's size as the multiple of five below it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

LEAST_PEERS: Final = 5
LEAST_DISTINCT: Final = 3
_SIZES: Final = 5
_QUARTERS: Final = ("lowest quarter", "lower half", "upper half", "highest quarter")


@dataclass(frozen=True, kw_only=True, slots=True)
class Peer:
    """One tenant's figures by name; a figure that is not known is left out."""

    tenant: str
    vertical: str
    tier: str
    figures: Mapping[str, Fraction]


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Whom a tenant is compared with; a vertical or tier that is empty is any."""

    vertical: str
    tier: str
    members: tuple[Peer, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """One figure of the tenant and of its peers.

    typical, quarter, at_least: None where they would tell too much, or too few peers have the figure.
    """

    figure: str
    own: Fraction | None
    typical: Fraction | None
    quarter: str | None
    at_least: int | None


def group_of(tenant: Peer, everybody: Sequence[Peer]) -> Group | None:
    """The closest group that is large enough; None where there is none."""
    others = tuple(peer for peer in everybody if peer.tenant != tenant.tenant)
    for vertical, tier in ((tenant.vertical, tenant.tier), (tenant.vertical, ""), ("", "")):
        members = tuple(p for p in others if vertical in ("", p.vertical) and tier in ("", p.tier))
        if len(members) >= LEAST_PEERS:
            return Group(vertical=vertical, tier=tier, members=members)
    return None


def standing(tenant: Peer, group: Group, figure: str) -> Standing:
    """How the tenant's figure stands in the group."""
    own = tenant.figures.get(figure)
    values = sorted(peer.figures[figure] for peer in group.members if figure in peer.figures)
    if len(values) < LEAST_PEERS:
        return Standing(figure=figure, own=own, typical=None, quarter=None, at_least=None)
    return Standing(
        figure=figure,
        own=own,
        typical=_middle(values) if len(set(values)) >= LEAST_DISTINCT else None,
        quarter=None if own is None else _quarter(own, values),
        at_least=len(values) // _SIZES * _SIZES,
    )


def _middle(values: Sequence[Fraction]) -> Fraction:
    """The mean of the middle three of an odd number of values, or four of an even one."""
    edge = (len(values) - 3) // 2
    middle = values[edge : len(values) - edge]
    return sum(middle, start=Fraction(0)) / len(middle)


def two_digits(value: Fraction) -> int:
    """The value, rounded to two significant digits: as typical counts are told."""
    whole = round(value)
    grain = int(10 ** max(0, len(str(whole)) - 2))
    return round(Fraction(whole, grain)) * grain


def _quarter(own: Fraction, values: Sequence[Fraction]) -> str:
    """Ties count half below and half above."""
    below = sum(value < own for value in values)
    equal = sum(value == own for value in values)
    share = Fraction(2 * below + equal, 2 * len(values))
    return _QUARTERS[min(3, int(share * 4))]
