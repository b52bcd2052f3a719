"""What a limiter ought to admit: the three algorithms as their documents state them, for the verdict of a load test.

Written from the descriptions, not from the limiter: a model that shared its code would share its mistakes.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

from platformctl.errors import UsageError

_POLICY_ITEM: Final = re.compile(r'"([^"]+)"((?:;[a-z]+=[^;,]+)*)')


class Algorithm(StrEnum):
    """How a window is counted."""

    SLIDING_WINDOW = "sliding-window"
    SMOOTH = "smooth"
    SLIDING_LOG = "sliding-log"


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """At most `quota` requests in `window_s` seconds."""

    name: str
    quota: int
    window_s: float
    algorithm: Algorithm = Algorithm.SLIDING_WINDOW

    @property
    def bound(self) -> int:
        """The most that any trailing window may admit."""
        match self.algorithm:
            case Algorithm.SLIDING_WINDOW:
                return max(self.quota, 2 * self.quota - 1)
            case Algorithm.SMOOTH:
                return self.quota + max(1, self.quota // 10) + 1
            case Algorithm.SLIDING_LOG:
                return self.quota


def limits_told(texts: Sequence[str], algorithm: Algorithm) -> tuple[Limit, ...]:
    """Limits as a person writes them: ``100/60`` is a hundred in sixty seconds."""
    found = []
    for text in texts:
        match = re.fullmatch(r"(\d+)/(\d+(?:\.\d+)?)s?", text)
        if match is None or not int(match[1]) or not float(match[2]):
            raise UsageError(
                f"not a limit: {text!r}", fix="--limit 100/60 is a hundred requests in sixty seconds"
            )
        found.append(Limit(name=text, quota=int(match[1]), window_s=float(match[2]), algorithm=algorithm))
    return tuple(found)


def limits_in(policy: str, algorithm: Algorithm) -> tuple[Limit, ...]:
    """The limits of a ``RateLimit-Policy`` field: ``"tenant-min";q=1000;w=60``; those below a second name no window."""
    found = []
    for name, parameters in _POLICY_ITEM.findall(policy):
        values = dict(one.split("=", 1) for one in parameters.split(";") if one)
        if values.get("q", "").isdecimal() and values.get("w", "").isdecimal():
            limit = Limit(name=name, quota=int(values["q"]), window_s=float(values["w"]), algorithm=algorithm)
            found.append(limit)
    return tuple(found)


class _Model(Protocol):
    def free(self, now: float) -> float: ...

    def take(self, now: float) -> None: ...


@dataclass(slots=True)
class _Window:
    """This window's count, and the one before it by the part of it that a trailing window still covers."""

    limit: Limit
    counts: dict[int, int] = field(default_factory=dict)

    def free(self, now: float) -> float:
        number, part = divmod(now / self.limit.window_s, 1)
        before = self.counts.get(int(number) - 1, 0) * (1 - part)
        return self.limit.quota - self.counts.get(int(number), 0) - before

    def take(self, now: float) -> None:
        number = int(now // self.limit.window_s)
        self.counts = {k: v for k, v in self.counts.items() if k >= number - 1}
        self.counts[number] = self.counts.get(number, 0) + 1


@dataclass(slots=True)
class _Smooth:
    """A bucket of a tenth of the quota that drains evenly."""

    limit: Limit
    level: float = 0.0
    at: float = 0.0

    def free(self, now: float) -> float:
        drained = (now - self.at) * self.limit.quota / self.limit.window_s
        return max(1, self.limit.quota // 10) - max(0.0, self.level - drained)

    def take(self, now: float) -> None:
        self.level, self.at = max(1, self.limit.quota // 10) - self.free(now) + 1, now


@dataclass(slots=True)
class _Log:
    """Every admission of the trailing window."""

    limit: Limit
    times: deque[float] = field(default_factory=deque)

    def free(self, now: float) -> float:
        while self.times and self.times[0] <= now - self.limit.window_s:
            self.times.popleft()
        return self.limit.quota - len(self.times)

    def take(self, now: float) -> None:
        self.times.append(now)


_MODELS: Final = {Algorithm.SLIDING_WINDOW: _Window, Algorithm.SMOOTH: _Smooth, Algorithm.SLIDING_LOG: _Log}


def used_before(limits: Sequence[Limit], first: str) -> dict[str, int]:
    """Units of each limit that were spent before the answer with this ``RateLimit`` field, as far as it tells."""
    left = {}
    for name, parameters in _POLICY_ITEM.findall(first):
        values = dict(one.split("=", 1) for one in parameters.split(";") if one)
        if values.get("r", "").isdecimal():
            left[name] = int(values["r"])
    return {one.name: max(0, one.quota - left[one.name] - 1) for one in limits if one.name in left}


def expected(limits: Sequence[Limit], times: Sequence[float], used: Mapping[str, int] | None = None) -> int:
    """How many requests at these times (seconds of the epoch, ascending) are admitted.

    `used` are units spent before, by limit; they count as spent in the window of the first request.
    """
    models: list[_Model] = [_MODELS[limit.algorithm](limit) for limit in limits]
    for limit, model in zip(limits, models, strict=True):
        for _ in range((used or {}).get(limit.name, 0) if times else 0):
            model.take(times[0])
    admitted = 0
    for now in times:
        if all(model.free(now) >= 1 for model in models):
            admitted += 1
            for model in models:
                model.take(now)
    return admitted


def most_in_window(window_s: float, sent: Sequence[float], done: Sequence[float]) -> int:
    """The most requests that began and ended within any `window_s`: at least as many were admitted in it."""
    starts, ends = sorted(sent), sorted(done)
    # Of those sent from `start` on, the ones done by the window's end: all done by then, less all sent before.
    return max(
        (bisect_right(ends, start + window_s) - bisect_left(starts, start) for start in starts), default=0
    )
