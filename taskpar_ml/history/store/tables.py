"""The tables, as this version knows them; how they came to be is told by the migrations.

Names begin with ``taskpar_``, because a database may be shared with other programs. Rows of pairs
come in millions: they hold three integers and lie in their key, without a second tree. That they
name landings, and changes name paths, is not declared: it would take a second tree over the
earlier landing, or taking one away would read every pair. Writers of one history wait for each
other, and look landings and paths up as they write.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
)

from taskpar_ml.history.store.codes import (
    CONFLICTS,
    DECIDERS,
    KINDS,
    SHAPES,
    STATUSES,
    VERDICTS,
)
from taskpar_ml.history.store.columns import Coded, ExactText

VERSION_TABLE: Final = "taskpar_store_version"
"""Where Alembic keeps the version; its usual name may be taken by another program."""

METADATA: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_1_name)s",
        "ix": "ix_%(table_name)s_%(column_1_name)s",
    }
)


def _key(name: str) -> Column[Any]:
    return Column(name, Integer, primary_key=True)


def _part(name: str, of: str | None = None) -> Column[Any]:
    """Return a part of a key made of several, numbered by whoever writes."""
    reference = [] if of is None else [ForeignKey(of)]
    return Column(name, Integer, *reference, primary_key=True, autoincrement=False)


def _of_history() -> Column[Any]:
    return Column("history", Integer, ForeignKey("taskpar_histories.id"), nullable=False)


histories: Final = Table(
    "taskpar_histories",
    METADATA,
    _key("id"),
    Column("name", ExactText, nullable=False),
    Column("recipe", ExactText),
    Column("written_at", BigInteger),
    # Microseconds since 1970.
    UniqueConstraint("name", name="uq_taskpar_histories_name"),
)

landings: Final = Table(
    "taskpar_landings",
    METADATA,
    _key("id"),
    _of_history(),
    Column("number", BigInteger, nullable=False),
    Column("abandoned", Boolean, nullable=False),
    Column("mined", Boolean, nullable=False),
    Column("commit", String, nullable=False),
    Column("landed_at", BigInteger, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("shape", Coded(SHAPES), nullable=False),
    Column("base", String),
    Column("author", ExactText, nullable=False),
    Column("reference", ExactText),
    Column("automation", ExactText),
    Column("title", ExactText, nullable=False),
    # Last, so that whoever reads the others need not read it.
    Column("body", ExactText, nullable=False),
    UniqueConstraint("history", "commit"),
    Index(None, "history", "number"),
)

joined: Final = Table(
    "taskpar_joined",
    METADATA,
    _part("landing", of="taskpar_landings.id"),
    _part("place"),
    Column("commit", String, nullable=False),
    Index("ix_taskpar_joined_commit", "commit"),
    sqlite_with_rowid=False,
)
"""Commits of landings of several, all but the newest, oldest first."""

paths: Final = Table(
    "taskpar_paths",
    METADATA,
    _key("id"),
    _of_history(),
    # In place of the path: PostgreSQL keeps no long values in an index.
    Column("digest", LargeBinary, nullable=False),
    Column("path", ExactText, nullable=False),
    UniqueConstraint("history", "digest"),
)

changes: Final = Table(
    "taskpar_changes",
    METADATA,
    _part("landing", of="taskpar_landings.id"),
    _part("place"),
    Column("path", Integer, nullable=False),
    Column("old_path", Integer),
    Column("status", Coded(STATUSES), nullable=False),
    sqlite_with_rowid=False,
)

pairs: Final = Table(
    "taskpar_pairs",
    METADATA,
    _part("later"),
    _part("earlier"),
    Column("flags", SmallInteger, nullable=False),
    sqlite_with_rowid=False,
)

pair_files: Final = Table(
    "taskpar_pair_files",
    METADATA,
    _part("later"),
    _part("earlier"),
    Column("tips", Boolean, primary_key=True),
    _part("place"),
    Column("path", Integer, nullable=False),
    Column("verdict", Coded(VERDICTS), nullable=False),
    Column("decided_by", Coded(DECIDERS), nullable=False),
    Column("kind", Coded(CONFLICTS)),
    Column("created", Boolean, nullable=False),
    sqlite_with_rowid=False,
)

pair_items: Final = Table(
    "taskpar_pair_items",
    METADATA,
    _part("later"),
    _part("earlier"),
    _part("place"),
    Column("kind", Coded(KINDS), nullable=False),
    Column("item", ExactText, nullable=False),
    Column("detector", ExactText, nullable=False),
    sqlite_with_rowid=False,
)

texts: Final = Table(
    "taskpar_texts",
    METADATA,
    _key("id"),
    _of_history(),
    # Of task, source and time: see paths.
    Column("digest", LargeBinary, nullable=False),
    Column("task", String, nullable=False),
    Column("written_at", BigInteger, nullable=False),
    Column("source", ExactText, nullable=False),
    Column("title", ExactText, nullable=False),
    Column("body", ExactText, nullable=False),
    UniqueConstraint("history", "digest"),
)
"""Texts name their landing by its commit: they outlast what was mined."""

outcomes: Final = Table(
    "taskpar_outcomes",
    METADATA,
    _key("id"),
    _of_history(),
    # Of task, attempt, base and correction: see paths.
    Column("digest", LargeBinary, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("task", ExactText, nullable=False),
    Column("correction", Integer, nullable=False),
    Column("report", ExactText, nullable=False),
    UniqueConstraint("history", "digest"),
)


def _told(name: str) -> Table:
    """Return a table of what providers said: a report each, beside its key and its time."""
    return Table(
        name,
        METADATA,
        _key("id"),
        _of_history(),
        # Of the whole key: see paths.
        Column("digest", LargeBinary, nullable=False),
        Column("asked_at", BigInteger, nullable=False),
        Column("provider", ExactText, nullable=False),
        Column("report", ExactText, nullable=False),
        UniqueConstraint("history", "digest"),
    )


answers: Final = _told("taskpar_answers")
"""What footprint providers answered."""

trials: Final = _told("taskpar_trials")
"""What became of answers: they name landings that need not have been mined."""

shadows: Final = Table(
    "taskpar_shadows",
    METADATA,
    _key("id"),
    _of_history(),
    Column("commit", String, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    UniqueConstraint("history", "commit"),
)
"""Where shadows began: a commit, whether or not it is still on the line."""

predictions: Final = Table(
    "taskpar_predictions",
    METADATA,
    _key("id"),
    _of_history(),
    # Of who said it of whom: see paths.
    Column("digest", LargeBinary, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("model", ExactText, nullable=False),
    Column("report", ExactText, nullable=False),
    UniqueConstraint("history", "digest"),
)
"""What was said of pairs before anybody knew: whole predictions, never changed."""

banks: Final = Table(
    "taskpar_banks",
    METADATA,
    _key("id"),
    _of_history(),
    Column("name", ExactText, nullable=False),
    UniqueConstraint("history", "name"),
)
"""Who admits attempts to a repository together."""

growth: Final = Table(
    "taskpar_growth",
    METADATA,
    _part("bank", of="taskpar_banks.id"),
    # From 1, without gaps: whoever writes holds the bank's row.
    _part("number"),
    Column("recorded_at", BigInteger, nullable=False),
    Column("report", ExactText, nullable=False),
    sqlite_with_rowid=False,
)
"""Journals of banks: steps are added, and never changed."""

runs: Final = Table(
    "taskpar_runs",
    METADATA,
    _key("id"),
    _of_history(),
    Column("name", ExactText, nullable=False),
    UniqueConstraint("history", "name"),
)
"""Tasks that were run together."""

run_steps: Final = Table(
    "taskpar_run_steps",
    METADATA,
    _part("run", of="taskpar_runs.id"),
    # From 1, without gaps: whoever writes holds the run's row.
    _part("number"),
    Column("recorded_at", BigInteger, nullable=False),
    Column("report", ExactText, nullable=False),
    sqlite_with_rowid=False,
)
"""Journals of runs: steps are added, and never changed."""
