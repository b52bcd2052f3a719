"""The gateway's mark on a request it has charged, so that the middleware behind it does not charge again."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from typing import Final

from platform_ratelimit.asgi import Scope, header

HEADER: Final = "x-ratelimit-decided"


class GatewayMark:
    """A keyed digest of the minute; believed from trusted proxies only, in its minute and the next."""

    def __init__(self, secret: str, *, now: Callable[[], float] = time.time) -> None:
        if len(secret) < 16:
            raise ValueError("the gateway's secret needs at least 16 characters")
        self._secret, self._now = secret.encode(), now
        self._minute, self._marks = -1, ("", "")

    def value(self) -> str:
        """The mark of this minute."""
        return self._present()[0]

    def is_on(self, scope: Scope) -> bool:
        """Whether the request carries it."""
        value = header(scope, HEADER.encode())
        return value is not None and any(
            hmac.compare_digest(value.encode(), m.encode()) for m in self._present()
        )

    def _present(self) -> tuple[str, str]:
        minute = int(self._now() // 60)
        if minute != self._minute:
            self._minute, self._marks = minute, (self._digest(minute), self._digest(minute - 1))
        return self._marks

    def _digest(self, minute: int) -> str:
        return hmac.new(self._secret, b"ratelimit|%d" % minute, "sha256").hexdigest()
