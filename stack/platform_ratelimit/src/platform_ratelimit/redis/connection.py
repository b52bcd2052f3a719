"""One multiplexed connection: all commands of a loop tick leave in one write, replies come back in order."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Final, cast

import hiredis

from platform_ratelimit.redis.failures import BackendUnavailable, refusal

Reply = list[int]
_NOTHING: Final = object()
_STALL_S: Final = 0.002  # a timer this late means that our own loop stood still, not Redis


class Connection(asyncio.Protocol):
    """Commands in, futures out. Every future is settled within `deadline_s`, whatever the server does."""

    def __init__(
        self,
        *,
        deadline_s: float,
        most_pending: int,
        on_lost: Callable[[], None],
        on_push: Callable[[list[bytes]], None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._deadline_s, self._most_pending = deadline_s, most_pending
        self._on_lost, self._on_push = on_lost, on_push
        self._reader = hiredis.Reader(notEnoughData=_NOTHING)
        self._pending: deque[tuple[asyncio.Future[Reply], float]] = deque()
        self._outgoing: list[bytes] = []
        self._crowded = False  # the last turn of the loop had more than one command
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None  # one at a time, for the earliest due
        self._next_due = math.inf

    def send(self, wire: bytes, *, wait_s: float | None = None) -> asyncio.Future[Reply]:
        """Queue a command; the future holds its reply, or `BackendUnavailable` when its time is up."""
        future: asyncio.Future[Reply] = self._loop.create_future()
        if self._transport is None:
            future.set_exception(BackendUnavailable("refused", "not connected"))
        elif len(self._pending) >= self._most_pending:
            future.set_exception(BackendUnavailable("overload", f"{self._most_pending} decisions pending"))
        else:
            due = monotonic() + (self._deadline_s if wait_s is None else wait_s)
            if self._crowded or self._pending or self._outgoing:
                self.write(wire)
            else:  # alone: out at once, not a turn of the loop later
                self._transport.write(wire)
            self._pending.append((future, due))
            if due < self._next_due:
                self._watch(due)
        return future

    def write(self, wire: bytes) -> None:
        """Queue bytes that no reply answers."""
        if not self._outgoing:
            self._loop.call_soon(self._flush)
        self._outgoing.append(wire)

    def _flush(self) -> None:
        self._crowded = len(self._outgoing) > 1
        if self._transport is not None:
            self._transport.write(b"".join(self._outgoing))
        self._outgoing.clear()

    def _watch(self, due: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        wait_s = max(0.0, due - monotonic())  # not the loop's time: uvloop's stands still within a tick
        self._timer, self._next_due = self._loop.call_later(wait_s, self._expire, due), due

    def _expire(self, due: float) -> None:
        """Fail what is overdue. After a stall of our own loop, let it read first what has long arrived."""
        now = monotonic()
        if now - due > _STALL_S:
            self._watch(now + 0.0005)
            return
        self._timer, self._next_due = None, math.inf
        upcoming = math.inf
        for future, end in self._pending:  # a failed one keeps its place: its reply may still come
            if future.done():
                continue
            if end <= now:
                future.set_exception(BackendUnavailable("deadline"))
            elif end < upcoming:
                upcoming = end
        if upcoming < math.inf:
            self._watch(upcoming)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        reader, pending = self._reader, self._pending
        try:
            reader.feed(data)
            while (reply := reader.gets()) is not _NOTHING:
                if type(reply) is hiredis.PushNotification:
                    self._on_push(cast(list[bytes], reply))
                    continue
                future, _ = pending.popleft()
                if future.done():
                    continue
                if type(reply) is hiredis.ReplyError:
                    future.set_exception(refusal(reply))
                else:
                    future.set_result(cast(Reply, reply))
        except (hiredis.ProtocolError, IndexError):  # not the protocol, or a reply nobody asked for
            self.abort()

    def connection_lost(self, _exc: Exception | None) -> None:
        self._transport = None
        if self._timer is not None:
            self._timer.cancel()
        for future, _ in self._pending:
            if not future.done():
                future.set_exception(BackendUnavailable("refused", "connection lost"))
        self._pending.clear()
        self._on_lost()

    def abort(self) -> None:
        """Drop the connection now; what is pending fails at once."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None
