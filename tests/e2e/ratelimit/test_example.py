"""The example of the documentation, run as it says: a change by the admin API counts everywhere."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import jwt
import pytest
from e2e.ratelimit.processes import process, uvicorn
from e2e.ratelimit.servers import RedisServer, wait_until
from support.servers import free_port

pytestmark = pytest.mark.e2e
EXAMPLES = Path(__file__).parents[3] / "stack" / "platform_ratelimit" / "examples"
KEY = "a-secret-of-thirty-two-characters"
ADMIN = {"Authorization": "Bearer ann's token"}


def test_a_limit_set_in_one_process_is_in_force_in_the_other(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    database = f"sqlite+aiosqlite:///{tmp_path}/limits.db"
    migrate = [sys.executable, "-m", "platform_ratelimit.db.migrate"]
    subprocess.run(
        migrate, env=os.environ | {"RATELIMIT_DATABASE_URL": database}, check=True, capture_output=True
    )
    environment = {
        "DATABASE_URL": database, "REDIS_URL": redis_server.url, "JWT_KEY": KEY,
        "ADMIN_TOKEN_SHA256": hashlib.sha256(b"ann's token").hexdigest(),
    }  # fmt: skip
    claims = {"tenant": "acme", "exp": time.time() + 600}
    acme = {"Authorization": "Bearer " + jwt.encode(claims, KEY, algorithm="HS256")}
    ports = free_port(), free_port()
    serve = ("fastapi_app:create_app", "--app-dir", str(EXAMPLES))
    with (
        process(*uvicorn(serve[0], ports[0], *serve[1:]), port=ports[0], **environment),
        process(*uvicorn(serve[0], ports[1], *serve[1:]), port=ports[1], **environment),
    ):
        one, two = (httpx.Client(base_url=f"http://127.0.0.1:{port}") for port in ports)
        with one, two:
            assert two.get("/data", headers=acme).status_code == 200
            tier = {"limits": [{"name": "day", "quota": 3, "window_s": 86400}]}
            changed = one.put(
                "/admin/ratelimit/tiers/standard", json=tier, headers={**ADMIN, "If-Match": "*"}
            )
            assert changed.status_code == 200
            new = "ratelimit_policy_version 2.0"
            wait_until(lambda: new in two.get("/metrics").text, what="the new policy in the other process")
            assert [two.get("/data", headers=acme).status_code for _ in range(4)] == [200, 200, 200, 429]
            (usage,) = one.get("/admin/ratelimit/tenants/acme/usage", headers=ADMIN).json()
            assert usage == {"name": "day", "scope": "tenant", "quota": 3, "remaining": 0}
            assert 'ratelimit_tenant_denied_total{limit="day",scope="tenant",tenant="acme"} 1.0' in (
                two.get("/metrics").text
            )
