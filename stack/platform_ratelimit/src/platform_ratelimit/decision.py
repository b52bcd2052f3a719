"""What was decided, by whom, and what is left."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from platform_ratelimit.plan import Plan, PlannedLimit


class Source(StrEnum):
    """Who decided."""

    REDIS = "redis"
    LEASE = "lease"
    CACHE = "cache"  # a refusal that still holds
    LOCAL = "local"  # the fallback in this process
    OPEN = "open"  # nobody: let through
    CLOSED = "closed"  # nobody: refused
    BLOCKED = "blocked"  # the emergency switch
    UNLIMITED = "unlimited"  # no limit applies


class Decision:
    """`index` is the tightest limit when allowed, the refusing one otherwise; -1 when no limit was asked."""

    __slots__ = ("_in_hand", "_remaining", "allowed", "index", "plan", "reset_ms", "source")

    def __init__(
        self,
        plan: Plan,
        source: Source,
        *,
        allowed: bool,
        index: int = -1,
        reset_ms: int = 0,
        remaining: Sequence[int] = (),
        in_hand: int = 0,
    ) -> None:
        """`remaining` is what the script left of each limit; `in_hand` are leased units that come on top."""
        self.plan = plan
        self.source = source
        self.allowed = allowed
        self.index = index
        self.reset_ms = reset_ms
        self._remaining = remaining
        self._in_hand = in_hand

    @property
    def remaining(self) -> Sequence[int]:
        """What is left of each limit."""
        return [units + self._in_hand for units in self._remaining] if self._in_hand else self._remaining

    def left_of(self, index: int) -> int:
        """What is left of one limit of the plan."""
        return self._remaining[index] + self._in_hand

    @property
    def limit(self) -> PlannedLimit | None:
        """The limit that `index` names."""
        return self.plan.limits[self.index] if self.index >= 0 else None

    @property
    def retry_after_s(self) -> int:
        """Whole seconds until another attempt can succeed."""
        return -(-self.reset_ms // 1000)

    def __repr__(self) -> str:
        verdict = "allowed" if self.allowed else "denied"
        return f"Decision({verdict} by {self.source}, {self.plan.subject!r}, {self.remaining!r})"


def decision_from(plan: Plan, reply: Sequence[int], source: Source) -> Decision:
    """The decision in a reply of the script."""
    return Decision(
        plan, source, allowed=reply[0] > 0, index=reply[1] - 1, reset_ms=reply[2], remaining=reply[3:]
    )
