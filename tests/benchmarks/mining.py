"""Times mining against git, and prints the tables of docs/benchmarks.md.

    .venv/bin/python tests/benchmarks/mining.py REPO[@REV]...    clones of yours
    .venv/bin/python tests/benchmarks/mining.py --items REPO...  what detectors of items cost
    .venv/bin/python tests/benchmarks/mining.py --small          a small history, to see both run

git does the same two three-way merges per pair, one `git merge-tree --write-tree` each and two at
a time, over commits that were made for it beforehand and are not counted. Ours is the whole of
mining: reading landings, replaying on two processes, writing the store; only detectors of items are
left out. Memory is the peak of all processes together, for histories of growing length.

With `--items` the newest tasks are mined without and with detectors of items, and the seconds are
those of the processor, in all processes.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))

import psutil
import pygit2
from pygit2.enums import ObjectType

from taskpar_ml.history.landings import landings_until
from taskpar_ml.history.store.history_store import HistoryStore
from tests.support.mined import grow_crowded

SAMPLE = 400
WORKERS = 2
SCRIPT = """
import sys
from taskpar_ml.history.items.shipped import ITEM_DETECTORS
from taskpar_ml.history.replay.miner import mine
from taskpar_ml.history.replay.recipe import MiningRecipe
from taskpar_ml.history.store.history_store import HistoryStore

repo, revision, store, memory_only, with_items = sys.argv[1:]
with HistoryStore.open(store) as opened:
    history = opened.history("timed", create=True)
    recipe = MiningRecipe(memory_only=int(memory_only))
    detectors = ITEM_DETECTORS if with_items == "yes" else ()
    mine(repo, history, until=revision, recipe=recipe, workers=2, detectors=detectors)
"""


class Pair(NamedTuple):
    """Two landings: commits before and after each, the earlier one's first."""

    earlier_base: str
    earlier: str
    later_base: str
    later: str


class Mined(NamedTuple):
    """What a run came to; of its time that on the clock, and that of processors."""

    seconds: float
    busy: float
    pairs: int
    items: int
    megabytes: float
    commits: int


def mine_alone(
    repo: Path, revision: str, *, memory_only: int, with_items: bool = False
) -> tuple[Mined, list[Pair]]:
    """Mine in processes of their own; return time, peak of memory, and a sample of the pairs.

    git looks at lines only, so that items are left out where it is compared with.
    """
    with tempfile.TemporaryDirectory() as place:
        store = f"{place}/store.sqlite"
        begun = time.perf_counter()
        busy = _busy_seconds()
        arguments = [str(repo), revision, store, str(memory_only), "yes" if with_items else "no"]
        process = subprocess.Popen([sys.executable, "-c", SCRIPT, *arguments])
        peak = PeakMemory(process.pid)
        if process.wait():
            sys.exit("mining failed")
        seconds, busy = time.perf_counter() - begun, _busy_seconds() - busy
        with HistoryStore.open(store) as opened:
            history = opened.history("timed")
            found = [(pair.earlier, pair.later) for pair in history.pairs()]
            items = sum(len(pair.items) for pair in history.pairs())
            random.Random(0).shuffle(found)
            landings = {each.landing.id: each.landing for each in history.landings()}
            commits = sum(len(each.commits) for each in landings.values())
        sample = [
            Pair(str(landings[a].base), a, str(landings[b].base), b) for a, b in found[:SAMPLE]
        ]
        return Mined(seconds, busy, len(found), items, peak.stop(), commits), sample


