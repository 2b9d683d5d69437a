"""The SQLite file behind the cache of facts: opened, checked, and built anew when it is damaged."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from taskpar_ml.private_directory import OWNER_ONLY_FILE, make_private

APPLICATION_ID: Final = 0x7461736B
"""Marks the file as ours, in the place that SQLite keeps for it."""

SCHEMA_VERSION: Final = 1

_SCHEMA: Final = (
    # One tree for the facts: were keys kept in another one, damage could part the two unseen.
    "CREATE TABLE facts (id INTEGER PRIMARY KEY, value BLOB NOT NULL, length INTEGER NOT NULL, "
    "checksum BLOB NOT NULL, used INTEGER NOT NULL)",
    "CREATE INDEX facts_by_use ON facts (used)",
)
_WRITTEN: Final = {statement.encode() for statement in _SCHEMA}
_BESIDE: Final = ("-wal", "-shm", "-journal")
"""Files that SQLite keeps beside its own."""

_MOST_BYTES: Final = 32 << 20
"""Longest value that SQLite may hand out: a damaged length must not ask for gigabytes."""

BUSY_SECONDS: Final = 30.0
"""How long a write waits for those of other processes; each holds the file for a blink."""

_LOCK_SECONDS: Final = 2.0
"""How long the file is waited for while another process builds it, or uses a damaged one."""

_LOCK_PAUSE: Final = 0.01
_MARK_BYTES: Final = 16

_SETTINGS: Final = (
    # With a WAL a power cut may take the last facts, but not the file.
    "synchronous = NORMAL",
    "journal_size_limit = 8388608",
    # A file that shrinks while it is mapped ends the process.
    "mmap_size = 0",
    "cell_size_check = ON",
    "trusted_schema = OFF",
)

_DAMAGE: Final = frozenset(
    (
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_FORMAT,
        # Our statements fit our schema; where they fail, it is another one, or garbage.
        sqlite3.SQLITE_ERROR,
        sqlite3.SQLITE_CONSTRAINT,
        sqlite3.SQLITE_MISMATCH,
        sqlite3.SQLITE_TOOBIG,
    )
)


FAULTS: Final = (sqlite3.Error, UnicodeDecodeError)
"""What reading or writing may raise; the second where SQLite's message quotes a damaged name."""


def is_damage(error: Exception) -> bool:
    """Whether an error speaks of the content of the file, not of the disk or of other processes."""
    if isinstance(error, UnicodeDecodeError):
        return True
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _DAMAGE


def damage(what: str) -> sqlite3.DatabaseError:
    """Return an error that speaks of damage which SQLite itself did not stumble over."""
    error = sqlite3.DatabaseError(what)
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


