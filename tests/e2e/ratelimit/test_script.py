"""The real script on a real Redis, with the clock alone replaced: claims about every arrival pattern."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator

import pytest
import redis
from e2e.ratelimit.servers import RedisServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platform_ratelimit.memory import MemoryStore
from platform_ratelimit.plan import PlannedKey, PlannedLimit
from platform_ratelimit.policy import Algorithm, Limit, Scope
from platform_ratelimit.script import TEXT, pack_limits

pytestmark = pytest.mark.e2e
CLOCK = b"local clock = call('TIME')"
TIME_TO_LIVE = b"'PX', fresh[k]"
STRETCHED = 1000  # keys live longer by that much: the time handed in may pass more slowly than the server's
START_US = 1_900_000_000_000_000
EXAMPLES = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
GAPS = st.lists(st.one_of(st.integers(0, 3_000), st.integers(0, 2_500_000)), min_size=1, max_size=120)


class Script:
    """The script with the time handed in and keys that outlast it; everything else is the shipped text."""

    def __init__(self, client: redis.Redis) -> None:
        assert TEXT.count(CLOCK) == TEXT.count(TIME_TO_LIVE) == 1
        self.client = client
        text = TEXT.replace(CLOCK, b"local clock = {0, ARGV[3]}")
        self.run = client.register_script(text.replace(TIME_TO_LIVE, TIME_TO_LIVE + b" * %d" % STRETCHED))

    def decide(self, *keys: tuple[str, list[Limit]], now: int, wanted: int = 1) -> list[int]:
        names = [name for name, _ in keys]
        reply = self.run(keys=names, args=[wanted, pack_limits([limits for _, limits in keys]), now])
        assert isinstance(reply, list)
        return [int(number) for number in reply]


@pytest.fixture
def script(redis_server: RedisServer) -> Iterator[Script]:
    with redis_server.client() as client:
        yield Script(client)


def limit(
    quota: int, window_s: float = 1, algorithm: Algorithm = Algorithm.SLIDING_WINDOW, name: str = "l"
) -> Limit:
    return Limit(name=name, quota=quota, window_s=window_s, algorithm=algorithm)


def most_in_a_window(times: list[int], window_us: int) -> int:
    """The oracle: the largest number of admissions in any trailing window, counted one by one."""
    return max(
        (end + 1 - bisect_right(times, times[end] - window_us) for end in range(len(times))), default=0
    )


@pytest.mark.parametrize(
    ("algorithm", "most"),
    [
        (Algorithm.SLIDING_LOG, lambda quota: quota),
        (Algorithm.SMOOTH, lambda quota: quota + max(1, quota // 10) + 1),
        (Algorithm.SLIDING_WINDOW, lambda quota: 2 * quota - 1 if quota > 1 else 1),
    ],
    ids=["sliding-log", "smooth", "sliding-window"],
)
@EXAMPLES
@given(quota=st.integers(1, 40), gaps=GAPS)
def test_no_trailing_window_admits_more_than_the_stated_bound(
    script: Script, algorithm: Algorithm, most: object, quota: int, gaps: list[int]
) -> None:
    script.client.flushall()
    now, admitted = START_US, []
    for gap in gaps:
        now += gap
        if script.decide(("k", [limit(quota, algorithm=algorithm)]), now=now)[0]:
            admitted.append(now)
    assert callable(most)
    assert most_in_a_window(admitted, 1_000_000) <= most(quota)


def test_the_worst_case_of_the_sliding_window_is_close_to_twice_the_limit_and_no_more(script: Script) -> None:
    """The adversary of the documentation: everything at the end of one window, then as the weight allows."""
    quota, edge, admitted = 100, START_US + 1_000_000, []
    for step in range(0, 1_000_000, 500):
        if step == 0:
            for _ in range(quota):
                assert script.decide(("k", [limit(quota)]), now=edge - 1)[0] == 1
                admitted.append(edge - 1)
        if script.decide(("k", [limit(quota)]), now=edge + step)[0]:
            admitted.append(edge + step)
    assert 190 <= most_in_a_window(admitted, 1_000_000) <= 199


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_flood_is_admitted_at_the_quota_within_three_percent(script: Script, algorithm: Algorithm) -> None:
    quota, seconds = 50, 20
    admitted = sum(
        script.decide(("k", [limit(quota, algorithm=algorithm)]), now=START_US + step)[0]
        for step in range(0, seconds * 1_000_000, 5_000)
    )
    assert quota * seconds * 0.97 <= admitted <= quota * (seconds + 1)


@pytest.mark.parametrize("algorithm", list(Algorithm))
@EXAMPLES
@given(gaps=GAPS, quota=st.integers(1, 12))
def test_the_fallback_decides_exactly_as_the_script(
    script: Script, algorithm: Algorithm, gaps: list[int], quota: int
) -> None:
    script.client.flushall()
    now = START_US
    memory = MemoryStore(clock_us=lambda: now)
    limits = [limit(quota, 1, algorithm, "a"), limit(quota * 3, 5, algorithm, "b")]
    counters = (
        [("k", limits)] if algorithm is not Algorithm.SLIDING_LOG else [("k", limits[:1]), ("m", limits[1:])]
    )
    keys = [
        PlannedKey(n.encode(), tuple(PlannedLimit(one, Scope.TENANT) for one in ls)) for n, ls in counters
    ]
    for index, gap in enumerate(gaps):
        now += gap
        wanted = 1 + index % 3
        assert script.decide(*counters, now=now, wanted=wanted) == memory.decide(keys, wanted=wanted)


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_denied_request_consumes_nothing_anywhere(script: Script, algorithm: Algorithm) -> None:
    quota = 20 if algorithm is Algorithm.SMOOTH else 2  # a burst of two either way
    wide, narrow = limit(100, 60, algorithm, "wide"), limit(quota, 60, algorithm, "narrow")
    for _ in range(2):
        assert script.decide(("t", [wide]), ("e", [narrow]), now=START_US)[0] == 1
    before = {name: script.client.dump(name) for name in ("t", "e")}
    for _ in range(20):
        assert script.decide(("t", [wide]), ("e", [narrow]), now=START_US + 1)[:2] == [0, 2]
    assert {name: script.client.dump(name) for name in ("t", "e")} == before


def test_a_client_at_one_and_a_half_times_its_limit_keeps_its_whole_entitlement(script: Script) -> None:
    """Counting denied requests would lock it out (0.3 % of its entitlement)."""
    admitted = sum(
        script.decide(("k", [limit(100)]), now=START_US + step * 6_667)[0] for step in range(150 * 20)
    )
    assert 100 * 20 * 0.97 <= admitted <= 100 * 21


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_remaining_falls_by_one_with_each_admission_of_a_burst(script: Script, algorithm: Algorithm) -> None:
    remaining = [script.decide(("k", [limit(50, 1, algorithm)]), now=START_US)[3] for _ in range(5)]
    assert remaining == ([4, 3, 2, 1, 0] if algorithm is Algorithm.SMOOTH else [49, 48, 47, 46, 45])


@pytest.mark.parametrize("algorithm", list(Algorithm))
@EXAMPLES
@given(gaps=GAPS, quota=st.integers(1, 30))
def test_whoever_waits_as_told_is_admitted_and_a_millisecond_less_is_too_early(
    script: Script, algorithm: Algorithm, gaps: list[int], quota: int
) -> None:
    script.client.flushall()
    now = START_US
    one = limit(quota, 1, algorithm)
    for gap in gaps:
        now += gap
        granted, _, wait_ms = script.decide(("k", [one]), now=now)[:3]
        if not granted:
            if wait_ms > 2:
                early = now + (wait_ms - 2) * 1000
                assert script.decide(("k", [one]), now=early)[0] == 0
            now += wait_ms * 1000
            assert script.decide(("k", [one]), now=now)[0] == 1


def test_one_tenant_cannot_touch_another(script: Script) -> None:
    for _ in range(500):
        script.decide(("rl:{a}:t", [limit(5)]), now=START_US)
    assert script.decide(("rl:{b}:t", [limit(5)]), now=START_US) == [1, 1, 1000, 4]


def test_counters_survive_a_change_of_the_quota_and_of_the_other_window(script: Script) -> None:
    for _ in range(8):
        script.decide(("k", [limit(10, 60, name="min")]), now=START_US)
    assert script.decide(("k", [limit(20, 60)]), now=START_US)[3] == 11
    assert script.decide(("k", [limit(5, 1), limit(20, 60)]), now=START_US)[3:] == [4, 10]
    assert script.decide(("k", [limit(4, 60)]), now=START_US)[:2] == [0, 1]


def test_a_lease_takes_what_there_is_and_no_more(script: Script) -> None:
    assert script.decide(("k", [limit(10, 60), limit(7, 1)]), now=START_US, wanted=100)[0] == 7
    assert script.decide(("k", [limit(10, 60)]), now=START_US, wanted=100)[0] == 3
    assert script.decide(("k", [limit(10, 60)]), now=START_US, wanted=100)[0] == 0


def test_a_clock_that_steps_back_does_not_admit_twice(script: Script) -> None:
    for _ in range(10):
        assert script.decide(("k", [limit(10)]), now=START_US + 100)[0] == 1
    assert script.decide(("k", [limit(10)]), now=START_US - 100)[0] == 0


def test_the_denying_limit_is_named_with_the_longest_wait(script: Script) -> None:
    pair = ("k", [limit(1, 1), limit(1, 60)])
    assert script.decide(pair, now=START_US)[0] == 1
    granted, which, wait_ms, *remaining = script.decide(pair, now=START_US)
    assert (granted, which, remaining) == (0, 2, [0, 0])
    # 1.9e9 s is 40 s into its minute: 20 s to the next one, in which this minute's count fades after 60 s.
    assert wait_ms == 80_000


def test_a_key_is_small_and_expires(script: Script) -> None:
    script.decide(("rl:{tenant}:t", [limit(10, 1), limit(100, 60)]), now=START_US)
    assert (script.client.memory_usage("rl:{tenant}:t") or 999) <= 170
    assert 119_000 <= script.client.pttl("rl:{tenant}:t") / STRETCHED <= 120_000


def test_remaining_is_never_negative_and_never_above_the_quota(script: Script) -> None:
    for step in range(200):
        reply = script.decide(("k", [limit(9)]), now=START_US + step * 40_000)
        assert 0 <= reply[3] <= 9
        assert math.isfinite(reply[2])
        assert reply[2] >= 1


@EXAMPLES
@given(
    gaps=st.lists(st.tuples(st.integers(0, 400_000), st.sampled_from("abc")), min_size=1, max_size=80),
    quota=st.integers(1, 8),
)
def test_a_tenant_is_decided_as_if_it_were_alone(
    script: Script, gaps: list[tuple[int, str]], quota: int
) -> None:
    """No cross-tenant effect: the mixed stream gives each tenant what its own stream alone would."""
    one = limit(quota)
    mixed: dict[str, list[int]] = {"a": [], "b": [], "c": []}
    times: dict[str, list[int]] = {"a": [], "b": [], "c": []}
    script.client.flushall()
    now = START_US
    for gap, tenant in gaps:
        now += gap
        times[tenant].append(now)
        mixed[tenant].append(script.decide((f"rl:{{{tenant}}}:t", [one]), now=now)[0])
    for tenant, moments in times.items():
        alone = [script.decide((f"rl:{{only-{tenant}}}:t", [one]), now=moment)[0] for moment in moments]
        assert alone == mixed[tenant]


@EXAMPLES
@given(gaps=GAPS, quota=st.integers(2, 10))
def test_refused_requests_change_nothing_for_those_that_follow(
    script: Script, gaps: list[int], quota: int
) -> None:
    """Taking the refused requests out of a stream leaves every other verdict as it was."""
    one = limit(quota)
    script.client.flushall()
    now, stream = START_US, []
    for gap in gaps:
        now += gap
        stream.append((now, script.decide(("all", [one]), now=now)[0]))
    admitted = [moment for moment, verdict in stream if verdict]
    assert all(script.decide(("admitted", [one]), now=moment)[0] for moment in admitted)


@EXAMPLES
@given(steps=st.lists(st.integers(0, 20_000), min_size=2, max_size=40))
def test_remaining_never_rises_within_a_burst(script: Script, steps: list[int]) -> None:
    """Inside one bucket with an empty one before it, what is left only falls."""
    script.client.flushall()
    now, seen = START_US, []
    for step in steps:
        now += step
        seen.append(script.decide(("k", [limit(30, 1)]), now=now)[3])
    assert seen == sorted(seen, reverse=True)
