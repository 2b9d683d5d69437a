"""What databases say when something goes wrong, in words that name the cure."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError

from taskpar_ml.errors import UnusableStoreError

_DAMAGED: Final = ("is damaged", "Put a backup in its place, or mine anew into another store.")
_BUSY: Final = (
    "is being written by another process, which did not end in time",
    "Try again when it has ended.",
)
_READ_ONLY: Final = (
    "cannot be written",
    "Allow it to this user, its directory included, or name another store.",
)
_FULL: Final = ("finds no room: the disk is full", "Make room.")
_DISK: Final = ("cannot be read or written: the disk fails", "Look at the disk.")

_SQLITE: Final = {
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: _READ_ONLY,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_AUTH: _READ_ONLY,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR: _DISK,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_FORMAT: _DAMAGED,
}
"""By the low byte of SQLite's code."""

_POSTGRES: Final = {
    "55P03": _BUSY,
    "40P01": _BUSY,
    "40001": _BUSY,
    "53100": _FULL,
    "42501": _READ_ONLY,
    "25006": _READ_ONLY,
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
}
"""By PostgreSQL's code: https://www.postgresql.org/docs/current/errcodes-appendix.html."""

_ASK: Final = "Look at what the database says."


@contextmanager
def clear_errors(place: str) -> Iterator[None]:
    """Turn what a driver raises in the block into errors with a place, a problem and a cure.

    The driver's error is not kept as the cause: it knows the password.

    Raises
    ------
    UnusableStoreError
        Instead of it.
    """
    try:
        yield
    except DBAPIError as error:
        told = _told(place, error.orig or error)
    except sqlite3.Error as error:
        told = _told(place, error)
    except (ValueError, OverflowError) as error:  # a stored value that none of ours was written as
        told = UnusableStoreError(place, f"holds what cannot be understood ({error}).", _DAMAGED[1])
    else:
        return
    raise told from None


def _told(place: str, error: BaseException) -> UnusableStoreError:
    """Return what an error of a driver means."""
    state = getattr(error, "sqlstate", None)
    if isinstance(error, sqlite3.Error):
        known = _SQLITE.get((getattr(error, "sqlite_errorcode", None) or 0) & 0xFF)
    else:
        known = _POSTGRES.get(str(state))
    said = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
    if known is None:
        reached = state is not None or isinstance(error, sqlite3.Error)
        known = ("failed", _ASK) if reached else ("cannot be reached", "Is it there, and running?")
    problem, cure = known
    return UnusableStoreError(place, f"{problem} ({said}).", cure)