class FactDatabase:
    """A file of facts that can be opened, or a reason why it cannot.

    Whoever has the file open holds a shared lock on ``<file>.lock``; it is built anew only under
    the exclusive lock, so never under the hands of another process. The lock's file holds a random
    mark that tells one building from the next. Links are not followed, and what is no regular file
    of the user is removed; only a directory stays.

    Attributes
    ----------
    trouble
        Why the file could not be opened when last tried, ``None`` where it could.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.trouble: str | None = None
        self._connection: sqlite3.Connection | None = None
        self._lock: int | None = None
        self._seen = b""

    def connection(self) -> sqlite3.Connection | None:
        """Return the open file, built if need be; ``None`` with a :attr:`trouble` if that fails."""
        if self._connection is None:
            self.close()
            self.trouble = None
            try:
                self._connection = self._opened()
            except (OSError, *FAULTS) as error:
                self.trouble = getattr(error, "strerror", None) or str(error)
        return self._connection

    def close(self) -> None:
        """Close the file, so that others may build it anew."""
        if self._connection is not None:
            with suppress(*FAULTS):
                self._connection.close()
            self._connection = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def discard(self) -> bool:
        """Build a file anew that proved damaged, or let another process do it.

        Returns
        -------
        bool
            Whether there is a new file; there is none while other processes use the old one.
        """
        self.close()
        try:
            for _ in _patiently():
                with self._locked(fcntl.LOCK_SH) as lock:
                    if lock is not None and _mark(lock) != self._seen:
                        return True
                if self._built(unless_sound=False):
                    return True
        except (OSError, *FAULTS) as error:
            self.trouble = getattr(error, "strerror", None) or str(error)
            return False
        self.trouble = "it is damaged, and in use"
        return False

    def _opened(self) -> sqlite3.Connection | None:
        make_private(self.path.parent)
        for _ in _patiently():
            connection = self._shared()
            # What was just built is opened however long that took.
            if connection is None and self._built(unless_sound=True):
                connection = self._shared()
            if connection is not None:
                return connection
        self.trouble = "it is damaged or of another version, and in use"
        return None

    def _shared(self) -> sqlite3.Connection | None:
        """Open the file under a shared lock, ``None`` if it is not to be had or not sound."""
        with self._locked(fcntl.LOCK_SH) as lock:
            connection = None if lock is None else self._sound()
            if lock is not None and connection is not None:
                self._seen = _mark(lock)
                # A copy shares the lock and holds it.
                self._lock = os.dup(lock)
            return connection

    def _built(self, *, unless_sound: bool) -> bool:
        """Build the file if no process has it open; return whether none had."""
        with self._locked(fcntl.LOCK_EX) as lock:
            if lock is None:
                return False
            sound = self._sound() if unless_sound else None
            if sound is None:
                os.pwrite(lock, os.urandom(_MARK_BYTES), 0)
                self._build()
            else:
                sound.close()
        return True

    @contextmanager
    def _locked(self, kind: int) -> Iterator[int | None]:
        """Yield a descriptor that holds the lock, ``None`` if another process is in the way."""
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        lock = os.open(f"{self.path}.lock", flags, OWNER_ONLY_FILE)
        try:
            try:
                fcntl.flock(lock, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                yield None
            else:
                yield lock
        finally:
            os.close(lock)

    def _sound(self) -> sqlite3.Connection | None:
        """Return the file opened, ``None`` if it is absent or must be built anew."""
        if not os.path.lexists(self.path) or self._foreign():
            return None
        if stat.S_IMODE(self.path.lstat().st_mode) != OWNER_ONLY_FILE:
            self.path.chmod(OWNER_ONLY_FILE)
        connection = self._connected()
        with ExitStack() as closing:
            closing.callback(connection.close)
            try:
                if not _is_ours(connection):
                    return None
                for setting in _SETTINGS:
                    connection.execute(f"PRAGMA {setting}")
            except FAULTS as error:
                if is_damage(error):
                    return None
                raise
            closing.pop_all()
        return connection

    def _foreign(self) -> list[Path]:
        """Return what bears a name of ours and must not be opened."""
        return [path for path in self._names() if os.path.lexists(path) and not _is_own_file(path)]

    def _names(self) -> list[Path]:
        return [self.path, *(Path(f"{self.path}{ending}") for ending in _BESIDE)]

    def _build(self) -> None:
        """Put an empty file in the place of whatever is there; needs the exclusive lock."""
        # The old log first: SQLite would play it into the new file.
        for path in reversed(self._names()):
            path.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        os.close(os.open(self.path, flags, OWNER_ONLY_FILE))
        connection = self._connected()
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("BEGIN IMMEDIATE")
            for statement in _SCHEMA:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            connection.execute("COMMIT")
        finally:
            connection.close()

    def _connected(self) -> sqlite3.Connection:
        """Connect to the file, which must exist; nothing is read yet."""
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode=rw",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        # Damaged text need not be UTF-8.
        connection.text_factory = bytes
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_BYTES)
        return connection


def _patiently() -> Iterator[None]:
    """Yield at once and again for a while, with pauses: other processes may be in the way."""
    until = time.monotonic() + _LOCK_SECONDS
    yield
    while time.monotonic() < until:
        time.sleep(_LOCK_PAUSE)
        yield


def _mark(lock: int) -> bytes:
    """Return what tells one building of the file from the next."""
    return os.pread(lock, _MARK_BYTES, 0)


def _is_own_file(path: Path) -> bool:
    """Whether a path is a regular file that belongs to the user."""
    found = path.lstat()
    return stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid()


def _is_ours(connection: sqlite3.Connection) -> bool:
    """Whether the file holds exactly our schema, in our version."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    written = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL LIMIT 9")
    found = {sql for (sql,) in written}
    return (application, version, found) == (APPLICATION_ID, SCHEMA_VERSION, _WRITTEN)
