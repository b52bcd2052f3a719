"""Where Redis is and how to greet it."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

from platform_ratelimit.errors import RateLimitError
from platform_ratelimit.redis.breaker import BreakerSettings

Address = tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class RedisSettings:
    """One server's address (or socket `path`), credentials and manners."""

    host: str = "127.0.0.1"
    port: int = 6379
    path: str | None = None
    database: int = 0
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    deadline_s: float = 0.008  # of one decision; the promise to requests is 10 ms
    connect_timeout_s: float = 0.5
    most_pending: int = 4096
    breaker: BreakerSettings = field(default_factory=BreakerSettings)
    channel: str | None = "rl:policy"  # where changes of the policy are announced

    @classmethod
    def from_url(
        cls,
        url: str,
        *,
        password_file: Path | None = None,
        ca_file: Path | None = None,
        deadline_s: float = 0.008,
    ) -> Self:
        """Read ``redis://user:password@host:port/0``, ``rediss://…`` (TLS) or ``unix:///path?db=0``."""
        parts = urlsplit(url)
        if parts.scheme not in ("redis", "rediss", "unix"):
            raise RateLimitError(
                f"{parts.scheme!r} is not a Redis scheme",
                where="redis url",
                fix="use redis://, rediss:// or unix://",
            )
        secret = unquote(parts.password) if parts.password else None
        if password_file is not None:
            secret = password_file.read_text().strip()
        number = (
            parse_qs(parts.query).get("db", ["0"])[0]
            if parts.scheme == "unix"
            else parts.path.strip("/") or "0"
        )
        if not number.isdecimal():
            raise RateLimitError(
                f"{number!r} is not a database number", where="redis url", fix="end it with /0"
            )
        return cls(
            host=parts.hostname or "127.0.0.1",
            port=parts.port or 6379,
            path=parts.path if parts.scheme == "unix" else None,
            database=int(number),
            username=unquote(parts.username) if parts.username else None,
            password=secret,
            tls=ssl.create_default_context(cafile=ca_file) if parts.scheme == "rediss" else None,
            deadline_s=deadline_s,
        )

    @property
    def place(self) -> str:
        """Where, without who: fit for a log line."""
        return self.path or f"{self.host}:{self.port}"
