"""The shipped Alembic migrations, applied by the limiter itself or by whoever owns the database.

``RATELIMIT_DATABASE_URL=… python -m platform_ratelimit.db.migrate`` brings the tables up to date.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

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


async def main() -> None:
    """Migrate the database of the environment."""
    engine = create_async_engine(os.environ["RATELIMIT_DATABASE_URL"])
    try:
        await migrate(engine)
    finally:
        await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main())
