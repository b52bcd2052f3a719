"""Where Redis is: read from a URL, and never told with its password."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from platform_ratelimit.errors import RateLimitError
from platform_ratelimit.redis.breaker import Breaker, BreakerSettings
from platform_ratelimit.redis.cluster import slot_of
from platform_ratelimit.redis.settings import RedisSettings


def test_a_url_is_read_whole() -> None:
    settings = RedisSettings.from_url("redis://ann:p%40ss@cache.example:6380/4")
    assert (settings.host, settings.port, settings.database) == ("cache.example", 6380, 4)
    assert (settings.username, settings.password) == ("ann", "p@ss")
    assert RedisSettings.from_url("unix:///run/redis.sock?db=2").path == "/run/redis.sock"
    assert RedisSettings.from_url("unix:///run/redis.sock?db=2").database == 2
    assert RedisSettings.from_url("rediss://cache.example").tls is not None


def test_a_password_comes_from_a_file_and_shows_nowhere(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret\n")
    settings = RedisSettings.from_url("redis://cache", password_file=tmp_path / "secret")
    assert settings.password == "s3cret"
    assert "s3cret" not in repr(settings) + settings.place


@pytest.mark.parametrize("url", ["http://cache", "redis://cache/x", "cache:6379"])
def test_what_is_no_redis_url_is_refused(url: str) -> None:
    with pytest.raises(RateLimitError, match="fix:"):
        RedisSettings.from_url(url)


def test_the_slot_is_that_of_the_specification() -> None:
    """The Redis Cluster specification gives 0x31C3 as the CRC of 123456789."""
    assert slot_of(b"rl:{123456789}:t") == 0x31C3 % 16384


def breaker(changes: list[bool], **settings: float) -> Breaker:
    return Breaker(
        BreakerSettings(**settings),  # type: ignore[arg-type]
        random=Random(1),
        on_change=lambda closed, _reason: changes.append(closed),
    )


def test_the_breaker_opens_after_misses_in_a_row_over_a_while_and_tells_once() -> None:
    changes: list[bool] = []
    one = breaker(changes)
    one.close()
    assert not any(one.missed_deadline(10.0) for _ in range(50))  # one hiccup, many requests
    assert one.missed_deadline(10.04)
    one.open("deadline")
    one.open("connection lost")
    one.close()
    one.close()
    assert changes == [True, False, True]


def test_a_success_between_misses_starts_the_count_afresh() -> None:
    one = breaker([])
    for now in range(20):
        assert not one.missed_deadline(float(now))
        one.missed = 0


def test_probes_wait_longer_each_time_with_jitter_up_to_the_longest() -> None:
    one = breaker([], first_delay_s=0.1, longest_delay_s=1.0)
    delays = [one.next_delay_s() for _ in range(50)]
    for number, delay in enumerate(delays):
        ceiling = min(1.0, 0.1 * 2**number)
        assert ceiling / 2 <= delay <= ceiling
    assert len(set(delays[10:])) > 30
