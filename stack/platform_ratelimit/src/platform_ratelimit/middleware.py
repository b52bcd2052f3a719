"""The limiter as pure ASGI middleware: http is limited; websockets and lifespan pass through."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from platform_ratelimit.address import TrustedProxies
from platform_ratelimit.asgi import App, Message, Receive, Scope, Send
from platform_ratelimit.decision import Decision
from platform_ratelimit.gate import Gate
from platform_ratelimit.headers import HeaderFields, Headers
from platform_ratelimit.identity import Identify, nobody
from platform_ratelimit.limiter import Limiter
from platform_ratelimit.mark import GatewayMark
from platform_ratelimit.policy import Mode
from platform_ratelimit.problem import CONTENT_TYPE, problem

_SHADOW: Final = Mode.SHADOW  # an enumeration's member costs a call each time it is named


class Lifecycle(Protocol):
    """What starts and closes with the application: the limiter alone, or a `Runtime` with its loader."""

    async def start(self) -> None:
        """Before the first request."""
        ...

    async def close(self) -> None:
        """After the last one."""
        ...


class RateLimitMiddleware:
    """Limits an ASGI application. Its lifespan starts and closes `lifecycle` (the limiter)."""

    def __init__(
        self,
        app: App,
        *,
        limiter: Limiter,
        identify: Identify = nobody,
        proxies: TrustedProxies | None = None,
        headers: HeaderFields | None = None,
        mark: GatewayMark | None = None,
        annotate: Callable[[Decision], None] | None = None,
        lifecycle: Lifecycle | None = None,
    ) -> None:
        """Without `identify` all are limited by address; without `proxies` the peer is the client."""
        self._app, self._fields = app, headers or HeaderFields()
        self._lifecycle = lifecycle or limiter
        self._gate = Gate(
            limiter=limiter,
            identify=identify,
            proxies=proxies or TrustedProxies(),
            mark=mark,
            annotate=annotate,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind == "http":
            decision = await self._gate.decide(scope, method=scope["method"], path=scope["path"])
            if decision is None or decision.plan.mode is _SHADOW:
                await self._app(scope, receive, send)
            elif decision.allowed:
                await self._app(scope, receive, _adding(self._fields.of(decision), send))
            else:
                await _refuse(decision, self._fields.of(decision), send)
        elif kind == "lifespan":
            await self._lifecycle.start()
            try:
                await self._app(scope, receive, send)
            finally:
                await self._lifecycle.close()
        else:
            await self._app(scope, receive, send)


def _adding(headers: Headers, send: Send) -> Send:
    def add(message: Message) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *headers]
        return send(message)

    return add


async def _refuse(decision: Decision, headers: Headers, send: Send) -> None:
    status, body = problem(decision)
    size = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": status, "headers": [CONTENT_TYPE, size, *headers]})
    await send({"type": "http.response.body", "body": body})
