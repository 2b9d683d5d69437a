"""Tables, migrations and numbers of words belong together."""

from __future__ import annotations

import logging

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from taskpar_ml.domain.labels import ConflictKind
from taskpar_ml.domain.landing import ChangeStatus, LandingShape
from taskpar_ml.domain.mined import DecidedBy, FileVerdict
from taskpar_ml.domain.overlap import FileConflictKind
from taskpar_ml.history.store import codes
from taskpar_ml.history.store.database import Database
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.history.store.location import StoreLocation
from taskpar_ml.history.store.path_rows import digest_of
from taskpar_ml.history.store.schema import KNOWN_VERSIONS, MIGRATIONS
from taskpar_ml.history.store.tables import METADATA, VERSION_TABLE


def test_migrations_make_the_tables_that_the_code_knows(url):
    database = Database(StoreLocation.parse(url), create=False, wait=1)
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, METADATA) == []
    database.close()


def test_every_migration_is_a_known_version_in_order():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(config).walk_revisions()
    assert tuple(script.revision for script in scripts)[::-1] == KNOWN_VERSIONS


@pytest.mark.parametrize(
    ("words", "all_of_them"),
    [
        (codes.STATUSES, ChangeStatus),
        (codes.SHAPES, LandingShape),
        (codes.VERDICTS, FileVerdict),
        (codes.DECIDERS, DecidedBy),
        (codes.CONFLICTS, FileConflictKind),
        (codes.KINDS, ConflictKind),
    ],
)
def test_every_word_has_a_number(words, all_of_them):
    assert len(words) == len(set(words))
    assert set(words) == set(all_of_them)


def test_the_numbers_are_what_they_were():
    """Numbers are in files: they never change, and new ones are added here and in a migration."""
    assert "".join(f"{each[0]}{len(each)}" for each in codes.STATUSES) == "a5m8d7r7"
    assert [str(each) for each in codes.SHAPES] == [
        "github-merge",
        "gitlab-merge",
        "gerrit-merge",
        "plain-merge",
        "squash",
        "direct",
    ]
    assert [str(each) for each in codes.VERDICTS] == ["clean", "conflict", "unknown"]
    assert [str(each) for each in codes.DECIDERS] == ["merge", "hunks", "nothing"]
    assert ",".join(codes.CONFLICTS) == (
        "content,both-added,delete-modify,rename-delete,rename-rename,rename-add,directory-file,"
        "directory-rename,binary,submodule,symlink,type,mode"
    )
    assert ",".join(codes.KINDS) == (
        "textual,resource,logical,architectural,dependency,trivial,unknown"
    )
    assert (codes.CONCURRENT, codes.TIPS, codes.FILES, codes.DETAILS) == (1, 2, 4, 8)


def test_keys_tell_words_apart():
    keys = [digest_of(*words) for words in (("ab", "c"), ("a", "bc"), ("abc",), ("abc", ""), ("",))]
    assert len(set(keys)) == len(keys)
    assert {len(key) for key in keys} == {16}


def test_opening_configures_no_logging(tmp_path, capfd):
    before = list(logging.root.handlers), logging.root.level
    HistoryStore.open(str(tmp_path / "history.sqlite")).close()
    assert (logging.root.handlers, logging.root.level) == before
    for name in ("alembic", "alembic.runtime.migration", "taskpar_ml"):
        handlers = logging.getLogger(name).handlers
        assert all(isinstance(each, logging.NullHandler) for each in handlers)
    assert capfd.readouterr() == ("", "")
