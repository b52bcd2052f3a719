"""The shipped Alembic migrations, applied by the limiter itself or by whoever owns the database."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

SCRIPTS: Final = Path(__file__).parent / "migrations"
VERSION_TABLE: Final = "ratelimit_alembic_version"


def configuration() -> Config:
    """Alembic's configuration of these migrations."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    return config


async def migrate(engine: AsyncEngine, *, revision: str = "head") -> None:
    """Bring the tables to a revision."""

    def upgrade(connection: Connection) -> None:
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    async with engine.begin() as connection:
        await connection.run_sync(upgrade)
