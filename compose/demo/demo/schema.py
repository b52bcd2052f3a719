"""The tables. Every business metric counts rows of one of them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    func,
)

METADATA: Final = MetaData()


def _tenant() -> Column[str]:
    return Column("tenant", Text, ForeignKey("tenants.id"), nullable=False)


def _id() -> Column[int]:
    return Column("id", BigInteger, Identity(always=True), primary_key=True)


def _at() -> Column[object]:
    return Column("at", DateTime(timezone=True), nullable=False, server_default=func.now())


TENANTS: Final = Table(
    "tenants", METADATA,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("vertical", Text, nullable=False),
    Column("tier", Text, nullable=False),
    Column("registered_tier", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("records", BigInteger, nullable=False, server_default="0"),
    Column("data_bytes", BigInteger, nullable=False, server_default="0"),
)  # fmt: skip
SESSIONS: Final = Table(
    "sessions", METADATA, Column("token_hash", Text, primary_key=True), _tenant(),
    Column("user", Text, nullable=False), _at(), Index("sessions_at", "at"),
)  # fmt: skip
AUTH_ATTEMPTS: Final = Table(
    "auth_attempts", METADATA, _id(),
    Column("tenant", Text, nullable=False),  # no foreign key: "unknown" is one of them
    Column("outcome", Text, nullable=False), _at(), Index("auth_attempts_at", "at"),
)  # fmt: skip
USER_ACTIONS: Final = Table(
    "user_actions", METADATA, _id(), _tenant(), Column("user", Text, nullable=False),
    Column("action", Text, nullable=False), _at(), Index("user_actions_at", "at"),
)  # fmt: skip
RECORDS: Final = Table(
    "records", METADATA, _id(), _tenant(), Column("kind", Text, nullable=False),
    Column("payload", Text, nullable=False), Column("amount_cents", BigInteger, nullable=False), _at(),
    Index("records_tenant_id", "tenant", "id"),
)  # fmt: skip
WRITES: Final = Table(
    "writes", METADATA, _id(), _tenant(), Column("size_bytes", Integer, nullable=False), _at(),
    Index("writes_at", "at"),
)  # fmt: skip
TOOL_RUNS: Final = Table(
    "tool_runs", METADATA, _id(), _tenant(), Column("tool", Text, nullable=False),
    Column("result", Text, nullable=False), _at(), Index("tool_runs_at", "at"),
)  # fmt: skip
LOCATIONS: Final = Table(
    "locations", METADATA, _id(), _tenant(), Column("name", Text, nullable=False), _at(),
    Index("locations_at", "at"),
)  # fmt: skip
ONBOARDING_STEPS: Final = Table(
    "onboarding_steps", METADATA, _id(), _tenant(),
    Column("location", BigInteger, ForeignKey("locations.id", ondelete="CASCADE"), nullable=False),
    Column("step", Text, nullable=False), _at(), UniqueConstraint("location", "step"),
)  # fmt: skip
TIER_CHANGES: Final = Table(
    "tier_changes", METADATA, _id(), _tenant(), Column("from_tier", Text, nullable=False),
    Column("to_tier", Text, nullable=False), Column("direction", Text, nullable=False), _at(),
    Index("tier_changes_at", "at"),
)  # fmt: skip
REVENUE_EVENTS: Final = Table(
    "revenue_events", METADATA, _id(), _tenant(), Column("kind", Text, nullable=False),
    Column("amount_cents", BigInteger, nullable=False), _at(), Index("revenue_events_at", "at"),
)  # fmt: skip
CONVERSIONS: Final = Table(
    "conversions", METADATA, _id(), _tenant(), Column("goal", Text, nullable=False), _at(),
    Index("conversions_at", "at"),
)  # fmt: skip
FLAGS: Final = Table(
    "feature_flags", METADATA, _tenant(), Column("flag", Text, nullable=False),
    Column("enabled", Boolean, nullable=False), UniqueConstraint("tenant", "flag"),
)  # fmt: skip
EVALUATIONS: Final = Table(
    "flag_evaluations", METADATA, _id(), _tenant(), Column("flag", Text, nullable=False),
    Column("variant", Text, nullable=False), _at(), Index("flag_evaluations_at", "at"),
)  # fmt: skip

KEPT_FOR_A_DAY: Final = (
    SESSIONS, AUTH_ATTEMPTS, USER_ACTIONS, WRITES, TOOL_RUNS, LOCATIONS, TIER_CHANGES, REVENUE_EVENTS,
    CONVERSIONS, EVALUATIONS,
)  # fmt: skip
"""Tables whose rows are deleted when they are older than a day, so that the demo may run for weeks."""
