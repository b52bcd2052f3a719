"""Waiting for something to become true, with a clock that tests can turn."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

_POLL_S = 0.05


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """Reads monotonic seconds and sleeps for some."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def wait_until(self, condition: Callable[[], bool], *, timeout_s: float) -> bool:
        """Ask until `condition` holds; false when it never did within `timeout_s`."""
        deadline = self.now() + timeout_s
        while not condition():
            if self.now() >= deadline:
                return False
            self.sleep(_POLL_S)
        return True
