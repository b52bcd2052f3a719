"""Servers the limiter's end-to-end tests share; imported by conftest.py where all they need is installed."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from e2e.ratelimit.databases import PostgresServer
from e2e.ratelimit.servers import RedisServer


@pytest.fixture(scope="session")
def shared_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with RedisServer(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def redis_server(shared_redis: RedisServer) -> RedisServer:
    """The shared server, empty."""
    with shared_redis.client() as client:
        client.flushall()
        client.script_flush()
    return shared_redis


@pytest.fixture
def own_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A server of one test, which may hurt it."""
    with RedisServer(tmp_path_factory.mktemp("own-redis")) as server:
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with PostgresServer() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/limits.db"
    server: PostgresServer = request.getfixturevalue("postgres")
    name = f"t{uuid4().hex}"
    where = ["-h", "127.0.0.1", "-p", str(server.port), "-U", server.user]
    subprocess.run([server.bin / "createdb", *where, name], check=True)
    return server.url.rpartition("/")[0] + f"/{name}"
