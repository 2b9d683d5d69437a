"""Runs, and the journals of their steps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "taskpar_runs",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("history", sa.Integer(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["history"], ["taskpar_histories.id"]),
        sa.UniqueConstraint("history", "name", name="uq_taskpar_runs_name"),
    )
    op.create_table(
        "taskpar_run_steps",
        sa.Column("run", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("report", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["taskpar_runs.id"]),
        sqlite_with_rowid=False,
    )
