"""One platform for the tests of a module: PostgreSQL, Redis and the API, all real."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support import demo, servers
from support.demo import Service
from support.servers import Postgres


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with servers.postgres() as cluster:
        yield cluster


@pytest.fixture(scope="module")
def redis() -> Iterator[str]:
    with servers.redis() as address:
        yield address


@pytest.fixture(scope="module")
def api(postgres: Postgres, redis: str, folder: Path) -> Iterator[Service]:
    with demo.ready_api(postgres, redis, folder) as running:
        yield running
