"""The three algorithms in plain Python: what `decide.lua` does, for one process. Times are microseconds."""

from __future__ import annotations

import math
from collections import deque
from typing import Final, Protocol

from platform_ratelimit.policy import Algorithm, Limit

_SHAVED: Final = 0.001  # what double precision may have taken off a whole unit


class Counter(Protocol):
    """The state of one limit of one subject. `look` comes before every other call."""

    idle_after: float

    def look(self, limit: Limit, now: int) -> int:
        """Units that could be granted now (may be negative after a quota was lowered)."""
        ...

    def wait(self, limit: Limit, now: int) -> float:
        """Microseconds until one unit is free, when none is."""
        ...

    def take(self, limit: Limit, now: int, units: int) -> float:
        """Take the units; return microseconds until the limit resets."""
        ...


class WindowCounter:
    """Two counters: this window's and the one before, which weighs less as time goes on."""

    __slots__ = ("before", "bucket", "count", "idle_after")

    def __init__(self) -> None:
        self.bucket, self.count, self.before, self.idle_after = 0, 0, 0, 0.0

    def _roll(self, window: int, now: int) -> int:
        """Move to the bucket of `now`; return microseconds into it."""
        bucket = now // window
        if self.bucket == bucket + 1:  # the clock went back over the edge: stay in the later bucket
            return 0
        if self.bucket != bucket:
            self.before = self.count if self.bucket == bucket - 1 else 0
            self.bucket, self.count = bucket, 0
        return now - bucket * window

    def look(self, limit: Limit, now: int) -> int:
        window = limit.window_ms * 1000
        left = window - self._roll(window, now)
        return math.floor(limit.quota - self.count - self.before * left / window + _SHAVED)

    def wait(self, limit: Limit, now: int) -> float:
        window, quota = limit.window_ms * 1000, limit.quota
        if self.count + 1 <= quota:
            return self.bucket * window + window * (1 - (quota - self.count - 1) / self.before) - now
        return self.bucket * window + window * (2 - (quota - 1) / self.count) - now

    def take(self, limit: Limit, now: int, units: int) -> float:
        window = limit.window_ms * 1000
        self.count += units
        self.idle_after = now + 2 * window
        return (self.bucket + 1) * window - now


class SmoothBucket:
    """GCRA: one theoretical arrival time, with a burst of a tenth of the quota."""

    __slots__ = ("arrival", "idle_after")

    def __init__(self) -> None:
        self.arrival, self.idle_after = 0.0, 0.0

    def look(self, limit: Limit, now: int) -> int:
        window = limit.window_ms * 1000
        if not now <= self.arrival <= now + 2 * window:
            self.arrival = now
        return math.floor(limit.burst - (self.arrival - now) * limit.quota / window + _SHAVED)

    def wait(self, limit: Limit, now: int) -> float:
        return self.arrival - now - (limit.burst - 1) * limit.window_ms * 1000 / limit.quota

    def take(self, limit: Limit, now: int, units: int) -> float:
        self.arrival += units * limit.window_ms * 1000 / limit.quota
        self.idle_after = self.arrival
        return self.arrival - now


class SlidingLog:
    """The time of every admission in the window."""

    __slots__ = ("idle_after", "times")

    def __init__(self) -> None:
        self.times: deque[int] = deque()
        self.idle_after = 0.0

    def look(self, limit: Limit, now: int) -> int:
        edge = now - limit.window_ms * 1000
        while self.times and self.times[0] <= edge:
            self.times.popleft()
        return limit.quota - len(self.times)

    def wait(self, limit: Limit, now: int) -> float:
        return self.times[len(self.times) - limit.quota] + limit.window_ms * 1000 - now

    def take(self, limit: Limit, now: int, units: int) -> float:
        self.times.extend([now] * units)
        self.idle_after = now + limit.window_ms * 1000
        return self.times[0] + limit.window_ms * 1000 - now


COUNTERS: Final[dict[Algorithm, type[Counter]]] = {
    Algorithm.SLIDING_WINDOW: WindowCounter,
    Algorithm.SMOOTH: SmoothBucket,
    Algorithm.SLIDING_LOG: SlidingLog,
}
