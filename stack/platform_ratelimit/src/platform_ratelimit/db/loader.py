"""Keeps the limiter's policy that of the database: told by Redis at once, by polling in any case."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from platform_ratelimit.db.edit import PolicyStore, utc_now
from platform_ratelimit.limiter import Limiter

_PATIENCE_S: Final = 5.0
log = logging.getLogger("platform_ratelimit.policy")


class PolicyLoader:
    """Loads the policy when its version changes or an override runs out; no request ever waits for it."""

    def __init__(
        self,
        store: PolicyStore,
        limiter: Limiter,
        *,
        poll_s: float = 1.0,
        now: Callable[[], datetime] = utc_now,
        prepare: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`poll_s` is the longest a change takes while announcements do not come through.

        `prepare` makes the database ready, once it is there, before the first look.
        """
        self._prepare = prepare
        self._store, self._limiter, self._poll_s, self._now = store, limiter, poll_s, now
        self._told = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._version: int | None = None
        self._next_expiry: datetime | None = None
        self.healthy = True

    def invalidate(self) -> None:
        """Somebody announced a change."""
        self._told.set()

    async def start(self) -> None:
        """Load once; without a database the limiter's first policy stays in force until there is one."""
        if self._task is None:
            await self._try()
            self._task = asyncio.create_task(self._keep_fresh(), name="policy loader")

    async def close(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def refresh(self) -> None:
        """Install the policy of the database if it is another one."""
        if self._prepare is not None:
            await self._prepare()
            self._prepare = None
        due = self._next_expiry is not None and self._next_expiry <= self._now()
        if due or await self._store.version() != self._version:
            loaded = await self._store.load()
            self._limiter.install(loaded.snapshot)
            self._version, self._next_expiry = loaded.snapshot.version, loaded.next_expiry
            log.info("policy version %s is in force", loaded.snapshot.version)

    async def _keep_fresh(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), self._poll_s)
            self._told.clear()
            await self._try()

    async def _try(self) -> None:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await self.refresh()
        except Exception as error:  # whatever ails the database, the loader lives on and the old policy stays
            if self.healthy:
                log.warning(
                    "the policy cannot be read, version %s stays: %s",
                    self._limiter.version,
                    type(error).__name__,
                )
            self.healthy = False
        else:
            if not self.healthy:
                log.info("the policy can be read again")
            self.healthy = True
