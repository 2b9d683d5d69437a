"""The first tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _number(name: str, *, null: bool = False, key: bool = False) -> sa.Column[Any]:
    """Return a column of whole numbers; of a key, one whose numbers are given by the writer."""
    return sa.Column(
        name,
        sa.Integer(),
        nullable=null,
        primary_key=key,
        autoincrement=False if key else "auto",
    )


def _bytes(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.LargeBinary(), nullable=null)


def _long(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def _flag(name: str, *, key: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=False, primary_key=key)


def _word(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.SmallInteger(), nullable=null)


def _id() -> sa.Column[Any]:
    return sa.Column("id", sa.Integer(), primary_key=True)


def _of(table: str, column: str = "history") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"taskpar_{table}.id"])


def upgrade() -> None:
    """Make them."""
    _make_landings()
    _make_pairs()
    _make_reports()


def _make_landings() -> None:
    op.create_table(
        "taskpar_histories",
        _id(),
        _bytes("name"),
        _bytes("recipe", null=True),
        _long("written_at", null=True),
        sa.UniqueConstraint("name", name="uq_taskpar_histories_name"),
    )
    op.create_table(
        "taskpar_landings",
        _id(),
        _number("history"),
        _long("number"),
        _flag("abandoned"),
        _flag("mined"),
        sa.Column("commit", sa.String(), nullable=False),
        _long("landed_at"),
        _number("changed"),
        _word("shape"),
        sa.Column("base", sa.String()),
        _bytes("author"),
        _bytes("reference", null=True),
        _bytes("automation", null=True),
        _bytes("title"),
        _bytes("body"),
        _of("histories"),
        sa.UniqueConstraint("history", "commit", name="uq_taskpar_landings_commit"),
    )
    op.create_index("ix_taskpar_landings_number", "taskpar_landings", ["history", "number"])
    op.create_table(
        "taskpar_joined",
        _number("landing", key=True),
        _number("place", key=True),
        sa.Column("commit", sa.String(), nullable=False),
        _of("landings", "landing"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_taskpar_joined_commit", "taskpar_joined", ["commit"])
    op.create_table(
        "taskpar_paths",
        _id(),
        _number("history"),
        _bytes("digest"),
        _bytes("path"),
        _of("histories"),
        sa.UniqueConstraint("history", "digest", name="uq_taskpar_paths_digest"),
    )
    op.create_table(
        "taskpar_changes",
        _number("landing", key=True),
        _number("place", key=True),
        _number("path"),
        _number("old_path", null=True),
        _word("status"),
        _of("landings", "landing"),
        sqlite_with_rowid=False,
    )


def _make_pairs() -> None:
    op.create_table(
        "taskpar_pairs",
        _number("later", key=True),
        _number("earlier", key=True),
        _word("flags"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "taskpar_pair_files",
        _number("later", key=True),
        _number("earlier", key=True),
        _flag("tips", key=True),
        _number("place", key=True),
        _number("path"),
        _word("verdict"),
        _word("decided_by"),
        _word("kind", null=True),
        _flag("created"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "taskpar_pair_items",
        _number("later", key=True),
        _number("earlier", key=True),
        _number("place", key=True),
        _word("kind"),
        _bytes("item"),
        _bytes("detector"),
        sqlite_with_rowid=False,
    )


def _make_reports() -> None:
    op.create_table(
        "taskpar_texts",
        _id(),
        _number("history"),
        _bytes("digest"),
        sa.Column("task", sa.String(), nullable=False),
        _long("written_at"),
        _bytes("source"),
        _bytes("title"),
        _bytes("body"),
        _of("histories"),
        sa.UniqueConstraint("history", "digest", name="uq_taskpar_texts_digest"),
    )
    op.create_table(
        "taskpar_outcomes",
        _id(),
        _number("history"),
        _bytes("digest"),
        _long("recorded_at"),
        _bytes("task"),
        _number("correction"),
        _bytes("report"),
        _of("histories"),
        sa.UniqueConstraint("history", "digest", name="uq_taskpar_outcomes_digest"),
    )
