"""The open ends of migrations."""

from __future__ import annotations

from taskpar_ml.domain.code_facts import FileFacts, Migration
from taskpar_ml.survey.migration_lines import MigrationLine, migration_lines


def step(identity: str, *parents: str) -> FileFacts:
    return FileFacts(migrations=(Migration(identity, parents, 1),))


def test_each_directory_has_its_steps_heads_and_missing_parents():
    lines = migration_lines(
        [
            ("shop/migrations/0001_initial.py", step("", "auth.0005_x")),
            ("shop/migrations/0002_price.py", step("", "shop.0001_initial")),
            ("shop/migrations/0002_tax.py", step("", "shop.0001_initial", "shop.0000_gone")),
            ("alembic/versions/aa_one.py", step("aa")),
            ("alembic/versions/bb_two.py", step("bb", "aa")),
            ("README.md", FileFacts()),
        ]
    )
    assert lines == [
        MigrationLine(
            "alembic/versions",
            {"aa": "alembic/versions/aa_one.py", "bb": "alembic/versions/bb_two.py"},
            ("bb",),
            (),
        ),
        MigrationLine(
            "shop/migrations",
            {
                "0001_initial": "shop/migrations/0001_initial.py",
                "0002_price": "shop/migrations/0002_price.py",
                "0002_tax": "shop/migrations/0002_tax.py",
            },
            ("0002_price", "0002_tax"),
            ("0000_gone",),
        ),
    ]


def test_numbered_files_follow_each_other_and_the_last_ones_are_open():
    [line] = migration_lines(
        [
            ("db/1_users.up.sql", step("")),
            ("db/1_users.down.sql", step("")),
            ("db/9_orders.sql", step("")),
            ("db/10_prices.sql", step("")),
            ("db/10_taxes.sql", step("")),
        ]
    )
    assert list(line.steps) == ["10_prices", "10_taxes", "1_users", "9_orders"]
    assert line.heads == ("10_prices", "10_taxes")


def test_a_step_may_be_a_folder():
    lines = migration_lines(
        [
            ("prisma/migrations/20240101_a/migration.sql", step("")),
            ("prisma/migrations/20240301_b/migration.sql", step("")),
        ]
    )
    assert [(each.place, each.heads) for each in lines] == [("prisma/migrations", ("20240301_b",))]
