"""Compares the verdicts of trial merges with git's and prints the table of docs/benchmarks.md.

    .venv/bin/python tests/benchmarks/against_git.py                 4,000 random histories
    .venv/bin/python tests/benchmarks/against_git.py --small         a sample, to see that it runs
    .venv/bin/python tests/benchmarks/against_git.py --merges REPO   merges that people made, in a
                                                                     repository of yours

Beside ours stands what libgit2's own merge of two commits says. git must be 2.38 or newer.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from itertools import combinations, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import pygit2

from taskpar_ml.checking import check_overlap
from taskpar_ml.domain.overlap import Verdict
from taskpar_ml.repo.scratch import scratch_repository
from tests.support.clashes import History

MOST_MERGES = 1000


def random_pairs(root: Path, histories: int) -> Iterator[tuple[str, str]]:
    """Yield the tips of small random histories, two by two."""
    repository = pygit2.init_repository(root, bare=True)
    for seed in range(histories):
        tips = dict.fromkeys(map(str, History(repository, seed).grow()))
        yield from combinations(tips, 2)


def merged_pairs(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the parents of the newest merges of a repository."""
    repository = pygit2.Repository(root)
    merges = (each for each in repository.walk(repository.head.target) if len(each.parents) == 2)
    for merge in islice(merges, MOST_MERGES):
        yield str(merge.parent_ids[0]), str(merge.parent_ids[1])


def git_conflicts(root: Path, a: str, b: str) -> bool | None:
    """Whether git finds a conflict; None where it gives up."""
    command = ["git", "-C", str(root), "merge-tree", "--write-tree", a, b]
    status = subprocess.run(command, capture_output=True, check=False).returncode
    return {0: False, 1: True}.get(status)


def libgit2_conflicts(root: Path, a: str, b: str) -> bool | None:
    """Whether libgit2's own merge finds a conflict; None where it fails."""
    repository = pygit2.Repository(root)
    try:
        with scratch_repository(repository, place=str(root)) as scratch:
            return scratch.merge_commits(a, b).conflicts is not None
    except pygit2.GitError:
        return None


def compare(root: Path, pairs: Iterator[tuple[str, str]]) -> Counter[tuple[str, bool, str]]:
    """Count pairs by who answered, whether there are several merge bases, and how."""
    counts: Counter[tuple[str, bool, str]] = Counter()
    for a, b in pairs:
        git = git_conflicts(root, a, b)
        if git is None:
            continue
        (pair,) = check_overlap(root, [a, b], onto=a).pairs
        several = len(pair.bases) > 1
        answers = {
            "taskpar": pair.verdict == Verdict.CONFLICT,
            "libgit2": libgit2_conflicts(root, a, b),
        }
        for name, answer in answers.items():
            outcome = "conflict missed" if git else "conflict of their own"
            counts[name, several, "pairs"] += 1
            counts[name, several, "agree" if answer == git else outcome] += 1
    return counts


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="20 histories")
    parser.add_argument("--merges", type=Path, help="merges of this repository instead")
    chosen = parser.parse_args()
    columns = ("pairs", "agree", "conflict missed", "conflict of their own")
    with tempfile.TemporaryDirectory() as folder:
        root = chosen.merges or Path(folder)
        pairs = (
            merged_pairs(root)
            if chosen.merges
            else random_pairs(root, 20 if chosen.small else 4000)
        )
        counts = compare(root, pairs)
    print(
        f"| against git | merge bases | {' | '.join(columns)} |\n|---|---|{'---|' * len(columns)}"
    )
    for several in (False, True):
        for name in ("taskpar", "libgit2"):
            row = " | ".join(f"{counts[name, several, column]:,}" for column in columns)
            print(f"| {name} | {'several' if several else 'one'} | {row} |")


if __name__ == "__main__":
    main()
