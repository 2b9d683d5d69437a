"""What is found in SQL, in files of its own and in literals of programs."""

from __future__ import annotations

import logging
import time

import pytest

from taskpar_ml.detectors.embedded_sql import GoSql, JavascriptSql, PythonSql
from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.source import Source
from taskpar_ml.detectors.sql_migrations import SqlMigrations
from taskpar_ml.detectors.sql_parsing import dialect_of
from taskpar_ml.detectors.sql_statements import table_uses
from taskpar_ml.detectors.sql_tables import SqlTables
from taskpar_ml.domain.code_facts import Migration, TableAction, TableUse

CREATE, ALTER, DROP, WRITE, READ = TableAction


def uses(text: str) -> set[TableUse]:
    """Return what a file of SQL does to tables."""
    return set(SqlTables().find(Source(text.encode(), None)))


def python_uses(text: str) -> set[TableUse]:
    """Return what the literals of a Python module do to tables."""
    return set(PythonSql().find(Source(text.encode(), Language.PYTHON)))


def test_tables_are_created_changed_and_dropped_with_their_columns():
    assert uses(
        """\
CREATE TABLE IF NOT EXISTS app.Users (
    id serial PRIMARY KEY,
    team_id int REFERENCES teams (id)
);
ALTER TABLE users ADD COLUMN email text, DROP COLUMN age;
ALTER TABLE users RENAME COLUMN email TO mail;
ALTER TABLE users ADD CONSTRAINT one UNIQUE (mail, team_id);
ALTER TABLE old_users RENAME TO users;
CREATE UNIQUE INDEX CONCURRENTLY by_mail ON users (lower(mail));
CREATE VIEW adults AS SELECT id FROM users WHERE age > 17;
DROP TABLE IF EXISTS a, b CASCADE;
"""
    ) == {
        TableUse("users", CREATE, ("id", "team_id"), 1),
        TableUse("teams", READ, ("id",), 3),
        TableUse("users", ALTER, ("age", "email"), 5),
        TableUse("users", ALTER, ("email", "mail"), 6),
        TableUse("users", ALTER, ("mail", "team_id"), 7),
        TableUse("old_users", ALTER, (), 8),
        TableUse("users", CREATE, (), 8),
        TableUse("users", ALTER, ("mail",), 9),
        TableUse("adults", CREATE, ("id",), 10),
        TableUse("users", READ, ("age", "id"), 10),
        TableUse("a", DROP, (), 11),
        TableUse("b", DROP, (), 11),
    }


def test_what_is_written_is_told_from_what_is_asked():
    assert uses(
        """\
UPDATE users u SET name = s.name FROM (SELECT id, name FROM staff) AS s WHERE u.id = s.id;
INSERT INTO log (at, who) SELECT now(), id FROM users ON CONFLICT (at) DO UPDATE SET seen = 1;
DELETE FROM users USING banned WHERE users.id = banned.user_id;
INSERT INTO counts (n) VALUES ((SELECT count(*) FROM visits WHERE day = 1));
TRUNCATE sessions;
"""
    ) == {
        TableUse("users", WRITE, ("id", "name"), 1),
        TableUse("staff", READ, ("id", "name"), 1),
        TableUse("log", WRITE, ("at", "seen", "who"), 2),
        TableUse("users", READ, ("id",), 2),
        TableUse("users", WRITE, ("id",), 3),
        TableUse("banned", READ, ("user_id",), 3),
        TableUse("counts", WRITE, ("n",), 4),
        TableUse("visits", READ, ("day",), 4),
        TableUse("sessions", WRITE, (), 5),
    }


def test_common_tables_temporary_tables_and_those_of_the_database_are_none():
    assert uses(
        """\
WITH RECURSIVE tree AS (SELECT id FROM nodes UNION ALL SELECT n.id FROM nodes n JOIN tree t ON 1=1)
SELECT * FROM tree;
WITH gone AS (DELETE FROM jobs WHERE done RETURNING id) SELECT id FROM gone;
CREATE TEMPORARY TABLE scratch AS SELECT 1;
INSERT INTO scratch SELECT * FROM pg_class;
SELECT * FROM information_schema.tables;
SELECT * FROM generate_series(1, 2);
"""
    ) == {
        TableUse("nodes", READ, ("id",), 1),
        TableUse("jobs", WRITE, ("done", "id"), 3),
    }


def test_columns_belong_to_a_table_only_where_that_is_sure():
    assert uses("SELECT u.id, t.x, unclear FROM users u JOIN teams t USING (team_id)") == {
        TableUse("users", READ, ("id",), 1),
        TableUse("teams", READ, ("x",), 1),
    }
    assert uses("SELECT date(at) AS day, count(*) AS n FROM log GROUP BY day ORDER BY n, who") == {
        TableUse("log", READ, ("at", "who"), 1)
    }


