"""A Redis Cluster: one thin client per master, each decision sent straight to the node of its slot."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from binascii import crc_hqx
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, cast

from platform_ratelimit.plan import Plan
from platform_ratelimit.redis.connection import Reply
from platform_ratelimit.redis.failures import BackendUnavailable, ServerRefusal
from platform_ratelimit.redis.node import RedisNode, StateChange
from platform_ratelimit.redis.settings import Address, RedisSettings

log = logging.getLogger("platform_ratelimit.redis")
SLOTS: Final = 16384
_CALM_S, _HURRY_S = 10.0, 0.2


def slot_of(key: bytes) -> int:
    """The slot of a key with a hash tag (Redis Cluster specification: CRC-16/XMODEM of the tag)."""
    start = key.index(b"{") + 1
    return crc_hqx(key[start : key.index(b"}", start)], 0) % SLOTS


class RedisCluster:
    """The backend of a Cluster. Each master has its own circuit: one lost node degrades its tenants only."""

    shares_slots = False

    def __init__(
        self,
        settings: RedisSettings,
        *,
        seeds: Sequence[Address],
        on_change: StateChange = lambda _place, _available, _reason: None,
        on_message: Callable[[], None] = lambda: None,
    ) -> None:
        """`settings` give credentials, TLS and manners; the addresses come from the Cluster itself."""
        self._settings, self._seeds = settings, list(seeds)
        self._on_change, self._on_message = on_change, on_message
        self._nodes: dict[Address, RedisNode] = {}
        self._owners: list[RedisNode | None] = [None] * SLOTS
        self._stale = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    @property
    def available(self) -> bool:
        """True while any master decides."""
        return any(node.available for node in self._nodes.values())

    @property
    def processes(self) -> int:
        """How many processes share the Cluster, as far as is known: each listens at every master."""
        return max((node.processes for node in self._nodes.values()), default=1)

    async def start(self) -> None:
        """Learn the slots and connect to every master."""
        if self._keeper is None:
            await self._refresh()
            self._keeper = asyncio.create_task(self._keep_fresh(), name="redis cluster slots")

    async def close(self) -> None:
        """Let go of every connection."""
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
            self._keeper = None
        await asyncio.gather(*(node.close() for node in self._nodes.values()))
        self._nodes.clear()

    async def decide(self, plan: Plan, *, wanted: int = 1, wait_s: float | None = None) -> Reply:
        """The script's reply from the node of the plan's slot, following one redirection."""
        node = self._owners[slot_of(plan.names[0])]
        if node is None:
            self._stale.set()
            raise BackendUnavailable("refused", "no node serves this slot")
        try:
            return await node.decide(plan, wanted=wanted, wait_s=wait_s)
        except ServerRefusal as error:
            target = self._redirection(error)
            if target is None:
                raise
            return await target.decide(plan, wanted=wanted, wait_s=wait_s, asking=error.code == "ASK")

    async def announce(self, message: bytes) -> None:
        """Publish at one node; the Cluster carries it to all."""
        for node in self._nodes.values():
            if node.available:
                await node.announce(message)
                return

    def _redirection(self, error: ServerRefusal) -> RedisNode | None:
        if error.code not in ("MOVED", "ASK"):
            return None
        self._stale.set()
        host, _, port = error.message.split()[-1].rpartition(":")
        return self._nodes.get((host, int(port)))

    async def _keep_fresh(self) -> None:
        while True:
            healthy = all(node.available for node in self._nodes.values()) and self._nodes
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stale.wait(), _CALM_S if healthy else _HURRY_S)
            self._stale.clear()
            await self._refresh()
            await asyncio.sleep(_HURRY_S)  # however many redirections: at most five maps a second

    async def _refresh(self) -> None:
        reply = await self._slots()
        if reply is None:
            return
        owners: list[RedisNode | None] = [None] * SLOTS
        masters: set[Address] = set()
        for first, last, master in ((row[0], row[1], row[2]) for row in reply):
            if not master[0]:
                continue  # a node that does not know its own address yet
            address = (master[0].decode(), int(master[1]))
            masters.add(address)
            node = self._nodes.get(address) or self._join(address)
            owners[first : last + 1] = [node] * (last + 1 - first)
        new = [node for address, node in self._nodes.items() if address in masters]
        await asyncio.gather(*(node.start() for node in new))
        self._owners = owners
        for address in set(self._nodes) - masters:
            log.info("redis cluster: %s:%s is no master any more", *address)
            await self._nodes.pop(address).close()

    async def _slots(self) -> list[tuple[int, int, list[bytes]]] | None:
        """CLUSTER SLOTS from the first node that answers."""
        for node in sorted(self._nodes.values(), key=lambda node: not node.available):
            with contextlib.suppress(BackendUnavailable):
                return cast("list[tuple[int, int, list[bytes]]]", await node.execute(b"CLUSTER", b"SLOTS"))
        for address in self._seeds:
            seed = RedisNode(self._at(address))
            await seed.start()
            try:
                return cast("list[tuple[int, int, list[bytes]]]", await seed.execute(b"CLUSTER", b"SLOTS"))
            except BackendUnavailable as error:
                log.debug("seed %s:%s: %s", *address, error)
            finally:
                await seed.close()
        return None

    def _join(self, address: Address) -> RedisNode:
        settings = self._at(address)
        node = self._nodes[address] = RedisNode(
            settings, on_change=self._changed, on_message=self._on_message
        )
        return node

    def _at(self, address: Address) -> RedisSettings:
        return replace(self._settings, host=address[0], port=address[1], path=None)

    def _changed(self, place: str, available: bool, reason: str) -> None:
        if not available:
            self._stale.set()
        self._on_change(place, available, reason)
