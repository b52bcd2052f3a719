"""Each safety claim about the script catches the mistake it is there for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import redis
from e2e.ratelimit.servers import RedisServer

from platform_ratelimit.policy import Algorithm, Limit
from platform_ratelimit.script import TEXT, pack_limits

pytestmark = pytest.mark.e2e
NOW = 1_900_000_000_000_000  # 40 s into its minute


@pytest.fixture
def client(redis_server: RedisServer) -> Iterator[redis.Redis]:
    with redis_server.client() as connection:
        yield connection


class Decide:
    """The script on an empty server, with the time handed in."""

    def __init__(self, client: redis.Redis, text: bytes) -> None:
        client.flushall()
        self.client = client
        self._run = client.register_script(
            text.replace(b"local clock = call('TIME')", b"local clock = {0, ARGV[3]}")
        )

    def __call__(
        self, *limits: Limit, now: int = NOW, wanted: int = 1, keys: tuple[str, ...] = ("k",)
    ) -> list[int]:
        shares = [limits] if len(keys) == 1 else [(limit,) for limit in limits]
        reply = self._run(keys=keys, args=[wanted, pack_limits(shares), now])
        return [int(number) for number in reply]

    def passed(self, seconds: int) -> None:
        """Let the key's time to live run down; the script's own clock is handed in."""
        self.client.pexpire("k", self.client.pttl("k") - seconds * 1000)


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
    return all(
        [decide(*limits, keys=(key,))[0] for _ in range(5)] == [1, 1, 1, 0, 0]
        for key, limits in (("k", pair), ("j", pair[::-1]))
    )


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


def asking_writes_nothing(decide: Decide) -> bool:
    """What is left can be asked without a trace."""
    return decide(limit(3, 60), wanted=0)[3] == 3 and not decide.client.exists("k")


def a_counter_outlives_its_use(decide: Decide) -> bool:
    """Written in a new minute, it lives through the next one."""
    decide(limit(10, 60))
    decide.passed(20)
    decide(limit(10, 60), now=NOW + 20_000_000)
    return decide.client.pttl("k") > 119_000


def all_windows_live_as_long_as_the_longest(decide: Decide) -> bool:
    """Its new bucket counts, whatever the shorter window is at."""
    pair = (limit(10, 50), limit(10, 60))  # NOW begins a bucket of 50 s, and is 20 s before the minute's end
    decide(*pair)
    decide.passed(20)
    decide(*pair, now=NOW + 20_000_000)
    return decide.client.pttl("k") > 119_000


def a_dropped_window_leaves_no_count_behind(decide: Decide) -> bool:
    """Limits may come and go between two requests: the present count is the one that counts."""
    second, minute = limit(100, 1), limit(100, 60)
    for limits in ((second, minute), (minute,), (minute,)):
        decide(*limits)
    return decide(second, minute)[4] == 96


CHECK = b"if free < 1 then\n        if wait > worst"
REFUSE = b"if denying > 0 or grant == 0 then"
CHARGE_ANYWAY = b"for k = 1, #KEYS do if values[k] then call('SET', KEYS[k], values[k]) end end "

MUTANTS: tuple[tuple[Callable[[Decide], bool], bytes, bytes], ...] = (
    (no_double_burst, b"count, before = 0, count", b"count, before = 0, 0"),
    (no_double_burst, b"before * (window - elapsed) / window", b"before * elapsed / window"),
    (denied_costs_nothing, REFUSE, CHARGE_ANYWAY + REFUSE),
    (all_limits_count, CHECK, b"if n > 1 then free = grant end " + CHECK),
    (log_is_exact, b"> edge then break", b"> edge - 1 then break"),
    (log_is_exact, b"call('LPUSH', key, stamp)", b"call('LPUSH', key, stamp + 1)"),
    (smooth_holds_its_burst, b"floor(burst -", b"floor(burst + 1 -"),
    (smooth_holds_its_burst, b"mark = mark + grant * window / quota", b"mark = mark"),
    (the_wait_suffices, b"ceil(worst / 1000)", b"ceil(worst / 2000)"),
    (a_lease_is_bounded, b"grant = fewest\nuntil", b"grant = 1\nuntil"),
    (asking_writes_nothing, b"denying > 0 or grant == 0 then", b"denying > 0 then"),
    (a_counter_outlives_its_use, b"if not lasting or", b"if not value or"),
    (all_windows_live_as_long_as_the_longest, b"bucket and window == ttl * 500 then", b"bucket then"),
    (a_dropped_window_leaves_no_count_behind, b"or #packed ~= #value then", b"then"),
)


@pytest.mark.parametrize("claim", list(dict.fromkeys(claim for claim, _, _ in MUTANTS)))
def test_the_shipped_script_keeps_the_claim(client: redis.Redis, claim: Callable[[Decide], bool]) -> None:
    assert claim(Decide(client, TEXT))


@pytest.mark.parametrize(("claim", "right", "wrong"), MUTANTS)
def test_a_script_with_this_mistake_does_not(
    client: redis.Redis, claim: Callable[[Decide], bool], right: bytes, wrong: bytes
) -> None:
    assert TEXT.count(right) == 1
    assert not claim(Decide(client, TEXT.replace(right, wrong)))
