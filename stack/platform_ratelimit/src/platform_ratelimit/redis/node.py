"""One Redis server that decides: connected, watched, reconnected, and left alone while it is down."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from random import Random
from time import monotonic

from platform_ratelimit.plan import Plan
from platform_ratelimit.policy import Limit
from platform_ratelimit.redis.breaker import Breaker
from platform_ratelimit.redis.connection import Connection, Reply
from platform_ratelimit.redis.failures import OUTAGES, BackendUnavailable, ServerRefusal
from platform_ratelimit.redis.settings import Address, RedisSettings
from platform_ratelimit.script import TEXT, command, pack_limits, resp

log = logging.getLogger("platform_ratelimit.redis")
_FIRST_COUNT_S, _COUNT_EVERY_S = 0.5, 5.0
StateChange = Callable[[str, bool, str], None]  # place, available, reason
_ASKING = resp(b"ASKING")
_CANARY = command(
    [b"rl:{canary}:t"], pack_limits([[Limit(name="canary", quota=2**32 - 1, window_s=1)]]), wanted=1
)


class RedisNode:
    """The backend of one server (or of whichever one `resolve` names when a connection is due)."""

    shares_slots = True

    def __init__(
        self,
        settings: RedisSettings,
        *,
        on_change: StateChange = lambda _place, _available, _reason: None,
        on_message: Callable[[], None] = lambda: None,
        resolve: Callable[[], Awaitable[Address]] | None = None,
        random: Random | None = None,
    ) -> None:
        """`on_change` hears of each change of state once; `on_message` of announcements on the channel."""
        self._settings, self._on_change, self._on_message, self._resolve = (
            settings,
            on_change,
            on_message,
            resolve,
        )
        self._breaker = Breaker(settings.breaker, random=random or Random(), on_change=self._changed)  # noqa: S311
        self._connection: Connection | None = None
        self._lost = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self._tried = asyncio.Event()
        self._may_listen = True
        self.processes = 1  # that share this server, as far as is known

    @property
    def available(self) -> bool:
        """Whether it is worth asking."""
        return self._breaker.closed

    async def start(self) -> None:
        """Connect in the background; returns after the first attempt, whether it worked or not."""
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep_connected(), name=f"redis {self._settings.place}")
        await self._tried.wait()

    async def close(self) -> None:
        """Let go of the connection."""
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
            self._keeper = None
        self._drop()
        self._breaker.closed = False

    async def decide(
        self, plan: Plan, *, wanted: int = 1, wait_s: float | None = None, asking: bool = False
    ) -> Reply:
        """The script's reply within the deadline (or `wait_s`), or `BackendUnavailable`.

        `asking` follows an ASK of a Cluster that is moving the slot here.
        """
        connection = self._connection
        if connection is None or not self._breaker.closed:
            raise BackendUnavailable("refused", "circuit open")
        wire = plan.wire if wanted == 1 else command(plan.names, plan.arguments, wanted=wanted)
        started = monotonic()
        if asking:
            connection.send(_ASKING).add_done_callback(lambda future: future.exception())
        try:
            reply = await connection.send(wire, wait_s=wait_s)
        except ServerRefusal as error:
            if error.code != "NOSCRIPT":
                self._refused(error)
                raise
            left_s = max(0.0, (wait_s or self._settings.deadline_s) - (monotonic() - started))
            reply = await self._teach(connection, plan, wanted=wanted, wait_s=left_s)
        except BackendUnavailable as error:
            self._missed(error)
            raise
        self._breaker.missed = 0
        return reply

    async def announce(self, message: bytes) -> None:
        """Publish on the channel; silently not, while the server is away (polling is the safety net)."""
        if self._connection is not None and self._settings.channel is not None:
            with contextlib.suppress(BackendUnavailable):
                await self._connection.send(
                    resp(b"PUBLISH", self._settings.channel.encode(), message), wait_s=1.0
                )

    async def execute(self, *parts: bytes) -> object:
        """One command off the hot path, with a second to answer."""
        if self._connection is None:
            raise BackendUnavailable("refused", "not connected")
        return await self._connection.send(resp(*parts), wait_s=1.0)

    async def _teach(self, connection: Connection, plan: Plan, *, wanted: int, wait_s: float) -> Reply:
        """SCRIPT FLUSH or a restart is no outage: EVAL decides and loads the script again."""
        numbers: Sequence[bytes] = (b"%d" % len(plan.names), *plan.names, b"%d" % wanted, plan.arguments)
        try:
            return await connection.send(resp(b"EVAL", TEXT, *numbers), wait_s=wait_s)
        except BackendUnavailable as error:
            self._missed(error)
            raise

    def _missed(self, error: BackendUnavailable) -> None:
        if error.reason == "deadline" and self._breaker.missed_deadline(monotonic()):
            self._trip("deadline")

    def _refused(self, error: ServerRefusal) -> None:
        if error.code in OUTAGES:
            self._trip(error.code)

    def _trip(self, reason: str) -> None:
        if self._breaker.closed:
            self._breaker.open(reason)
            self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.abort()
            self._connection = None
        self._lost.set()

    def _connection_lost(self, connection: Connection) -> None:
        if self._connection is connection:
            self._connection = None
            self._breaker.open("connection lost")
            self._lost.set()

    def _changed(self, closed: bool, reason: str) -> None:
        level, text = (logging.INFO, "redis decides") if closed else (logging.WARNING, "redis is away")
        log.log(level, "%s: %s (%s)", text, self._settings.place, reason)
        self._on_change(self._settings.place, closed, reason)

    async def _keep_connected(self) -> None:
        while True:
            self._lost.clear()
            try:
                await self._connect()
            except (OSError, TimeoutError, BackendUnavailable) as error:
                self._drop()
                self._breaker.open(str(error) or type(error).__name__)
            self._tried.set()
            if self._breaker.closed:
                await self._watch()
            await asyncio.sleep(self._breaker.next_delay_s())

    async def _watch(self) -> None:
        """Until the connection is lost: count now and then how many processes listen on the channel."""
        wait_s = _FIRST_COUNT_S
        while True:
            try:
                await asyncio.wait_for(self._lost.wait(), wait_s)
            except TimeoutError:
                wait_s = _COUNT_EVERY_S
                await self._count_processes()
            else:
                return

    async def _count_processes(self) -> None:
        if self._settings.channel is None:
            return
        with contextlib.suppress(BackendUnavailable):
            reply = await self.execute(b"PUBSUB", b"NUMSUB", self._settings.channel.encode())
            if isinstance(reply, list) and isinstance(reply[1], int):
                self.processes = max(1, reply[1])

    async def _connect(self) -> None:
        """Connect, greet, load the script, decide once on a canary: only a server that can write serves."""
        settings = self._settings
        async with asyncio.timeout(settings.connect_timeout_s):
            host, port = await self._resolve() if self._resolve else (settings.host, settings.port)
            connection = await self._open(host, port)
            self._connection = connection
            protocol = await self._greet(connection)
            await connection.send(resp(b"SCRIPT", b"LOAD", TEXT), wait_s=settings.connect_timeout_s)
            await self._prove(connection)
            if protocol == 3 and settings.channel is not None and self._may_listen:
                await self._listen(connection, settings.channel)
        self._breaker.close()

    async def _open(self, host: str, port: int) -> Connection:
        loop, settings = asyncio.get_running_loop(), self._settings

        def protocol() -> Connection:
            connection = Connection(
                deadline_s=settings.deadline_s,
                most_pending=settings.most_pending,
                on_lost=lambda: self._connection_lost(connection),
                on_push=self._pushed,
            )
            return connection

        if settings.path is not None:
            return (await loop.create_unix_connection(protocol, settings.path))[1]
        return (await loop.create_connection(protocol, host, port, ssl=settings.tls))[1]

    async def _greet(self, connection: Connection) -> int:
        """HELLO 3 with the credentials; servers before 6.0 get AUTH. Returns the protocol's version."""
        settings, wait = self._settings, self._settings.connect_timeout_s
        who = (settings.username or "default").encode()
        secret = settings.password.encode() if settings.password is not None else None
        protocol = 3
        try:
            auth = (b"AUTH", who, secret) if secret is not None else ()
            await connection.send(resp(b"HELLO", b"3", *auth, b"SETNAME", b"platform-ratelimit"), wait_s=wait)
        except ServerRefusal as error:
            if error.code not in ("ERR", "NOPROTO"):
                raise
            protocol = 2
            if secret is not None:
                login = (b"AUTH", who, secret) if settings.username else (b"AUTH", secret)
                await connection.send(resp(*login), wait_s=wait)
        if settings.database:
            await connection.send(resp(b"SELECT", b"%d" % settings.database), wait_s=wait)
        return protocol

    async def _listen(self, connection: Connection, channel: str) -> None:
        """Subscribe. The confirmation is a push; a refusal is a reply that nobody awaits, and would shift
        every reply after it by one. So a PING takes it, and the connection is given up for a deaf one."""
        connection.write(resp(b"SUBSCRIBE", channel.encode()))
        try:
            await connection.send(resp(b"PING"), wait_s=self._settings.connect_timeout_s)
        except ServerRefusal as error:
            self._may_listen = False
            log.warning("no announcements from %s, polling only: %s", self._settings.place, error)
            raise

    async def _prove(self, connection: Connection) -> None:
        try:
            await connection.send(_CANARY, wait_s=self._settings.connect_timeout_s)
        except ServerRefusal as error:
            if error.code != "MOVED":  # a Cluster node that serves other slots serves
                raise

    def _pushed(self, message: list[bytes]) -> None:
        if message and message[0] in (
            b"message",
            b"subscribe",
        ):  # also when newly listening: one may be missed
            self._on_message()
