"""Where a store is: a file, or a PostgreSQL database, named by a URL or a path."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from taskpar_ml.errors import UnusableStoreError

FORMS: Final = (
    "Name a file, sqlite:///FILE (absolute: four slashes), or postgresql://USER@HOST/DATABASE."
)
"""What a store may be called."""

_OPTION: Final = "--store or TASKPAR_STORE"


@dataclass(frozen=True, slots=True)
class StoreLocation:
    """Where a store is.

    Attributes
    ----------
    url
        What SQLAlchemy connects to.
    name
        What messages call it; holds no password.
    file
        The SQLite file; ``None`` for a PostgreSQL database.
    """

    url: URL
    name: str
    file: Path | None = None

    @classmethod
    def parse(cls, text: str) -> StoreLocation:
        """Read a URL or a path.

        Raises
        ------
        UnusableStoreError
            If it is neither, or names a kind of database that is no store. The text itself is not
            repeated: it may hold a password.

        Examples
        --------
        >>> StoreLocation.parse("postgresql://ada:secret@db.example/tasks").name
        'postgresql://ada@db.example/tasks'
        >>> StoreLocation.parse("sqlite:///tasks.sqlite").file
        PosixPath('tasks.sqlite')
        """
        if "://" not in text:
            return cls._of_file(text)
        try:
            url = make_url(text)
        except (ArgumentError, ValueError):
            raise UnusableStoreError(_OPTION, "the URL cannot be read.", FORMS) from None
        if "@" in (url.host or ""):
            # What is shown as the host would be the end of the password.
            raise UnusableStoreError(_OPTION, "an @ of a password is written %40.", FORMS)
        if url.drivername in ("sqlite", "sqlite+pysqlite"):
            if url.host or "?" in text or url.username:
                raise UnusableStoreError(_OPTION, "a file has no host and no options.", FORMS)
            return cls._of_file(url.database or "")
        if url.drivername in ("postgresql", "postgresql+psycopg"):
            return cls(url.set(drivername="postgresql+psycopg"), _public_name(url))
        raise UnusableStoreError(_OPTION, f"a store is never {url.drivername!r}.", FORMS)

    @classmethod
    def _of_file(cls, text: str) -> StoreLocation:
        if not text or text == ":memory:" or "\0" in text:
            raise UnusableStoreError(_OPTION, "no file is named.", FORMS)
        file = Path(text)
        return cls(URL.create("sqlite", database=str(file.absolute())), str(file), file)


def _public_name(url: URL) -> str:
    """Return the URL without its password, and without options, which may hold one too."""
    host = url.query.get("host", "")
    shown = URL.create(
        "postgresql",
        username=url.username,
        host=url.host or (host if isinstance(host, str) else host[0]) or None,
        port=url.port,
        database=url.database,
    )
    return shown.render_as_string(hide_password=True)
