"""What the limiter's tests share: a policy database of their own, and a Redis where one can be had."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
IMPORT_ROOT = (HERE / (HERE / "import_root.txt").read_text().strip()).resolve()
sys.path.insert(0, str(IMPORT_ROOT))

TOKEN = "the admin's token of these tests"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The limiter's settings with an empty policy of its own; Redis is where nobody listens."""
    from sqlalchemy.ext.asyncio import create_async_engine

    from platform_ratelimit.db.migrate import migrate

    url = f"sqlite+aiosqlite:///{tmp_path}/ratelimit.db"

    async def prepare() -> None:
        engine = create_async_engine(url)
        await migrate(engine)
        await engine.dispose()

    asyncio.run(prepare())
    (tmp_path / "token").write_text(TOKEN)
    return {
        "RATELIMIT_DATABASE_URL": url,
        "RATELIMIT_REDIS_URL": f"redis://127.0.0.1:{_free_port()}/0",
        "RATELIMIT_ADMIN_TOKEN_FILE": str(tmp_path / "token"),
    }


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """An empty Redis: RATELIMIT_TEST_REDIS_URL, or a redis-server of this test's own."""
    if told := os.environ.get("RATELIMIT_TEST_REDIS_URL"):
        yield told
        return
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("no redis-server on PATH and no RATELIMIT_TEST_REDIS_URL")
    port = _free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(tmp_path), "--save", ""]
    server = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.kill()
        server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(f"redis-server does not listen on {port}")