@pytest.mark.parametrize(
    ("text", "dialect", "table"),
    [
        ("CREATE TABLE `a` (`id` int AUTO_INCREMENT) ENGINE=InnoDB;", "mysql", "a"),
        ("CREATE TABLE [dbo].[a] ([id] INT IDENTITY(1,1))\nGO\n", "tsql", "a"),
        ("CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT) WITHOUT ROWID;", "sqlite", "a"),
        ("CREATE TABLE a (id UInt8) ENGINE = MergeTree ORDER BY id;", "clickhouse", "a"),
        ("CREATE TABLE a (id bigserial, tags jsonb DEFAULT '{}'::jsonb);", "postgres", "a"),
    ],
)
def test_dialects_are_told_by_their_words(text, dialect, table):
    assert dialect_of(text) == dialect
    assert {(each.table, each.action, each.columns[:1]) for each in uses(text)} == {
        (table, CREATE, ("id",))
    }


def test_dumps_are_passed_over_but_for_the_first_row_of_each_table():
    rows = "".join(f"INSERT INTO users VALUES ({n}, 'x;y');\n" for n in range(2_000))
    found = uses(
        f"COPY users (id) FROM stdin;\n1\tDROP TABLE users;\n\\.\n{rows}DROP TABLE last;\n"
    )
    assert found == {
        TableUse("users", WRITE, ("id",), 1),
        TableUse("users", WRITE, (), 4),
        TableUse("last", DROP, (), 2_004),
    }


def test_what_no_dialect_knows_leaves_the_table_that_the_first_words_name():
    text = "ALTER TABLE users ATTACH PARTITION strange OF WHATEVER (1);\nSELECT 1 FROM;\n"
    assert uses(text) == {TableUse("users", ALTER, (), 1)}


def test_templates_and_commands_of_clients_do_not_get_in_the_way():
    assert uses(
        "\\connect app\nSELECT a FROM {{ ref('x') }};\n{% if y %}\nSELECT a FROM b;\n{% endif %}\n"
    ) == {TableUse("b", READ, ("a",), 4)}


def test_lines_are_right_behind_numbered_placeholders_and_broken_quotes():
    assert {
        (each.table, each.line) for each in uses("SELECT $1,\n\n$2 FROM a;\nSELECT 1 FROM b")
    } == {
        ("a", 3),
        ("b", 4),
    }
    assert ("b", 3) in {
        (each.table, each.line) for each in uses("SELECT 1 FROM a;\nSELECT 'x;\nDROP TABLE b;\n")
    }


@pytest.mark.parametrize(
    "text",
    [
        "SELECT a FROM b" + " JOIN b" * 400,
        "SELECT " + "(" * 5_000,
        "SELECT $a$b" * 20_000,
        "SELECT a FROM b WHERE " + "a AND " * 3_000 + "a",
        "SELECT 1 FROM a; " * 20_000,
        "INSERT INTO a VALUES " + "(1, 'x'), " * 30_000 + "(1, 'y')",
    ],
    ids=["joins", "parentheses", "dollars", "conditions", "statements", "rows"],
)
def test_hard_statements_take_bounded_time(text):
    begun = time.process_time()
    list(table_uses(text))
    # Some seconds on the slowest machine; without bounds minutes or for ever.
    assert time.process_time() - begun < 20


@pytest.mark.parametrize(
    "text",
    [
        "COPY users FROM stdin;\n" * 20_000,
        "SELECT {{ a " * 40_000,
        "SELECT {% a " * 40_000,
        "x = '--'\n" * 50_000,
        "--'\n" * 100_000,
        "x = '" + "/**/ " * 20_000 + "'",
        "x = 'update " + "y" * 400_000 + " '",
        "x = 'select " + "from " * 80_000 + "'",
        "x = 'with a as (" * 20_000,
    ],
    ids=["rows", "names", "tags", "dashes", "comments", "stars", "word", "words", "common"],
)
@pytest.mark.parametrize("detector", [SqlTables(), PythonSql()], ids=lambda each: each.name)
def test_what_looks_like_much_takes_bounded_time(detector, text):
    language = Language.PYTHON if detector.reads("a.py") else None
    begun = time.process_time()
    list(detector.find(Source(text.encode(), language)))
    assert time.process_time() - begun < 20


