"""Which version the tables of a store have, and how an old store becomes a new one."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, column, inspect, select, table, text

from taskpar_ml.errors import StoreVersionError
from taskpar_ml.history.store.database import UPGRADE_LOCK, Database
from taskpar_ml.history.store.tables import VERSION_TABLE

KNOWN_VERSIONS: Final = ("0001", "0002", "0003", "0004", "0005")
"""Every version of the tables there was, the oldest first. The last is the one in use."""

MIGRATIONS: Final = Path(__file__).parent / "migrations"


def ensure_version(database: Database) -> None:
    """Refuse tables that are not those of this version; those in a file are brought up to it.

    Raises
    ------
    StoreVersionError
        If they are newer; or, in PostgreSQL, if they are older or missing: others may use them.
    """
    with database.reading() as connection:
        version = _version(connection)
    if version == KNOWN_VERSIONS[-1]:
        return
    _refuse_newer(database.name, version)
    if database.is_file:
        upgrade(database)
        return
    raise StoreVersionError(
        database.name,
        "holds no store yet." if version is None else "its tables are of an older version.",
        "Run: taskpar store upgrade --store URL.",
    )


def upgrade(database: Database) -> bool:
    """Make the tables, or bring them up to this version; return whether there was anything to do.

    All or nothing, and one process after the other.

    Raises
    ------
    StoreVersionError
        If the tables are newer than this version.
    """
    with database.writing() as connection:
        if not database.is_file:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({UPGRADE_LOCK})"))
        version = _version(connection)
        _refuse_newer(database.name, version)
        if version == KNOWN_VERSIONS[-1]:
            return False
        _migrate(connection)
    return True


def _version(connection: Connection) -> str | None:
    """Return the version that the tables have, ``None`` where there are none."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    versions = table(VERSION_TABLE, column("version_num"))
    return connection.execute(select(versions.c.version_num)).scalar()


def _refuse_newer(name: str, version: str | None) -> None:
    if version is not None and version not in KNOWN_VERSIONS:
        raise StoreVersionError(
            name, f"its tables are of a newer version ({version}).", "Install a newer taskpar_ml."
        )


def _migrate(connection: Connection) -> None:
    """Run what is missing in the transaction of the connection."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)

    def steps(revision: Any, context: MigrationContext) -> Any:
        return scripts._upgrade_revs("head", revision)

    with EnvironmentContext(config, scripts, fn=steps) as environment:
        environment.configure(connection=connection, version_table=VERSION_TABLE)
        environment.run_migrations()
