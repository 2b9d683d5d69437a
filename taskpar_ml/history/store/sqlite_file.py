"""The file of a store in SQLite: made for its owner only, and told apart from files of others."""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from contextlib import closing
from pathlib import Path
from typing import Final

from taskpar_ml.errors import UnusableStoreError
from taskpar_ml.private_directory import OWNER_ONLY_FILE, make_private

APPLICATION_ID: Final = 0x74706873
"""Marks the file as a store, in the place that SQLite keeps for it."""

_MAGIC: Final = b"SQLite format 3\0"
_HEADER_BYTES: Final = 100
_ID_AT: Final = 68
"""Where the mark is: https://www.sqlite.org/fileformat2.html."""

_OTHER: Final = "Name another file; this one was left as it is."
_PAUSE: Final = 0.02

_looked_into: set[tuple[int, int]] = set()
"""Files that this process has looked into, by device and number.

It must not do so again: whoever closes a file gives up all locks that its process holds on it,
those of SQLite's open connections, too (https://www.sqlite.org/howtocorrupt.html, section 2.2).
"""


def prepare_file(path: Path, *, create: bool, wait: float) -> None:
    """Make the file if there is none, and refuse one that is no store.

    Only the first bytes of a file that is there are looked at, so that SQLite does not touch a
    database of another program.

    Raises
    ------
    UnusableStoreError
        If there is no file and none shall be made, or it is something else than a store.
    sqlite3.Error
        If SQLite cannot make it.
    """
    try:
        marked = _is_marked(path)
    except FileNotFoundError:
        if not create:
            raise UnusableStoreError(
                str(path),
                "there is no store yet.",
                "`taskpar mine`, `record`, `ready --start` and `budget --b0 2` make one.",
            ) from None
        _make_empty(path)
        marked = False
    except OSError as error:
        raise _refused(path, error) from None
    if not marked:
        _mark(path, wait)
    _looked_into.add(_identity(path.stat()))


def _is_marked(path: Path) -> bool:
    """Whether a file is a store; not yet, if it is empty."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise UnusableStoreError(str(path), "is no file.", "Name one.")
    if found.st_size and _identity(found) in _looked_into:
        return True
    with path.open("rb") as file:
        header = file.read(_HEADER_BYTES)
    if not header:
        return False
    if not header.startswith(_MAGIC) or len(header) < _HEADER_BYTES:
        raise UnusableStoreError(str(path), "is no SQLite database.", _OTHER)
    if int.from_bytes(header[_ID_AT : _ID_AT + 4], "big") != APPLICATION_ID:
        raise UnusableStoreError(str(path), "is a database of another program.", _OTHER)
    return True


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


def _make_empty(path: Path) -> None:
    """Make an empty file that only its owner can read, and the directories above it."""
    try:
        make_private(path.parent)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, OWNER_ONLY_FILE))
    except OSError as error:
        raise _refused(path, error) from None


def _mark(path: Path, wait: float) -> None:
    """Make an empty file a store without tables, in one step; others may do so at the same time."""
    # As a relative path, a name that begins with "file:" could be read as a URL.
    with closing(
        sqlite3.connect(path.absolute(), timeout=wait, isolation_level=None)
    ) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("COMMIT")
        _share(connection, time.monotonic() + wait)


def _share(connection: sqlite3.Connection, until: float) -> None:
    """Let readers and a writer use the file at once. SQLite does not wait for a turn to do so."""
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        time.sleep(_PAUSE)


def _refused(path: Path, error: OSError) -> UnusableStoreError:
    return UnusableStoreError(
        str(path), f"cannot be opened ({error.strerror or error}).", "Name another file."
    )
