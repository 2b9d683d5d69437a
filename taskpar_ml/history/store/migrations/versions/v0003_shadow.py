"""Predictions that are held against what lands later, and where that began."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "taskpar_shadows",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("history", sa.Integer(), nullable=False),
        sa.Column("commit", sa.String(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["history"], ["taskpar_histories.id"]),
        sa.UniqueConstraint("history", "commit", name="uq_taskpar_shadows_commit"),
    )
    op.create_table(
        "taskpar_predictions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("history", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("model", sa.LargeBinary(), nullable=False),
        sa.Column("report", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["history"], ["taskpar_histories.id"]),
        sa.UniqueConstraint("history", "digest", name="uq_taskpar_predictions_digest"),
    )
