"""The tables, one empty policy and one tier without limits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NAME = sa.String(64)


def upgrade() -> None:
    """Apply."""
    policy = op.create_table(
        "ratelimit_policy",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("default_tier", NAME, nullable=False),
        sa.Column("rollout_mode", NAME, nullable=False),
        sa.Column("rollout_percent", sa.Integer, nullable=False),
        sa.Column("factor", sa.Float, nullable=False),
    )
    tier = op.create_table(
        "ratelimit_tier",
        sa.Column("name", NAME, primary_key=True),
        sa.Column("precision", NAME, nullable=False),
        sa.Column("factor", sa.Float, nullable=False),
    )
    op.create_table(
        "ratelimit_limit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("tier", NAME, sa.ForeignKey("ratelimit_tier.name", ondelete="CASCADE")),
        sa.Column("endpoint_group", NAME),
        sa.Column("name", NAME, nullable=False),
        sa.Column("quota", sa.BigInteger, nullable=False),
        sa.Column("window_ms", sa.BigInteger, nullable=False),
        sa.Column("algorithm", NAME, nullable=False),
        sa.UniqueConstraint("tier", "name", name="ratelimit_limit_name"),
    )
    op.create_table(
        "ratelimit_tenant",
        sa.Column("id", NAME, primary_key=True),
        sa.Column("tier", NAME, sa.ForeignKey("ratelimit_tier.name"), nullable=False),
        sa.Column("factor", sa.Float, nullable=False),
        sa.Column("blocked", sa.Boolean, nullable=False),
        sa.Column("rollout_mode", NAME),
    )
    op.create_table(
        "ratelimit_override",
        sa.Column("tenant", NAME, sa.ForeignKey("ratelimit_tenant.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("limit_name", NAME, primary_key=True),
        sa.Column("quota", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "ratelimit_endpoint_group",
        sa.Column("name", NAME, primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("patterns", sa.JSON, nullable=False),
        sa.Column("failure", NAME, nullable=False),
    )
    op.create_table(
        "ratelimit_allow",
        sa.Column("kind", NAME, primary_key=True),
        sa.Column("value", sa.String(255), primary_key=True),
    )
    op.create_table(
        "ratelimit_api_key",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("tenant", NAME, sa.ForeignKey("ratelimit_tenant.id", ondelete="CASCADE"), nullable=False),
        sa.Column("label", NAME, nullable=False),
    )
    op.create_table(
        "ratelimit_audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.Column("action", NAME, nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("before", sa.JSON),
        sa.Column("after", sa.JSON),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("ratelimit_audit_subject", "ratelimit_audit", ["subject", "id"])
    op.bulk_insert(tier, [{"name": "standard", "precision": "exact", "factor": 1.0}])
    op.bulk_insert(
        policy,
        [
            {
                "id": 1,
                "version": 1,
                "default_tier": "standard",
                "rollout_mode": "enforce",
                "rollout_percent": 100,
                "factor": 1.0,
            }
        ],
    )


def downgrade() -> None:
    """Take back."""
    for table in (
        "audit", "api_key", "allow", "endpoint_group", "override", "tenant", "limit", "tier", "policy",
    ):  # fmt: skip
        op.drop_table(f"ratelimit_{table}")
