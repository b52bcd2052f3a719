"""Alembic's entry: on the connection it is handed, with a version table of its own."""

from __future__ import annotations

from alembic import context

from platform_ratelimit.db.migrate import VERSION_TABLE
from platform_ratelimit.db.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
