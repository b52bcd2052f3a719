"""Everything that runs together: Redis, the limiter, the policy's loader, the tally."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from platform_ratelimit.backend import Backend
from platform_ratelimit.errors import MissingExtraError
from platform_ratelimit.lease import LeaseSettings
from platform_ratelimit.limiter import Limiter
from platform_ratelimit.metrics.tally import Tally
from platform_ratelimit.policy import PolicySnapshot, Tier
from platform_ratelimit.redis.cluster import RedisCluster
from platform_ratelimit.redis.node import RedisNode
from platform_ratelimit.redis.sentinel import sentinel_master
from platform_ratelimit.redis.settings import Address, RedisSettings

if TYPE_CHECKING:  # the db extra is optional
    from platform_ratelimit.db.edit import PolicyStore
    from platform_ratelimit.db.loader import PolicyLoader

UNLIMITED = PolicySnapshot(version=0, tiers={"standard": Tier(name="standard")}, default_tier="standard")
"""What is in force until a policy has been read: nothing is limited."""


@dataclass(frozen=True, kw_only=True)
class RuntimeSettings:
    """Where things are. Give `cluster` seeds, or `sentinels` and `master`, or neither for a single server."""

    redis: RedisSettings = field(default_factory=RedisSettings)
    cluster: Sequence[Address] = ()
    sentinels: Sequence[Address] = ()
    master: str = "mymaster"
    database_url: str | None = field(default=None, repr=False)
    registry: tuple[Path, Path] | None = None  # a platform's tenants and limits; see db.registry
    initial: PolicySnapshot = UNLIMITED
    fair_share: float | None = None  # this process's part while Redis is away; 1 / processes if not told
    leases: LeaseSettings = field(default_factory=LeaseSettings)
    poll_s: float = 1.0


class Runtime:
    """A limiter with all that keeps it going; start and close it with the application."""

    def __init__(self, settings: RuntimeSettings) -> None:
        self._settings = settings
        self.tally = Tally()
        self.limiter = Limiter(
            self._backend(),
            settings.initial,
            fair_share=settings.fair_share,
            leases=settings.leases,
            observe=self.tally.observe,
        )
        self.store: PolicyStore | None = None
        self.loader: PolicyLoader | None = None
        if settings.database_url is not None:
            self._attach_database(settings.database_url)

    async def start(self) -> None:
        """Connect to what there is; what is away is found later."""
        await self.limiter.start()
        if self.loader is not None:
            await self.loader.start()

    async def close(self) -> None:
        """Let go of everything."""
        if self.loader is not None:
            await self.loader.close()
        await self.limiter.close()
        if self.store is not None:
            await self.store.close()

    async def announce(self, message: bytes) -> None:
        """Tell every process that the policy has changed, this one without Redis's help."""
        self._told()
        await self.limiter.backend.announce(message)

    @property
    def policy_is_fresh(self) -> bool:
        """Whether the policy's database, if there is one, can be read."""
        return self.loader is None or self.loader.healthy

    def _backend(self) -> Backend:
        settings = self._settings
        if settings.cluster:
            return RedisCluster(
                settings.redis,
                seeds=settings.cluster,
                on_change=self.tally.backend_changed,
                on_message=self._told,
            )
        resolve = sentinel_master(settings.sentinels, settings.master) if settings.sentinels else None
        return RedisNode(
            settings.redis, on_change=self.tally.backend_changed, on_message=self._told, resolve=resolve
        )

    def _told(self) -> None:
        if self.loader is not None:
            self.loader.invalidate()

    def _attach_database(self, url: str) -> None:
        try:
            from sqlalchemy.ext.asyncio import create_async_engine

            from platform_ratelimit.db.edit import PolicyStore
            from platform_ratelimit.db.loader import PolicyLoader
            from platform_ratelimit.db.registry import RegistryFiles, take_over
        except ModuleNotFoundError as error:
            raise MissingExtraError("SQLAlchemy", extra="db") from error
        self.store = PolicyStore(create_async_engine(url, pool_pre_ping=True))
        registry = self._settings.registry
        self.loader = PolicyLoader(
            self.store,
            self.limiter,
            poll_s=self._settings.poll_s,
            prepare=partial(take_over, self.store, RegistryFiles(*registry))
            if registry is not None
            else None,
        )
