"""Banks, and the journals of their steps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "taskpar_banks",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("history", sa.Integer(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["history"], ["taskpar_histories.id"]),
        sa.UniqueConstraint("history", "name", name="uq_taskpar_banks_name"),
    )
    op.create_table(
        "taskpar_growth",
        sa.Column("bank", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("report", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["bank"], ["taskpar_banks.id"]),
        sqlite_with_rowid=False,
    )
