"""`platformctl ratelimit` and `platformctl tenants` against a decision service that really runs."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import jwt
from e2e.ratelimit.processes import process, uvicorn
from e2e.ratelimit.servers import RedisServer
from sqlalchemy.ext.asyncio import create_async_engine
from support.servers import free_port
from typer.testing import CliRunner, Result

from platform_ratelimit.db.migrate import migrate
from platformctl.app.ratelimit_api import RateLimitApi
from platformctl_cli.main import command_line

KEY = "a-secret-of-thirty-two-characters"
SERVICE = "platform_ratelimit.serve:service"


@dataclass(frozen=True)
class Service:
    """A running decision service with its admin API, and the files that open it."""

    port: int
    token_file: Path
    bob_file: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/admin/ratelimit"

    @property
    def api(self) -> RateLimitApi:
        return RateLimitApi(self.url, self.token_file.read_text().strip())

    def run(self, *words: str, bob: bool = False) -> Result:
        """A command in this process, as admin (or as bob)."""
        token = self.bob_file if bob else self.token_file
        return CliRunner().invoke(command_line(), [*words, "--url", self.url, "--token-file", str(token)])

    def asked(self, *words: str) -> dict[str, object]:
        """The document of a command that succeeds."""
        done = self.run(*words, "--json")
        assert done.exit_code == 0, done.output or done.exception
        found: dict[str, object] = json.loads(done.stdout)
        return found

    def tenant_of(self, key: str) -> str:
        """Whom the gateway would be told this API key is."""
        headers = {"X-Forwarded-For": "192.0.2.9", "X-Api-Key": key}
        return httpx.get(f"http://127.0.0.1:{self.port}/decide", headers=headers).headers["x-tenant-id"]

    def decide(self, tenant: str) -> int:
        """What the gateway would be told of a tenant's request: the status."""
        token = jwt.encode({"tenant": tenant, "exp": time.time() + 600}, KEY, algorithm="HS256")
        headers = {"X-Forwarded-For": "192.0.2.9", "Authorization": f"Bearer {token}"}
        return httpx.get(f"http://127.0.0.1:{self.port}/decide", headers=headers).status_code


async def migrated(url: str) -> None:
    engine = create_async_engine(url)
    await migrate(engine)
    await engine.dispose()


@contextmanager
def serving(folder: Path, server: RedisServer, database_url: str) -> Iterator[Service]:
    with server.client() as client:
        client.flushall()  # what other modules have spent
    asyncio.run(migrated(database_url))
    token, bob, admins = folder / "token", folder / "bob", folder / "admins"
    token.write_text("the admin's token\n")
    bob.write_text("bob's token\n")
    digest = hashlib.sha256(b"bob's token").hexdigest()
    admins.write_text(f"# who may\nbob {digest}\n")
    service = Service(free_port(), token, bob)
    (folder / "jwt-key").write_text(KEY)
    environment = {
        "RATELIMIT_JWT_KEY_FILE": str(folder / "jwt-key"),
        "RATELIMIT_JWT_ALGORITHMS": "HS256",
        "RATELIMIT_REDIS_URL": server.url,
        "RATELIMIT_DATABASE_URL": database_url,
        "RATELIMIT_DEADLINE_MS": "1000",  # a crowded machine must not decide what is tested
        "RATELIMIT_ADMIN_TOKEN_FILE": str(token),
        "RATELIMIT_ADMINS_FILE": str(admins),
    }
    with process(*uvicorn(SERVICE, service.port), port=service.port, **environment):
        yield service
