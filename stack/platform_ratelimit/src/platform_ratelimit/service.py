"""The decision service: asked by a gateway's forward-auth before every request. Stateless; run several.

``GET /decide`` answers 200 with the tenant, the gateway's mark and the budget, or the refusal itself,
which the gateway hands to the client. The request in question comes in ``X-Forwarded-Method``, ``-Uri``,
``-Host`` and ``-For``.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote

from platform_ratelimit.address import TrustedProxies
from platform_ratelimit.asgi import App, Receive, Scope, Send, header
from platform_ratelimit.gate import Gate
from platform_ratelimit.headers import HeaderFields, Headers
from platform_ratelimit.identity import Identify
from platform_ratelimit.mark import HEADER, GatewayMark
from platform_ratelimit.metrics.exposition import expose
from platform_ratelimit.policy import Mode
from platform_ratelimit.problem import CONTENT_TYPE, problem
from platform_ratelimit.runtime import Runtime

_SHADOW: Final = Mode.SHADOW
TENANT_HEADER = b"x-tenant-id"
_PLAIN = (b"content-type", b"text/plain; charset=utf-8")


class DecisionService:
    """An ASGI application. The gateway must be among `proxies`, or its X-Forwarded-For is not believed."""

    def __init__(
        self,
        runtime: Runtime,
        *,
        identify: Identify,
        proxies: TrustedProxies,
        mark: GatewayMark | None = None,
        headers: HeaderFields | None = None,
        admin: App | None = None,
    ) -> None:
        """`mark` tells the middleware behind the gateway that the request has been charged.

        `admin` serves what lies under ``/admin/``; the gateway never leads there.
        """
        self._admin = admin
        self._runtime, self._mark, self._fields = runtime, mark, headers or HeaderFields()
        self._gate = Gate(limiter=runtime.limiter, identify=identify, proxies=proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] != "http":
            raise RuntimeError(f"the decision service does not speak {scope['type']}")
        elif scope["path"] == "/decide":
            await self._decide(scope, send)
        elif self._admin is not None and scope["path"].startswith("/admin/"):
            await self._admin(scope, receive, send)
        elif scope["path"] == "/healthz":
            await _answer(send, 200, b"ok\n", [_PLAIN])
        elif scope["path"] == "/metrics":
            body, content_type = expose(self._runtime)
            await _answer(send, 200, body, [(b"content-type", content_type.encode())])
        else:
            await _answer(send, 404, b"not found\n", [_PLAIN])

    async def _decide(self, scope: Scope, send: Send) -> None:
        asked = _asked(scope)
        decision = await self._gate.decide(asked, method=asked["method"], path=asked["path"])
        tenant = decision.plan.tenant if decision is not None else self._gate.identify(asked)
        passed: Headers = [(TENANT_HEADER, (tenant or "").encode())]
        if self._mark is not None:
            passed.append((HEADER.encode(), self._mark.value().encode()))
        if decision is None or decision.plan.mode is _SHADOW:
            await _answer(send, 200, b"", passed)
        elif decision.allowed:
            await _answer(send, 200, b"", [*passed, *self._fields.of(decision)])
        else:
            status, body = problem(decision)
            tenant_field = (TENANT_HEADER, (tenant or "").encode())  # for the gateway's log
            await _answer(send, status, body, [CONTENT_TYPE, tenant_field, *self._fields.of(decision)])

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self._runtime.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self._runtime.close()
                await send({"type": "lifespan.shutdown.complete"})
                return


def _asked(scope: Scope) -> Scope:
    """The client's request, as the gateway forwarded it: what is not said is what came."""
    uri = header(scope, b"x-forwarded-uri") or scope["path"]
    host = header(scope, b"x-forwarded-host")
    headers = scope["headers"]
    if host is not None:
        headers = [(b"host", host.encode("latin-1")), *((k, v) for k, v in headers if k != b"host")]
    method = header(scope, b"x-forwarded-method") or scope["method"]
    return {**scope, "method": method, "path": unquote(uri.partition("?")[0]), "headers": headers}


async def _answer(send: Send, status: int, body: bytes, headers: Headers) -> None:
    size = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": status, "headers": [size, *headers]})
    await send({"type": "http.response.body", "body": body})
