"""The tables. Every name begins with ``ratelimit_``, so that they can live in somebody's own database."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    ForeignKey,
    Index,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAME = String(64)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC, also from SQLite, which keeps no zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Store UTC; refuse a time without a zone."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Hand out UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The limiter's own metadata."""


class PolicyRow(Base):
    """The one row of what is said once: the version, and what holds for everybody."""

    __tablename__ = "ratelimit_policy"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]
    default_tier: Mapped[str] = mapped_column(NAME)
    rollout_mode: Mapped[str] = mapped_column(NAME)
    rollout_percent: Mapped[int]
    factor: Mapped[float]  # the emergency factor on everything


class TierRow(Base):
    """A subscription tier. The tier ``anonymous`` is that of addresses without an identity."""

    __tablename__ = "ratelimit_tier"
    name: Mapped[str] = mapped_column(NAME, primary_key=True)
    precision: Mapped[str] = mapped_column(NAME)
    factor: Mapped[float]


class LimitRow(Base):
    """A limit of a tier, over everything or one endpoint group; without a tier, of the whole platform."""

    __tablename__ = "ratelimit_limit"
    __table_args__ = (UniqueConstraint("tier", "name", name="ratelimit_limit_name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    tier: Mapped[str | None] = mapped_column(ForeignKey("ratelimit_tier.name", ondelete="CASCADE"))
    endpoint_group: Mapped[str | None] = mapped_column(NAME)
    name: Mapped[str] = mapped_column(NAME)
    quota: Mapped[int] = mapped_column(BigInteger)
    window_ms: Mapped[int] = mapped_column(BigInteger)
    algorithm: Mapped[str] = mapped_column(NAME)


class TenantRow(Base):
    """A tenant, its tier, and what the emergency switch and the rollout say of it."""

    __tablename__ = "ratelimit_tenant"
    id: Mapped[str] = mapped_column(NAME, primary_key=True)
    tier: Mapped[str] = mapped_column(ForeignKey("ratelimit_tier.name"))
    factor: Mapped[float]
    blocked: Mapped[bool]
    rollout_mode: Mapped[str | None] = mapped_column(NAME)


class OverrideRow(Base):
    """A tenant's own quota for one limit of its tier, for a reason and usually for a while."""

    __tablename__ = "ratelimit_override"
    tenant: Mapped[str] = mapped_column(
        ForeignKey("ratelimit_tenant.id", ondelete="CASCADE"), primary_key=True
    )
    limit_name: Mapped[str] = mapped_column(NAME, primary_key=True)
    quota: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)


class GroupRow(Base):
    """An endpoint group; the first one whose pattern matches wins."""

    __tablename__ = "ratelimit_endpoint_group"
    name: Mapped[str] = mapped_column(NAME, primary_key=True)
    position: Mapped[int]
    patterns: Mapped[list[str]] = mapped_column(JSON)
    failure: Mapped[str] = mapped_column(NAME)


class AllowRow(Base):
    """A network or a user agent that is never limited."""

    __tablename__ = "ratelimit_allow"
    kind: Mapped[str] = mapped_column(NAME, primary_key=True)  # network, user-agent
    value: Mapped[str] = mapped_column(String(255), primary_key=True)


class ApiKeyRow(Base):
    """The SHA-256 of a tenant's API key; the key itself is nowhere."""

    __tablename__ = "ratelimit_api_key"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    tenant: Mapped[str] = mapped_column(ForeignKey("ratelimit_tenant.id", ondelete="CASCADE"))
    label: Mapped[str] = mapped_column(NAME)


class AuditRow(Base):
    """Who changed what, when and why."""

    __tablename__ = "ratelimit_audit"
    __table_args__ = (Index("ratelimit_audit_subject", "subject", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(128))
    action: Mapped[str] = mapped_column(NAME)
    subject: Mapped[str] = mapped_column(String(128))
    reason: Mapped[str] = mapped_column(Text)
    before: Mapped[object | None] = mapped_column(JSON)
    after: Mapped[object | None] = mapped_column(JSON)
    version: Mapped[int]
