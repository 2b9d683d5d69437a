"""Facts computed from content that never changes, kept on disk and shared by many processes."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from math import ceil
from pathlib import Path
from typing import Final, Self, TypeVar

from taskpar_ml.domain.taskset import Notice
from taskpar_ml.fact_database import BUSY_SECONDS, FAULTS, FactDatabase, damage, is_damage
from taskpar_ml.fact_rows import Row, batches, number_of, unpacked

DEFAULT_MAX_BYTES: Final = 1 << 30
"""Size from which on facts are dropped: enough for those of some hundred thousand files."""

_KEPT_SHARE: Final = 0.9
"""What is left of the size when facts are dropped, so that it is done once in a while."""

_DROPPING_ROUNDS: Final = 8
"""Facts are dropped as if all were of average size; where they are not, some rounds are needed."""

_KEYS_AT_ONCE: Final = 500
"""Keys per statement. Of 1, 100, 500, 30,000 and a table of keys, 100 and more were the fastest."""

_ATTEMPTS: Final = 2
"""A damaged file is built anew once per call."""

_REST_SECONDS: Final = 60.0
"""How long a file that could not be opened or written is left alone."""

_DAY: Final = 86_400_000
"""Milliseconds for which a fact that was used need not be noted as used again."""

_SOON: Final = 0.1
"""Seconds that a change which may as well be left out waits for other writers."""

_Answer = TypeVar("_Answer")


class DiskFactCache:
    """A :class:`~taskpar_ml.domain.protocols.FactCache` in one SQLite file.

    What is got is what was put, byte for byte, or nothing: every fact carries a checksum over
    kind, key and value. Nothing that lies on the disk raises: a damaged file is built anew, a
    fact that cannot be written is forgotten, and where there can be no file nothing is remembered
    and :attr:`notice` says why. What one process has put, every other one gets.

    An object may be used by many threads; they take turns. Before a fork it closes its file,
    and both processes open it again when they need it.

    Parameters
    ----------
    path
        The file; it and its directory are made when first needed, private to the user.
    max_bytes
        Size of the file from which on the facts used least lately are dropped; use is noted to
        the day. One batch of 4 MiB may exceed it.
    now
        The present moment, in seconds.

    Examples
    --------
    >>> cache = DiskFactCache(Path("/dev/null/facts.sqlite"))
    >>> cache.put("words", {b"1": b"one"})
    >>> cache.get("words", [b"1"])
    {}
    """

    def __init__(
        self,
        path: Path,
        *,
        max_bytes: int = DEFAULT_MAX_BYTES,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._database = FactDatabase(path)
        self._max_bytes = max_bytes
        self._now = now
        self._turn = threading.RLock()
        self._closed_until = 0.0
        self._unwritable_until = 0.0
        with _LISTING:
            _CACHES.add(self)

    @property
    def notice(self) -> Notice | None:
        """Why nothing is remembered, ``None`` as long as nothing stands in the way."""
        if self._database.trouble is None:
            return None
        return Notice(
            str(self._database.path),
            f"nothing is remembered between commands: {self._database.trouble}. Mend or remove "
            "it, or name another place with --state.",
        )

    def get(self, kind: str, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the facts known, by key; unknown keys are absent."""
        return self._attempt(partial(self._read, kind, keys)) or {} if keys else {}

    def put(self, kind: str, facts: Mapping[bytes, bytes]) -> None:
        """Remember facts, replacing those of the same kind and key; losing them is no error."""
        for rows in batches(kind, facts, most=self._max_bytes // 8):
            if time.monotonic() < self._unwritable_until:
                return
            self._attempt(partial(self._write, rows))

    def close(self) -> None:
        """Close the file until it is needed again."""
        with self._turn:
            self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        self._database.close()

    def _attempt(self, work: Callable[[sqlite3.Connection], _Answer]) -> _Answer | None:
        """Do something with the open file, ``None`` where that is not possible."""
        with self._turn:
            if time.monotonic() < self._closed_until:
                return None
            for _ in range(_ATTEMPTS):
                connection = self._database.connection()
                if connection is None:
                    break
                try:
                    return work(connection)
                except FAULTS as error:
                    if not is_damage(error):
                        # The file may have been moved away: the next call opens what is there.
                        self._database.close()
                        return None
                if not self._database.discard():
                    break
            self._closed_until = time.monotonic() + _REST_SECONDS
        return None

    def _read(
        self, kind: str, keys: Sequence[bytes], connection: sqlite3.Connection
    ) -> dict[bytes, bytes]:
        now = self._moment()
        facts: dict[bytes, bytes] = {}
        unstamped: list[int] = []
        broken: list[int] = []
        sought = {number_of(kind, key): key for key in keys}
        numbers = list(sought)
        for start in range(0, len(numbers), _KEYS_AT_ONCE):
            wanted = numbers[start : start + _KEYS_AT_ONCE]
            for number, value, length, checksum, used in connection.execute(
                "SELECT id, value, length, checksum, used FROM facts "
                f"WHERE id IN ({','.join('?' * len(wanted))})",
                wanted,
            ):
                key = sought[number]
                fact = unpacked(kind, key, value, length, checksum)
                if fact is None or not isinstance(used, int):
                    broken.append(number)
                    continue
                facts[key] = fact
                if not now - _DAY < used <= now:
                    unstamped.append(number)
        if broken:
            _mend(connection, broken)
        if unstamped:
            _stamp(connection, unstamped, now)
        return facts

    def _write(self, rows: Sequence[Row], connection: sqlite3.Connection) -> None:
        now = self._moment()
        try:
            with _transaction(connection):
                connection.executemany(
                    "INSERT OR REPLACE INTO facts (id, value, length, checksum, used) "
                    "VALUES (?, ?, ?, ?, ?)",
                    [(*row, now) for row in rows],
                )
            if _occupied(connection) > self._max_bytes:
                self._drop_oldest(connection)
        except FAULTS as error:
            if is_damage(error):
                raise
            # A full disk, most likely: the next facts would meet it too.
            self._unwritable_until = time.monotonic() + _REST_SECONDS
            raise

    def _moment(self) -> int:
        """Return the present millisecond."""
        return int(self._now() * 1000)

    def _drop_oldest(self, connection: sqlite3.Connection) -> None:
        """Drop the facts used least lately until a tenth of the size is free."""
        goal = int(self._max_bytes * _KEPT_SHARE)
        with _transaction(connection):
            for _ in range(_DROPPING_ROUNDS):
                occupied = _occupied(connection)
                (facts,) = connection.execute("SELECT count(*) FROM facts").fetchone()
                if occupied <= goal or not facts:
                    return
                connection.execute(
                    "DELETE FROM facts WHERE id IN (SELECT id FROM facts ORDER BY used LIMIT ?)",
                    (ceil(facts * (occupied - goal) / occupied),),
                )


def _stamp(connection: sqlite3.Connection, numbers: Sequence[int], now: int) -> None:
    """Note that facts were used, unless another process is writing."""
    _changed_soon(
        connection,
        "UPDATE facts SET used = ? WHERE id = ?",
        [(now, number) for number in numbers],
    )


def _mend(connection: sqlite3.Connection, numbers: Sequence[int]) -> None:
    """Drop facts that are not as they were written, if the file holds together otherwise.

    What damaged them may have damaged the pages that lead to others, which SQLite would follow
    and write to; such a file is an error.
    """
    found = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if found != (b"ok",):
        raise damage(str(found))
    _changed_soon(connection, "DELETE FROM facts WHERE id = ?", [(number,) for number in numbers])


def _changed_soon(
    connection: sqlite3.Connection, statement: str, values: Sequence[tuple[int, ...]]
) -> None:
    """Change rows if no other process is writing; else another time will do."""
    connection.execute(f"PRAGMA busy_timeout = {int(_SOON * 1000)}")
    try:
        with _transaction(connection):
            connection.executemany(statement, values)
    except FAULTS as error:
        if is_damage(error):
            raise
    finally:
        connection.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Write all of what happens in the block, or nothing."""
    if connection.in_transaction:  # one that could not be rolled back
        connection.execute("ROLLBACK")
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(*FAULTS):
            connection.execute("ROLLBACK")
        raise


def _occupied(connection: sqlite3.Connection) -> int:
    """Return how many bytes of the file are in use."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    (page,) = connection.execute("PRAGMA page_size").fetchone()
    return int((pages - free) * page)


_CACHES: Final[weakref.WeakSet[DiskFactCache]] = weakref.WeakSet()
_HELD: Final[list[DiskFactCache]] = []
_LISTING: Final = threading.Lock()


def _before_fork() -> None:
    """Close every file: neither SQLite nor its locks survive in two processes."""
    _LISTING.acquire()
    caches = sorted(_CACHES, key=id)
    for cache in caches:
        cache._turn.acquire()
        cache._database.close()
    _HELD.extend(caches)


def _after_fork() -> None:
    while _HELD:
        _HELD.pop()._turn.release()
    _LISTING.release()


os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork)
