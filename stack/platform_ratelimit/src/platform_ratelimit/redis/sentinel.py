"""Which server is the master just now, by asking the sentinels."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import cast

from platform_ratelimit.redis.connection import Connection
from platform_ratelimit.redis.failures import BackendUnavailable
from platform_ratelimit.redis.settings import Address
from platform_ratelimit.script import resp


async def ask_once(address: Address, *parts: bytes, wait_s: float = 0.25) -> object:
    """One command on a connection of its own (no credentials)."""
    loop = asyncio.get_running_loop()

    def protocol() -> Connection:
        return Connection(
            deadline_s=wait_s, most_pending=8, on_lost=lambda: None, on_push=lambda _message: None
        )

    async with asyncio.timeout(wait_s):
        _, connection = await loop.create_connection(protocol, *address)
        try:
            return cast(object, await connection.send(resp(*parts)))
        finally:
            connection.abort()


def sentinel_master(sentinels: Sequence[Address], name: str) -> Callable[[], Awaitable[Address]]:
    """A resolver for `RedisNode`: the first sentinel that knows the master of `name`."""

    async def resolve() -> Address:
        for sentinel in sentinels:
            with contextlib.suppress(OSError, TimeoutError, BackendUnavailable):
                reply = await ask_once(sentinel, b"SENTINEL", b"GET-MASTER-ADDR-BY-NAME", name.encode())
                if isinstance(reply, list):
                    host, port = cast("list[bytes]", reply)
                    return host.decode(), int(port)
        raise BackendUnavailable("refused", f"no sentinel names a master of {name!r}")

    return resolve
