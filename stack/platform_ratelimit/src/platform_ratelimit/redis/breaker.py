"""The circuit breaker: a known outage costs a request nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, kw_only=True, slots=True)
class BreakerSettings:
    """When to open (so many deadlines missed in a row, over so long), and how long to wait between probes."""

    trip_after: int = 5
    trip_span_s: float = 0.03  # a hiccup shorter than this costs the requests it hits, and no more
    first_delay_s: float = 0.05
    longest_delay_s: float = 1.0


class Breaker:
    """Closed while Redis decides. Opens on missed deadlines or a lost connection; a probe closes it again."""

    def __init__(
        self, settings: BreakerSettings, *, random: Random, on_change: Callable[[bool, str], None]
    ) -> None:
        """`on_change(closed, reason)` is called once per change of state."""
        self._settings, self._random, self._on_change = settings, random, on_change
        self.closed = False
        self.missed = 0  # deadlines in a row; a success sets it back
        self._first_missed_at = 0.0
        self._attempts = 0
        self._told = False

    def missed_deadline(self, now: float) -> bool:
        """Count one, at `now` (monotonic seconds); true when that was one too many."""
        if self.missed == 0:
            self._first_missed_at = now
        self.missed += 1
        long_enough = now - self._first_missed_at >= self._settings.trip_span_s
        return long_enough and self.missed >= self._settings.trip_after

    def open(self, reason: str) -> None:
        """Stop asking. Says so the first time, also when it was never closed."""
        if self.closed or not self._told:
            self._told = True
            self.closed = False
            self._on_change(False, reason)

    def close(self) -> None:
        """Ask again: a probe was answered."""
        self.missed = self._attempts = 0
        if not self.closed:
            self.closed = self._told = True
            self._on_change(True, "answered")

    def next_delay_s(self) -> float:
        """How long to wait before the next probe: doubling, with full jitter on the upper half."""
        ceiling = min(self._settings.longest_delay_s, self._settings.first_delay_s * 2.0**self._attempts)
        self._attempts = min(self._attempts + 1, 16)
        return ceiling * self._random.uniform(0.5, 1.0)
