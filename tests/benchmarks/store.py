"""Measures the store of histories and prints the table of docs/benchmarks.md.

    .venv/bin/python tests/benchmarks/store.py            10,000 landings, 200,000 pairs
    .venv/bin/python tests/benchmarks/store.py --small    a sample, to see that it runs

PostgreSQL is measured where it is installed, on this machine, without waiting for the disk.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import psycopg

from taskpar_ml.domain.landing import ChangeStatus, FileChange, Landing, LandingShape
from taskpar_ml.domain.mined import FileFinding, FileVerdict, MinedTask, PairFinding
from taskpar_ml.domain.position import PlacedLanding
from taskpar_ml.history.store.history_store import HistoryStore
from tests.support.postgres import find_programs, running_server

WINDOW = 20
BATCH = 500
"""Tasks in one transaction."""
FILES = [f"src/module{number // 20}/sub/file_{number}.py" for number in range(2_000)]
BODY = "words that a message has " * 12


def make_landings(chance: random.Random, count: int) -> list[PlacedLanding]:
    """Return landings of five files and 300 characters."""
    ids = [chance.randbytes(20).hex() for _ in range(count)]
    return [
        PlacedLanding(
            number,
            Landing(
                commits=(each,),
                base=ids[number - 1] if number else None,
                author="ada@example.org",
                landed_at=number,
                title="The title of a landing",
                body=BODY,
                changes=tuple(
                    FileChange(path, ChangeStatus.MODIFIED)
                    for path in sorted(chance.sample(FILES, 5))
                ),
                changed=5,
                shape=LandingShape.SQUASH,
            ),
        )
        for number, each in enumerate(ids)
    ]


def make_mined(
    chance: random.Random, landings: Sequence[PlacedLanding], share: float
) -> list[MinedTask]:
    """Return every landing against its window; such a share of pairs has two files in common."""

    def pair(earlier: str, later: str) -> PairFinding:
        shared = sorted(chance.sample(FILES, 2)) if chance.random() < share else ()
        files = tuple(FileFinding(path, FileVerdict.CONFLICT) for path in shared)
        return PairFinding(earlier, later, files)

    ids = [each.landing.id for each in landings]
    return [
        MinedTask(
            later,
            tuple(pair(earlier, later) for earlier in reversed(ids[max(at - WINDOW, 0) : at])),
        )
        for at, later in enumerate(ids)
    ]


@contextmanager
def sqlite_places() -> Iterator[tuple[Callable[[str], str], Callable[[str], int]]]:
    """Yield what makes a store, and what tells its size in bytes."""
    with tempfile.TemporaryDirectory() as place:

        def size(url: str) -> int:
            with closing(sqlite3.connect(url)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return Path(url).stat().st_size

        yield (lambda name: f"{place}/{name}.sqlite"), size


@contextmanager
def postgres_places(
    programs: Path,
) -> Iterator[tuple[Callable[[str], str], Callable[[str], int]]]:
    """Yield what makes a store, and what tells its size in bytes."""
    with running_server(programs) as socket:

        def make(name: str) -> str:
            url = f"postgresql://postgres@/{{}}?host={socket}"
            with psycopg.connect(url.format("postgres"), autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")
            return url.format(name)

        def size(url: str) -> int:
            with psycopg.connect(url) as connection:
                query = "SELECT pg_database_size(current_database())"
                (bytes_used,) = connection.execute(query).fetchone() or (0,)
            return int(bytes_used)

        yield make, size


def rate(count: int, work: Callable[[], object]) -> str:
    """Return how many a second."""
    start = time.perf_counter()
    work()
    return f"{count / (time.perf_counter() - start):,.0f}"


def measure(url: str, size: Callable[[str], int], count: int, share: float) -> list[str]:
    """Return the columns of one row."""
    chance = random.Random(1)
    landings = make_landings(chance, count)
    mined = make_mined(chance, landings, share)
    pairs = sum(len(task.pairs) for task in mined)
    HistoryStore.upgrade(url)
    with HistoryStore.open(url) as store:
        history = store.history("measured", create=True)

        def append() -> None:
            for start in range(0, len(mined), BATCH):
                history.append_mined(mined[start : start + BATCH])

        columns = [rate(count, lambda: history.append_landings(landings))]
        before = size(url)
        columns.append(rate(pairs, append))
        columns.append(f"{(size(url) - before) / pairs:.0f}")
        columns.append(rate(pairs, lambda: sum(1 for _ in history.pairs())))
        columns.append(rate(count, lambda: sum(1 for _ in history.landings())))
    return columns


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    count = 300 if parser.parse_args().small else 10_000
    programs = find_programs()
    print(
        "| store | pairs that share | landings/s | pairs/s | bytes a pair | read pairs/s | ", end=""
    )
    print("read landings/s |\n|---|---|---|---|---|---|---|")
    with sqlite_places() as places:
        table("SQLite", places, count)
    if programs is not None:
        with postgres_places(programs) as places:
            table("PostgreSQL", places, count)


def table(kind: str, places: tuple[Callable[[str], str], Callable[[str], int]], count: int) -> None:
    """Print the rows of one kind of store."""
    make, size = places
    for share in (0.0, 0.1):
        url = make(f"share_{share * 100:.0f}")
        print(f"| {kind} | {share:.0%} | {' | '.join(measure(url, size, count, share))} |")


if __name__ == "__main__":
    main()
