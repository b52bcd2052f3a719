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

from platform_ratelimit.decision import Decision, Source, decision_from
from platform_ratelimit.plan import MOST_PLANS, Plan
from platform_ratelimit.policy import Algorithm
from platform_ratelimit.redis.connection import Reply

Ask = Callable[[Plan, int], Awaitable[Reply]]


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


class _Lease:
    """The units of one plan in hand, and the reply they came with."""

    __slots__ = ("filled_at", "held", "refill", "reply", "size", "units")

    def __init__(self, held: list[_Held]) -> None:
        self.units, self.size, self.filled_at, self.held = 0, 1, 0.0, held
        self.reply: Reply = []
        self.refill: asyncio.Task[Reply] | None = None


class Leases:
    """The leases of one planner. Not for several threads."""

    def __init__(self, settings: LeaseSettings, ask: Ask) -> None:
        self._settings, self._ask = settings, ask
        self._leases: dict[int, tuple[Plan, _Lease]] = {}
        self._held: dict[tuple[bytes, int, Algorithm], _Held] = {}

    def spend(self, plan: Plan) -> Decision | None:
        """A unit in hand, while what was said of the budget is fresh; none otherwise."""
        lease = self._lease_of(plan)
        if lease.units > 0 and monotonic() - lease.filled_at < self._settings.fresh_s:
            return self._spend(plan, lease)
        return None

    async def decide(self, plan: Plan) -> Decision:
        """Fetch some units and spend one; raises `BackendUnavailable`."""
        lease = self._lease_of(plan)
        while True:
            reply = await asyncio.shield(self._refill(plan, lease))
            if lease.units > 0:
                return self._spend(plan, lease)
            if reply[0] == 0:
                return decision_from(plan, reply, Source.REDIS)

    def give_back(self, plan: Plan) -> None:
        """Return a unit just spent: the request was refused elsewhere. One too many to hold is let go."""
        lease = self._lease_of(plan)
        if _room(lease) > 0:
            _change(lease, 1)

    def held(self, plan: Plan) -> int:
        """Units of the plan in hand."""
        return self._lease_of(plan).units

    def _lease_of(self, plan: Plan) -> _Lease:
        entry = self._leases.get(id(plan))
        if entry is None:
            if len(self._leases) >= MOST_PLANS:
                self._leases, self._held = {}, {}  # units let go unspent: never too many admitted
            entry = self._leases[id(plan)] = (plan, _Lease(self._held_by(plan)))
        return entry[1]

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

    def _spend(self, plan: Plan, lease: _Lease) -> Decision:
        _change(lease, -1)
        if lease.units <= lease.size // 4 and lease.refill is None and _room(lease) > 1:
            self._refill(plan, lease)
        reply = lease.reply
        left = [units + lease.units for units in reply[3:]]
        return Decision(
            plan, Source.LEASE, allowed=True, index=reply[1] - 1, reset_ms=reply[2], remaining=left
        )

    def _refill(self, plan: Plan, lease: _Lease) -> asyncio.Task[Reply]:
        """The refill under way, or a new one."""
        if lease.refill is None:
            lease.refill = asyncio.create_task(self._fill(plan, lease))
            lease.refill.add_done_callback(_failure_is_seen)
        return lease.refill

    async def _fill(self, plan: Plan, lease: _Lease) -> Reply:
        """Ask for the next lease: twice as much while busy, half as much when not."""
        busy = monotonic() - lease.filled_at < self._settings.busy_s
        lease.size = lease.size * 2 if busy else max(1, lease.size // 2)
        wanted = lease.size = max(1, min(lease.size, _room(lease)))
        try:
            reply = await self._ask(plan, wanted)
        finally:
            lease.refill = None
        if reply[0] > 0:
            lease.reply, lease.filled_at = reply, monotonic()
            _change(lease, reply[0])
        return reply


def _room(lease: _Lease) -> int:
    """Units that may still be taken in hand for every limit of the plan."""
    return min(held.most - held.units for held in lease.held)


def _change(lease: _Lease, units: int) -> None:
    lease.units += units
    for held in lease.held:
        held.units += units


def _failure_is_seen(task: asyncio.Task[Reply]) -> None:
    """A refill that failed with nobody waiting is tried again by whoever needs it."""
    if not task.cancelled():
        task.exception()
