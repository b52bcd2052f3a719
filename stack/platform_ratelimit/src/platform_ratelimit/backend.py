"""What the limiter needs of Redis, however it is laid out."""

from __future__ import annotations

from typing import Protocol

from platform_ratelimit.plan import Plan
from platform_ratelimit.redis.connection import Reply


class Backend(Protocol):
    """One server, one behind Sentinel, or a Cluster."""

    @property
    def available(self) -> bool:
        """Whether it is worth asking; false costs a request nothing."""
        ...

    @property
    def processes(self) -> int:
        """How many processes share the backend, as far as is known; each gets that part of a quota alone."""
        ...

    @property
    def shares_slots(self) -> bool:
        """Whether keys of different tenants may meet in one script."""
        ...

    async def start(self) -> None:
        """Connect; returns after the first attempt, whether it worked or not."""
        ...

    async def close(self) -> None:
        """Let go of every connection."""
        ...

    async def decide(self, plan: Plan, *, wanted: int = 1, wait_s: float | None = None) -> Reply:
        """The script's reply within the deadline (or `wait_s`), or `BackendUnavailable`."""
        ...

    async def announce(self, message: bytes) -> None:
        """Tell every process that the policy has changed."""
        ...
