"""The Lua script that decides, its digest, and its arguments as bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha1
from importlib.resources import files
from typing import Final

from platform_ratelimit.policy import Algorithm, Limit

TEXT: Final = (files(__package__) / "decide.lua").read_bytes()
DIGEST: Final = sha1(TEXT, usedforsecurity=False).hexdigest().encode()
KINDS: Final = {Algorithm.SLIDING_WINDOW: 0, Algorithm.SMOOTH: 1, Algorithm.SLIDING_LOG: 2}


def pack_limits(keys: Iterable[Sequence[Limit]]) -> bytes:
    """The limits of each key, in the shape `decide.lua` reads."""
    packed = bytearray()
    for limits in keys:
        packed.append(len(limits))
        packed += (2 * max(limit.window_ms for limit in limits)).to_bytes(5, "little")
        for limit in limits:
            packed.append(KINDS[limit.algorithm])
            packed += limit.quota.to_bytes(4, "little")
            packed += (limit.window_ms * 1000).to_bytes(6, "little")
            packed += limit.burst.to_bytes(4, "little")
    return bytes(packed)


def command(keys: Sequence[bytes], arguments: bytes, *, wanted: int) -> bytes:
    """The whole EVALSHA, as it goes over the wire."""
    return resp(b"EVALSHA", DIGEST, b"%d" % len(keys), *keys, b"%d" % wanted, arguments)


def resp(*parts: bytes) -> bytes:
    """A command in the Redis protocol."""
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%b\r\n" % (len(part), part) for part in parts)
