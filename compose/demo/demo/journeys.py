"""What the users of each vertical do: sequences of calls, the same for the same seed."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from random import Random
from typing import Final, TypeAlias


@dataclass(frozen=True, slots=True)
class Call:
    """One request of a journey, below /api."""

    method: str
    path: str
    body: dict[str, object] | None = field(default=None)


Answer: TypeAlias = dict[str, object]
"""The JSON of the response; empty when it was refused."""

Journey: TypeAlias = Generator[Call, Answer, None]


@dataclass(frozen=True, slots=True)
class Business:
    """How a vertical's records look: their kind, their price range in cents, and words for the payload."""

    kind: str
    cents: tuple[int, int]
    words: tuple[str, ...]


BUSINESSES: Final = {
    "hotels": Business(
        "booking", (8_000, 60_000), ("double room", "breakfast", "late check-out", "sea view")
    ),
    "cinemas": Business("ticket", (900, 6_400), ("matinee", "row five", "popcorn", "premiere")),
    "gyms": Business("membership", (1_900, 9_900), ("monthly", "sauna", "personal trainer", "yoga class")),
    "b2b": Business("deal", (250_000, 9_000_000), ("framework contract", "pilot", "renewal", "integration")),
    "retail": Business("order", (1_200, 24_000), ("express delivery", "gift wrap", "two items", "returning")),
}
_TOOLS: Final = ("market_edge", "causal_edge", "value_edge")
_STEPS: Final = ("profile", "data_source", "team", "first_insight", "go_live")
_FLAGS: Final = ("new_checkout", "ai_summary", "bulk_export")


def choose(tier: str, vertical: str, random: Random) -> Journey:
    """A journey: mostly daily work, now and then analysis, billing, a new location or a change of plan."""
    business = BUSINESSES[vertical]
    plays: list[tuple[int, Callable[[Business, Random], Journey]]] = [
        (60, _daily_work), (22, _analysis), (9, _billing), (6, _new_location), (3, _flags),
    ]  # fmt: skip
    if tier in ("trial", "bronze"):
        plays.append((3, _change_plan))
    journeys, weights = [play for _, play in plays], [weight for weight, _ in plays]
    return random.choices(journeys, weights)[0](business, random)


def _daily_work(business: Business, random: Random) -> Journey:
    yield Call("GET", "/flags/new_checkout")
    yield Call("GET", "/records")
    created = yield Call("POST", "/records", _record(business, random))
    yield Call("POST", "/conversions")
    if "id" in created:
        yield Call("GET", f"/records/{created['id']}")
        if random.random() < 0.4:
            yield Call("PUT", f"/records/{created['id']}", _record(business, random))
    yield Call("GET", "/records")


def _analysis(_business: Business, random: Random) -> Journey:
    yield Call("GET", "/flags/ai_summary")
    yield Call("GET", "/records")
    for tool in random.sample(_TOOLS, random.randint(1, 3)):
        yield Call("POST", f"/tools/{tool}/runs")
    if random.random() < 0.5:
        yield Call("POST", "/exports")


def _billing(business: Business, random: Random) -> Journey:
    kinds, weights = ("payment", "payment_failed", "refund", "cancellation"), (80, 10, 8, 2)
    kind = random.choices(kinds, weights)[0]
    yield Call("POST", "/billing/events", {"kind": kind, "amount_cents": random.randint(*business.cents)})
    yield Call("GET", "/records")


def _new_location(business: Business, random: Random) -> Journey:
    location = yield Call("POST", "/locations", {"name": f"{business.kind} desk {random.randint(1, 999)}"})
    if "id" in location:
        for step in _STEPS[: random.choice((2, 4, 5, 5))]:  # not everyone goes all the way
            yield Call("POST", f"/locations/{location['id']}/onboarding/{step}")


def _flags(_business: Business, random: Random) -> Journey:
    flag = random.choice(_FLAGS)
    yield Call("PUT", f"/flags/{flag}", {"enabled": random.random() < 0.6})
    yield Call("GET", f"/flags/{flag}")


def _change_plan(_business: Business, random: Random) -> Journey:
    yield Call("GET", "/records")
    yield Call("PUT", "/billing/tier", {"tier": random.choice(("trial", "bronze"))})


def _record(business: Business, random: Random) -> dict[str, object]:
    words = random.choices(business.words, k=random.randint(4, 40))
    cents = random.randint(*business.cents)
    return {"kind": business.kind, "payload": ", ".join(words), "amount_cents": cents}