def _busy_seconds() -> float:
    """Return how long processors worked on processes that this one started and that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class PeakMemory:
    """Watches a process and its children; ``stop`` returns their peak in megabytes."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._peak = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        """Return the highest sum that was seen."""
        self._done.set()
        self._thread.join()
        return self._peak / 2**20

    def _watch(self) -> None:
        while not self._done.wait(0.05):
            total = 0
            try:
                for each in (self._process, *self._process.children(recursive=True)):
                    # Shared pages count once.
                    total += each.memory_full_info().uss
            except psutil.Error:
                continue
            self._peak = max(self._peak, total)


def git_pairs_per_second(repo: Path, sample: Sequence[Pair]) -> float:
    """Let git do both merges of every pair, two pairs at a time."""
    source = pygit2.Repository(str(repo))
    with tempfile.TemporaryDirectory() as place:
        scratch = pygit2.init_repository(place, bare=True)
        objects = Path(source.path) / "objects"
        (Path(place) / "objects" / "info" / "alternates").write_text(f"{objects}\n")
        scratch = pygit2.Repository(place)
        prepared = [_commits(scratch, source, pair) for pair in sample]
        begun = time.perf_counter()
        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(lambda each: _merge_both(place, *each), prepared))
        return len(sample) / (time.perf_counter() - begun)


def _commits(
    scratch: pygit2.Repository, source: pygit2.Repository, pair: Pair
) -> tuple[str, str, str, str]:
    """Make commits whose merge takes the earlier task back, and those of the later one."""
    before, earlier, line, later = (source[each].peel(pygit2.Tree).id for each in pair)
    base = _commit(scratch, str(earlier))
    ours, back = (_commit(scratch, str(each), base) for each in (line, before))
    start = _commit(scratch, str(line))
    return ours, back, start, _commit(scratch, str(later), start)


def _commit(scratch: pygit2.Repository, tree: str, *parents: str) -> str:
    who = "t <t@example.org> 0 +0000"
    lines = [f"tree {tree}", *(f"parent {each}" for each in parents)]
    text = "\n".join([*lines, f"author {who}", f"committer {who}", "", ""])
    return str(scratch.write(ObjectType.COMMIT, text.encode()))


def _merge_both(place: str, ours: str, back: str, start: str, later: str) -> None:
    merge = ["git", "-C", place, "merge-tree", "--write-tree"]
    done = subprocess.run([*merge, ours, back], capture_output=True, check=False)
    tree = done.stdout[:40].decode()
    # What is left without the earlier task becomes a commit; writing it is not git's to be timed.
    left = _commit(pygit2.Repository(place), tree, start)
    subprocess.run([*merge, left, later], capture_output=True, check=False)


def speed(repos: Sequence[tuple[Path, str]], *, memory_only: int) -> None:
    """Print pairs per second beside those of git."""
    print("| repository | pairs | seconds | pairs/s | git pairs/s | ratio |")
    print("|---|---|---|---|---|---|")
    for repo, revision in repos:
        mined, sample = mine_alone(repo, revision, memory_only=memory_only)
        git = git_pairs_per_second(repo, sample)
        ours = mined.pairs / mined.seconds
        print(
            f"| {repo.name} | {mined.pairs:,} | {mined.seconds:.1f} | {ours:,.0f} | {git:,.0f} "
            f"| {ours / git:.1f} |",
            flush=True,
        )


def items(repos: Sequence[tuple[Path, str]], *, tasks: int) -> None:
    """Print the seconds of processors without and with detectors of items."""
    print("\n| repository | pairs | items | seconds without | with | ratio |")
    print("|---|---|---|---|---|---|")
    for repo, revision in repos:
        landings = landings_until(repo, revision, limit=1_000_000).landings
        memory_only = max(sum(each.is_task for each in landings) - tasks, 0)
        plain, _ = mine_alone(repo, revision, memory_only=memory_only)
        found, _ = mine_alone(repo, revision, memory_only=memory_only, with_items=True)
        print(
            f"| {repo.name} | {found.pairs:,} | {found.items:,} | {plain.busy:.1f} "
            f"| {found.busy:.1f} | {found.busy / plain.busy:.2f} |",
            flush=True,
        )


def memory(repo: Path, revision: str, *, memory_only: int) -> None:
    """Print the peak of memory for histories of growing length."""
    print("\n| repository | commits | pairs | peak MB |")
    print("|---|---|---|---|")
    for part in _growing(repo, revision):
        mined, _ = mine_alone(repo, part, memory_only=memory_only)
        print(
            f"| {repo.name} | {mined.commits:,} | {mined.pairs:,} | {mined.megabytes:,.0f} |",
            flush=True,
        )


def _growing(repo: Path, revision: str) -> Iterator[str]:
    landings = landings_until(repo, revision, limit=1_000_000).landings
    for part in (4, 2, 1):
        yield landings[len(landings) // part - 1].id


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("repositories", nargs="*", metavar="REPO[@REV]")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--items", action="store_true", help="what detectors of items cost")
    parser.add_argument("--tasks", type=int, default=1_000, help="newest tasks, with --items")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        named = [each.partition("@") for each in chosen.repositories]
        repos = [(Path(path), revision or "HEAD") for path, _, revision in named]
        memory_only = 200
        if chosen.small:
            repos = [(grow_crowded(Path(place) / "crowded.git", landings=120).place, "HEAD")]
            memory_only = 10
        if not repos:
            parser.error("name clones, or pass --small")
        if not chosen.items:
            speed(repos, memory_only=memory_only)
            memory(*repos[-1], memory_only=memory_only)
        if chosen.items or chosen.small:
            items(repos, tasks=chosen.tasks)


if __name__ == "__main__":
    main()
