"""TLS to Redis, with the certificate checked."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import pytest
from e2e.ratelimit.policies import policy
from e2e.ratelimit.servers import RedisServer, need, wait_until
from support.servers import free_port

from platform_ratelimit.decision import Source
from platform_ratelimit.limiter import Limiter
from platform_ratelimit.redis.node import RedisNode
from platform_ratelimit.redis.settings import RedisSettings

pytestmark = pytest.mark.e2e


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    key, cert = folder / f"{name}.key", folder / f"{name}.crt"
    subprocess.run(
        [need("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert,
         "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    return key, cert


async def source_of(url: str, authority: Path) -> Source:
    node = RedisNode(RedisSettings.from_url(url, ca_file=authority, deadline_s=0.5))
    limiter = Limiter(node, policy())
    await limiter.start()
    try:
        return (await limiter.decide(limiter.planner.for_tenant("acme", "default"))).source
    finally:
        await limiter.close()


def test_a_server_that_proves_itself_decides_and_another_does_not(tmp_path: Path) -> None:
    key, cert = certificate(tmp_path, "server")
    _, stranger = certificate(tmp_path, "stranger")
    port = free_port()
    options = ("--tls-port", str(port), "--tls-cert-file", str(cert), "--tls-key-file", str(key),
               "--tls-ca-cert-file", str(cert), "--tls-auth-clients", "no")  # fmt: skip
    with RedisServer(tmp_path / "redis", *options):
        url = f"rediss://127.0.0.1:{port}/0"
        wait_until(lambda: asyncio.run(source_of(url, cert)) is Source.REDIS, what="a decision over TLS")
        assert asyncio.run(source_of(url, stranger)) is Source.LOCAL