def test_literals_of_python_are_statements_with_holes():
    assert python_uses(
        '''\
run("SELECT id, name FROM users WHERE id = %s", [1])
run(f"UPDATE {table} SET a = 1")
run(f"""
    insert into log (at, {column})
    values (?, ?)
""")
run("SELECT a "
    f"FROM orders WHERE x = {y} {more} "
    "ORDER BY z")
run("DELETE FROM sessions WHERE " + condition)
run(\'DROP TABLE IF EXISTS "old"\')
'''
    ) == {
        TableUse("users", READ, ("id", "name"), 1),
        TableUse("log", WRITE, ("at",), 4),
        TableUse("orders", READ, ("a", "x", "z"), 8),
        TableUse("sessions", WRITE, (), 10),
        TableUse("old", DROP, (), 11),
    }


@pytest.mark.parametrize(
    "sentence",
    [
        "Select a file from the list",
        "select a file from the list (or two)",
        "SELECT ONE FROM THE LIST",
        "Update the settings and set them",
        "update the set of rules (all)",
        "Delete from here",
        "delete from list",
        "With great care as (nearly) always",
        "create table manners",
        "drop table failed",
        "Insert into the slot",
        "with these values as (a, b)",
    ],
)
def test_sentences_are_no_statements(sentence):
    assert python_uses(f'message = "{sentence}"\nother = """{sentence}"""\n') == set()


@pytest.mark.parametrize("others", [0, 300], ids=["few literals", "many"])
def test_statements_are_found_however_their_literals_begin(others):
    text = '''\
run("DROP TABLE old")
run("UPDATE carts "
    "SET a = 1")
run("""\\
    SELECT id FROM users""")
run("/* who asks */ SELECT id FROM visits")
run("""-- who asks
    DELETE FROM sessions""")
'''
    more = 'log("update the list")\n' * others
    assert {(each.table, each.line) for each in python_uses(text + more)} == {
        ("old", 1),
        ("carts", 2),
        ("users", 5),
        ("visits", 6),
        ("sessions", 8),
    }


def test_what_one_literal_names_another_one_may_ask():
    assert python_uses(
        'first = "WITH recent AS (SELECT id FROM visits) "\nsecond = "SELECT id FROM recent"\n'
        'parts = ["late AS (", "SELECT id FROM users", ")", "SELECT id FROM late"]\n'
    ) == {TableUse("visits", READ, ("id",), 1), TableUse("users", READ, ("id",), 3)}


def test_templates_of_javascript_are_statements():
    text = """\
const all = await sql`SELECT id FROM users
  WHERE name = ${name}`;
db.query("INSERT INTO log (at) VALUES ($1)" + returning);
db.query('SELECT "name" FROM "Teams"');
"""
    assert set(JavascriptSql().find(Source(text.encode(), Language.TYPESCRIPT))) == {
        TableUse("users", READ, ("id", "name"), 1),
        TableUse("log", WRITE, ("at",), 3),
        TableUse("teams", READ, ("name",), 4),
    }


def test_literals_of_go_are_statements():
    text = """\
package app

const del = `-- name: Gone :exec
DELETE FROM users
WHERE id = $1`

var one = "SELECT name FROM users " +
	"JOIN teams ON teams.id = users.team_id"
"""
    assert set(GoSql().find(Source(text.encode(), Language.GO))) == {
        TableUse("users", WRITE, ("id",), 4),
        TableUse("users", READ, ("team_id",), 7),
        TableUse("teams", READ, ("id",), 8),
    }


@pytest.mark.parametrize(
    ("path", "is_read"),
    [
        ("db/migrations/0001_users.sql", True),
        ("db/migrations/20240102030405_users.sql", True),
        ("db/migrations/postgres/003-users.sql", True),
        ("sql/000001_users.up.sql", True),
        ("sql/000001_users.down.sql", False),
        ("prisma/migrations/01_init/migration.sql", True),
        ("src/main/resources/db/migration/V1.2__users.sql", True),
        ("src/main/resources/db/migration/R__views.sql", False),
        ("db/migrations/seed.sql", False),
        ("db/schema.sql", False),
    ],
)
def test_migrations_are_told_by_their_numbers(path, is_read):
    assert SqlMigrations().reads(path) == is_read


def test_a_numbered_file_is_a_step_if_anything_is_in_it():
    assert list(SqlMigrations().find(Source(b"SELECT 1;", None))) == [Migration("", (), 1)]
    assert list(SqlMigrations().find(Source(b"\n", None))) == []


def test_what_cannot_be_parsed_is_no_matter_of_logs(caplog):
    logger = logging.getLogger("sqlglot")
    assert table_uses("ALTER TABLE users FROBNICATE x; CREATE TABLE t (a int)")
    assert caplog.records == []
    assert not logger.disabled
