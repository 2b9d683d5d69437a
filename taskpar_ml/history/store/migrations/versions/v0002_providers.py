"""Answers of footprint providers, and what became of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make them."""
    for name in ("answers", "trials"):
        op.create_table(
            f"taskpar_{name}",
            sa.Column("id", sa.Integer(), primary_key=True),
            sa.Column("history", sa.Integer(), nullable=False),
            sa.Column("digest", sa.LargeBinary(), nullable=False),
            sa.Column("asked_at", sa.BigInteger(), nullable=False),
            sa.Column("provider", sa.LargeBinary(), nullable=False),
            sa.Column("report", sa.LargeBinary(), nullable=False),
            sa.ForeignKeyConstraint(["history"], ["taskpar_histories.id"]),
            sa.UniqueConstraint("history", "digest", name=f"uq_taskpar_{name}_digest"),
        )
