"""Units leased ahead: charged in Redis in one go, spent in memory one by one.

Every unit a process spends was charged before, so in any window a limit of L admits at most what the exact
algorithm admits plus what all processes held unspent when the window began:
``processes * max_held(L)`` with ``max_held(L) = min(floor(share * L), most_units)``.
A limit too small for a lease (``max_held < 2``) is decided exactly.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from typing import Final

from platform_ratelimit.decision import Decision, Source, decision_from
from platform_ratelimit.plan import MOST_PLANS, Plan
from platform_ratelimit.policy import Algorithm
from platform_ratelimit.redis.connection import Reply

Ask = Callable[[Plan, int], Awaitable[Reply]]
_LEASE: Final = Source.LEASE  # an enumeration's member costs a call each time it is named


@dataclass(frozen=True, kw_only=True, slots=True)
class LeaseSettings:
    """How much of a quota one process may hold, and how fresh what it reports must be."""

    share: float = 0.01
    most_units: int = 1000
    busy_s: float = 0.1  # a lease spent within this time doubles the next one
    fresh_s: float = 1.0  # after this long, ask again: a quiet tenant is decided exactly

    def max_held(self, quota: int) -> int:
        """The most units of a limit this process may hold unspent."""
        return min(int(quota * self.share), self.most_units)


class _Held:
    """Units in hand of one limit of one key, over all plans that share it."""

    __slots__ = ("most", "units")

    def __init__(self, most: int) -> None:
        self.units, self.most = 0, most


class Lease:
    """The units of one plan in hand, those asked for, and what was said of the budget when they came."""

    __slots__ = (
        "asked", "counted", "fresh_until", "held", "index", "low", "refill", "remaining", "reset_ms", "size",
        "taken_at", "units",
    )  # fmt: skip

    def __init__(self, held: list[_Held]) -> None:
        self.units = self.asked = 0
        self.counted = 0  # units that `held` know of; spending one is not told at once
        self.size, self.low, self.held = 1, 0, held
        self.taken_at = self.fresh_until = 0.0  # monotonic seconds
        self.index, self.reset_ms, self.remaining = -1, 0, [0]
        self.refill: asyncio.Task[Reply] | None = None

    def settle(self) -> int:
        """Tell the limits what is in hand or asked for; the units that may still be taken for all of them."""
        present = self.units + self.asked
        for held in self.held:
            held.units += present - self.counted
        self.counted = present
        return min(held.most - held.units for held in self.held)


class Leases:
    """The leases of one planner. Not for several threads."""

    def __init__(self, settings: LeaseSettings, ask: Ask) -> None:
        self._settings, self._ask = settings, ask
        self._plans: list[Plan] = []  # those that have a lease
        self._held: dict[tuple[bytes, int, Algorithm], _Held] = {}

    def spend(self, plan: Plan, now: float) -> Decision | None:
        """A unit in hand, while what was said of the budget is fresh `now`; none otherwise."""
        lease = plan.lease
        if lease is None or lease.units <= 0 or now >= lease.fresh_until:
            return None
        return self._spend(plan, lease)

    async def decide(self, plan: Plan) -> Decision:
        """Fetch some units and spend one; raises `BackendUnavailable`."""
        lease = plan.lease or self._open(plan)
        while True:
            reply = await asyncio.shield(self._refill(plan, lease))
            if lease.units > 0:
                return self._spend(plan, lease)
            if reply[0] == 0:
                return decision_from(plan, reply, Source.REDIS)

    def give_back(self, plan: Plan) -> None:
        """Return a unit just spent: the request was refused elsewhere. One too many to hold is let go."""
        lease = plan.lease
        if lease is not None and lease.settle() > 0:
            lease.units += 1
            lease.settle()

    def held(self, plan: Plan) -> int:
        """Units of the plan in hand."""
        return plan.lease.units if plan.lease is not None else 0

    def _open(self, plan: Plan) -> Lease:
        if len(self._plans) >= MOST_PLANS:
            self._let_go()
        lease = plan.lease = Lease(self._held_by(plan))
        self._plans.append(plan)
        return lease

    def _let_go(self) -> None:
        """Let all units go unspent: memory stays bounded, and never are too many admitted."""
        for plan in self._plans:
            plan.lease = None
        self._plans, self._held = [], {}

    def _held_by(self, plan: Plan) -> list[_Held]:
        held = []
        for key in plan.keys:
            for planned in key.limits:
                limit = planned.limit
                place = (key.name, limit.window_ms, limit.algorithm)
                if place not in self._held:
                    self._held[place] = _Held(self._settings.max_held(limit.quota))
                held.append(self._held[place])
        return held

    def _spend(self, plan: Plan, lease: Lease) -> Decision:
        lease.units -= 1
        if lease.units <= lease.low and lease.refill is None and lease.settle() > 1:
            self._refill(plan, lease)
        return Decision(
            plan,
            _LEASE,
            allowed=True,
            index=lease.index,
            reset_ms=lease.reset_ms,
            remaining=lease.remaining,
            in_hand=lease.units,
        )

    def _refill(self, plan: Plan, lease: Lease) -> asyncio.Task[Reply]:
        """The refill under way, or a new one: twice as much as the last while busy, half as much when not."""
        if lease.refill is None:
            busy = monotonic() - lease.taken_at < self._settings.busy_s
            wanted = lease.size * 2 if busy else lease.size // 2
            lease.size = lease.asked = max(1, min(wanted, lease.settle()))
            lease.settle()
            lease.refill = asyncio.create_task(self._fill(plan, lease))
            lease.refill.add_done_callback(_failure_is_seen)
        return lease.refill

    async def _fill(self, plan: Plan, lease: Lease) -> Reply:
        try:
            reply = await self._ask(plan, lease.asked)
        finally:
            lease.asked, lease.refill = 0, None
        if reply[0] > 0:
            lease.taken_at = monotonic()
            lease.fresh_until = lease.taken_at + self._settings.fresh_s
            lease.index, lease.reset_ms, lease.remaining = reply[1] - 1, reply[2], reply[3:]
            lease.units += reply[0]
            lease.low = lease.size // 4
        return reply


def _failure_is_seen(task: asyncio.Task[Reply]) -> None:
    """A refill that failed with nobody waiting is tried again by whoever needs it."""
    if not task.cancelled():
        task.exception()
