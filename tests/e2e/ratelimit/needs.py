"""The packages these tests cannot do without: the dependency group ``ratelimit``."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

PACKAGES: Final = ("alembic", "aiosqlite", "asyncpg", "fastapi", "httpx", "jwt", "prometheus_client", "redis",
                   "sqlalchemy", "uvicorn")  # fmt: skip


def missing() -> list[str]:
    return [package for package in PACKAGES if find_spec(package) is None]
