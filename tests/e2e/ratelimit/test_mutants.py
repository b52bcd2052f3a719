"""Each safety claim about the script catches the mistake it is there for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import redis
from e2e.ratelimit.servers import RedisServer

from platform_ratelimit.policy import Algorithm, Limit
from platform_ratelimit.script import TEXT, pack_limits

pytestmark = pytest.mark.e2e
NOW = 1_900_000_000_000_000
Decide = Callable[..., list[int]]


@pytest.fixture
def client(redis_server: RedisServer) -> Iterator[redis.Redis]:
    with redis_server.client() as connection:
        yield connection


def deciding(client: redis.Redis, text: bytes) -> Decide:
    client.flushall()
    run = client.register_script(text.replace(b"local clock = call('TIME')", b"local clock = {0, ARGV[3]}"))

    def decide(*limits: Limit, now: int = NOW, wanted: int = 1, keys: tuple[str, ...] = ("k",)) -> list[int]:
        shares = [limits] if len(keys) == 1 else [(limit,) for limit in limits]
        reply = run(keys=keys, args=[wanted, pack_limits(shares), now])
        return [int(number) for number in reply]

    return decide


def limit(quota: int, window_s: float = 1, algorithm: Algorithm = Algorithm.SLIDING_WINDOW) -> Limit:
    return Limit(name="l", quota=quota, window_s=window_s, algorithm=algorithm)


def no_double_burst(decide: Decide) -> bool:
    """Ten at the end of a window leave nothing at the start of the next."""
    edge = NOW + 1_000_000
    return [decide(limit(10), now=edge - 1)[0] for _ in range(10)] == [1] * 10 and decide(
        limit(10), now=edge
    )[0] == 0


def denied_costs_nothing(decide: Decide) -> bool:
    """A request that the endpoint refuses leaves the tenant's budget whole."""
    wide, narrow = limit(10, 60), limit(1, 60)
    for _ in range(5):
        decide(wide, narrow, keys=("t", "e"))
    return decide(wide, keys=("t",))[3] == 8


def all_limits_count(decide: Decide) -> bool:
    """The tighter of two windows decides, whichever comes first."""
    pair = (limit(3, 60), limit(100, 1))
    return [decide(*pair)[0] for _ in range(5)] == [1, 1, 1, 0, 0]


def log_is_exact(decide: Decide) -> bool:
    """The log forgets an admission one window later and not before."""
    one = limit(2, 1, Algorithm.SLIDING_LOG)
    first = [decide(one, now=NOW + at)[0] for at in (0, 500_000, 999_999)]
    return [*first, decide(one, now=NOW + 1_000_000)[0], decide(one, now=NOW + 1_400_000)[0]] == [
        1,
        1,
        0,
        1,
        0,
    ]


def smooth_holds_its_burst(decide: Decide) -> bool:
    """A tenth at once, then one for each interval."""
    one = limit(100, 1, Algorithm.SMOOTH)
    burst = sum(decide(one)[0] for _ in range(50))
    return burst == 10 and sum(decide(one, now=NOW + 10_000)[0] for _ in range(5)) == 1


def the_wait_suffices(decide: Decide) -> bool:
    """Who waits as told is let in."""
    for _ in range(10):
        decide(limit(10), now=NOW)
    return decide(limit(10), now=NOW + decide(limit(10), now=NOW)[2] * 1000)[0] == 1


def a_lease_is_bounded(decide: Decide) -> bool:
    """A lease gets what the tightest limit has left."""
    return decide(limit(10, 60), limit(4, 1), wanted=100)[0] == 4


CHECK = b"if free < grant then grant = free end"
REFUSE = b"if grant == 0 then"

MUTANTS: tuple[tuple[Callable[[Decide], bool], bytes, bytes], ...] = (
    (no_double_burst, b"count, before = 0, count", b"count, before = 0, 0"),
    (no_double_burst, b"before * (window - elapsed) / window", b"before * elapsed / window"),
    (denied_costs_nothing, REFUSE, b"if grant == 0 then grant = 1 end " + REFUSE),
    (denied_costs_nothing, CHECK, b"if k == 1 and free < grant then grant = free end"),
    (all_limits_count, CHECK, b"grant = math.min(want, free)"),
    (log_is_exact, b"> edge then break", b"> edge - 1 then break"),
    (log_is_exact, b"call('LPUSH', KEYS[k], stamp)", b"call('LPUSH', KEYS[k], stamp + 1)"),
    (smooth_holds_its_burst, b"free = burst -", b"free = burst + 1 -"),
    (smooth_holds_its_burst, b"marks[n] + grant * window / quota", b"marks[n]"),
    (the_wait_suffices, b"math.ceil(worst / 1000)", b"math.ceil(worst / 2000)"),
    (a_lease_is_bounded, b"local limits, at, grant = 0, 1, want", b"local limits, at, grant = 0, 1, 1"),
)


@pytest.mark.parametrize("claim", list(dict.fromkeys(claim for claim, _, _ in MUTANTS)))
def test_the_shipped_script_keeps_the_claim(client: redis.Redis, claim: Callable[[Decide], bool]) -> None:
    assert claim(deciding(client, TEXT))


@pytest.mark.parametrize(("claim", "right", "wrong"), MUTANTS)
def test_a_script_with_this_mistake_does_not(
    client: redis.Redis, claim: Callable[[Decide], bool], right: bytes, wrong: bytes
) -> None:
    assert TEXT.count(right) == 1
    assert not claim(deciding(client, TEXT.replace(right, wrong)))
