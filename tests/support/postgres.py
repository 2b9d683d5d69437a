"""A real PostgreSQL for tests: its own data, its own socket, gone afterwards."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.history.store.tables import METADATA

NEEDED = "TASKPAR_TESTS_NEED"
"""Environment variable: what must be there, lest tests are skipped in silence."""

_USUAL = Path("/usr/lib/postgresql")
_STARTING = 60.0


def find_programs() -> Path | None:
    """Return the directory of PostgreSQL's programs, the newest, ``None`` where it is missing."""
    found = [each.parent for each in _USUAL.glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda each: float(each.parent.name))
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def is_needed() -> bool:
    """Whether tests without PostgreSQL are failures."""
    return "postgres" in os.environ.get(NEEDED, "").split(",")


def _user() -> str | None:
    """Return whom the server must run as; it refuses the administrator."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise RuntimeError("no user to run PostgreSQL as")


@contextmanager
def running_server(programs: Path) -> Iterator[Path]:
    """Run a server and yield the directory of its socket; user ``postgres`` needs no password."""
    user = _user()
    # Not the test's own directory: the path of a socket must be short, and the user must reach it.
    place = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        if user is not None:
            shutil.chown(place, user)
        data = place / "data"
        options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run(
            [programs / "initdb", "-D", data, *options],
            check=True,
            capture_output=True,
            user=user,
            cwd=place,
        )
        quick = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        settings = [*quick, "listen_addresses=", f"unix_socket_directories={place}"]
        with (place / "log").open("wb") as log:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, *(f"--{each}" for each in settings)],
                stdout=log,
                stderr=log,
                user=user,
                cwd=place,
            )
        try:
            _wait(server, place)
            yield place
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: nothing of it is needed any more
            server.wait(timeout=60)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _wait(server: subprocess.Popen[bytes], place: Path) -> None:
    until = time.monotonic() + _STARTING
    while True:
        try:
            psycopg.connect(host=str(place), user="postgres", dbname="postgres").close()
            return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError((place / "log").read_text(errors="replace")) from None
        time.sleep(0.05)


class Server:
    """A running PostgreSQL."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._numbers = itertools.count()
        self._shared = self.database()
        HistoryStore.upgrade(self._shared)

    def _url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self._socket}"

    def database(self) -> str:
        """Make a database without tables; half a second of copying, so few tests ask for one."""
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self._url(name)

    def emptied(self) -> str:
        """Empty the store that most tests share."""
        names = ", ".join(table.name for table in METADATA.sorted_tables)
        with psycopg.connect(self._shared) as connection:
            connection.execute(f"TRUNCATE {names} RESTART IDENTITY")
        return self._shared
