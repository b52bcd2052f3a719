"""Decisions in this process's memory: the fallback while Redis is away, and the reference of the script."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

from platform_ratelimit.counters import COUNTERS, Counter
from platform_ratelimit.plan import PlannedKey
from platform_ratelimit.policy import Algorithm, Limit

MOST_COUNTERS: Final = 50_000


class MemoryStore:
    """The same decision as `decide.lua`, with the same reply, for a share of every quota."""

    def __init__(self, *, clock_us: Callable[[], int], most_counters: int = MOST_COUNTERS) -> None:
        """`clock_us` tells wall-clock microseconds."""
        self._clock_us, self._most = clock_us, most_counters
        self._counters: dict[tuple[bytes, int, Algorithm], Counter] = {}

    def decide(self, keys: Sequence[PlannedKey], *, wanted: int = 1, share: float = 1.0) -> list[int]:
        """Grant up to `wanted` units from every limit, or none from any; see `decide.lua` for the reply."""
        now = self._clock_us()
        limits = [_part(planned.limit, share) for key in keys for planned in key.limits]
        counters = [self._counter(key.name, planned.limit) for key in keys for planned in key.limits]
        free = [counter.look(limit, now) for counter, limit in zip(counters, limits, strict=True)]
        granted = max(0, min(wanted, *free))
        if granted == 0:
            return _refusal(counters, limits, free, now)
        resets = [counter.take(limit, now, granted) for counter, limit in zip(counters, limits, strict=True)]
        left = [units - granted for units in free]
        tightest = min(range(len(limits)), key=lambda index: left[index] / limits[index].quota)
        return [granted, tightest + 1, math.ceil(resets[tightest] / 1000), *left]

    def _counter(self, key: bytes, limit: Limit) -> Counter:
        place = (key, limit.window_ms, limit.algorithm)
        counter = self._counters.get(place)
        if counter is None:
            if len(self._counters) >= self._most:
                self._forget()
            counter = self._counters[place] = COUNTERS[limit.algorithm]()
        return counter

    def _forget(self) -> None:
        """Drop idle counters; when all are busy, the oldest half: memory is bounded whatever comes in."""
        now = self._clock_us()
        busy = {place: counter for place, counter in self._counters.items() if counter.idle_after > now}
        if len(busy) > self._most // 2:
            busy = dict(list(busy.items())[-self._most // 2 :])
        self._counters = busy


def _part(limit: Limit, share: float) -> Limit:
    if share == 1.0:
        return limit
    quota = max(1, int(limit.quota * share))
    return Limit(name=limit.name, quota=quota, window_s=limit.window_s, algorithm=limit.algorithm)


def _refusal(counters: list[Counter], limits: list[Limit], free: list[int], now: int) -> list[int]:
    worst, which = -1.0, 0
    for index, units in enumerate(free):
        if units < 1 and (wait := counters[index].wait(limits[index], now)) > worst:
            worst, which = wait, index
    return [0, which + 1, max(1, math.ceil(worst / 1000)), *(max(0, units) for units in free)]
