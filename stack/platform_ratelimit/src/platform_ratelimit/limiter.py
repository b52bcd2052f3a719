"""The limiter: one decision a request, whatever state Redis is in."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from time import monotonic
from typing import Final

from platform_ratelimit.backend import Backend
from platform_ratelimit.decision import Decision, Source, decision_from
from platform_ratelimit.lease import Leases, LeaseSettings
from platform_ratelimit.memory import MemoryStore
from platform_ratelimit.plan import Plan, Planner
from platform_ratelimit.policy import FailurePolicy, PolicySnapshot
from platform_ratelimit.redis.connection import Reply
from platform_ratelimit.redis.failures import BackendUnavailable

log = logging.getLogger("platform_ratelimit")
Observe = Callable[[Decision, float], None]  # the decision and the seconds it took
_BELIEVED_S = (
    1.0  # the longest a refusal is repeated unasked; bounds what a FLUSHALL or a reset leaves behind
)
_PATIENCE_S = 1.0  # of whoever asks what is left
# An enumeration's member costs a call each time it is named.
_REDIS: Final = Source.REDIS
_CACHE: Final = Source.CACHE
_CLOSED_RETRY_MS = 1000
_BLOCKED_RETRY_MS = 60_000


class Limiter:
    """Decides with the present snapshot; `install` replaces it whole."""

    def __init__(
        self,
        backend: Backend,
        snapshot: PolicySnapshot,
        *,
        fair_share: float | None = None,
        leases: LeaseSettings | None = None,
        observe: Observe | None = None,
    ) -> None:
        """`fair_share` is this process's part of every quota while Redis is away.

        Without one it is 1 / processes, as many as listened on the channel when Redis was last asked.
        """
        self.backend = backend
        self.observe = observe
        self._lease_settings = leases or LeaseSettings()
        self._memory = MemoryStore(clock_us=lambda: time.time_ns() // 1000)
        self._fair_share = fair_share
        self.unavailable = 0  # decisions Redis did not make although it was asked
        self.install(snapshot)

    def install(self, snapshot: PolicySnapshot) -> None:
        """Use this policy from the next request on."""
        self.planner = Planner(snapshot, ceiling_in_plan=self.backend.shares_slots)
        self._leases = Leases(self._lease_settings, self._ask)

    @property
    def version(self) -> int:
        """The version of the policy in force."""
        return self.planner.snapshot.version

    async def start(self) -> None:
        """Connect; a Redis that is away delays the start by the connect timeout at most."""
        await self.backend.start()

    async def close(self) -> None:
        """Let go of the backend."""
        await self.backend.close()

    async def decide(self, plan: Plan) -> Decision:
        """Decide one request; never raises for a backend's sake."""
        now, ceiling = monotonic(), self.planner.ceiling
        if ceiling is None:
            decision = self._known(plan, now) or await self._own(plan, self._leases)
        else:
            decision = self._refused(plan, now) or await self._under_ceiling(ceiling, plan, self._leases)
        if self.observe is not None:
            self.observe(decision, monotonic() - now)
        return decision

    async def remaining(self, plan: Plan) -> list[int]:
        """What is left of each limit of the plan, without taking any; raises `BackendUnavailable`.

        No request waits for it, so it may take its time.
        """
        if not plan.limits:
            return []
        return list((await self.backend.decide(plan, wanted=0, wait_s=_PATIENCE_S))[3:])

    def _known(self, plan: Plan, now: float) -> Decision | None:
        """What needs no asking: a leased unit in hand, a refusal, or nothing to ask for."""
        if plan.leased and not plan.blocked:
            spent = self._leases.spend(plan, now)
            if spent is not None:
                return spent
        return self._refused(plan, now) if plan.limits or plan.blocked else _unlimited(plan)

    def _refused(self, plan: Plan, now: float) -> Decision | None:
        """Blocked, or refused a moment ago."""
        if plan.blocked:
            return Decision(plan, Source.BLOCKED, allowed=False, reset_ms=_BLOCKED_RETRY_MS)
        if not plan.recheck_at:
            return None
        if now >= plan.recheck_at:
            plan.recheck_at = 0.0
            return None
        left_ms = max(1, int((plan.denied_until - now) * 1000) + 1)
        denial = plan.denial
        return Decision(
            plan, _CACHE, allowed=False, index=denial[1] - 1, reset_ms=left_ms, remaining=denial[3:]
        )

    async def _own(self, plan: Plan, leases: Leases) -> Decision:
        """The limits of the plan itself."""
        if not plan.limits:
            return _unlimited(plan)
        if not self.backend.available:
            return self._fallback(plan)
        try:
            if plan.leased:
                return leases.spend(plan, monotonic()) or await leases.decide(plan)
            return decision_from(plan, await self._ask(plan, 1), _REDIS)
        except BackendUnavailable:
            self.unavailable += 1
            return self._fallback(plan)

    async def _under_ceiling(self, ceiling: Plan, plan: Plan, leases: Leases) -> Decision:
        """The ceiling in another slot: spend a unit of its lease, and return it if the plan refuses."""
        above = self._known(ceiling, monotonic()) or await self._own(ceiling, leases)
        if not above.allowed:
            return Decision(plan, above.source, allowed=False, reset_ms=above.reset_ms)
        decision = await self._own(plan, leases)
        if not decision.allowed and above.source is Source.LEASE:
            leases.give_back(ceiling)
        return decision

    async def _ask(self, plan: Plan, wanted: int) -> Reply:
        """Ask the backend, and remember a refusal for as long as it holds."""
        reply = await self.backend.decide(plan, wanted=wanted)
        if reply[0] == 0:
            now, wait_s = monotonic(), reply[2] / 1000
            plan.denial = reply
            plan.denied_until = now + wait_s
            plan.recheck_at = now + min(wait_s, _BELIEVED_S)
        return reply

    def _fallback(self, plan: Plan) -> Decision:
        if plan.failure is FailurePolicy.OPEN:
            return Decision(plan, Source.OPEN, allowed=True)
        if plan.failure is FailurePolicy.CLOSED:
            return Decision(plan, Source.CLOSED, allowed=False, reset_ms=_CLOSED_RETRY_MS)
        share = self._fair_share or 1 / self.backend.processes
        return decision_from(plan, self._memory.decide(plan.keys, share=share), Source.LOCAL)


def _unlimited(plan: Plan) -> Decision:
    return Decision(plan, Source.UNLIMITED, allowed=True)
