"""What a run came to, found out by other code than the executor's: for pipelines/run_study.py."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from run_copies import Copy


def is_serial(copy: Copy, told: Mapping[str, Any]) -> bool:
    """Whether the target holds what merging the landed work, one after the other, comes to.

    Parameters
    ----------
    told
        What the run says of itself.
    """
    work = {each["task"]: each["work"] for each in told["attempts"] if each["landed_as"]}
    with tempfile.TemporaryDirectory() as place:
        tree = Path(place) / "tree"
        copy.git("worktree", "add", "--quiet", "--detach", str(tree), told["base"])
        for task in told["landed"]:
            copy.git("merge", "--quiet", "--no-edit", "--no-ff", work[task], at=tree)
        same = copy.git("rev-parse", "HEAD^{tree}", at=tree)
        copy.git("worktree", "remove", "--force", str(tree))
    return same == copy.git("rev-parse", f"{told['target']}^{{tree}}")


def missing(copy: Copy, own: Path) -> list[str]:
    """Return commits and files that were committed in the run's repository and the user's lacks.

    What the user's repository has but no reference leads to is missing, too: it will be collected.

    Parameters
    ----------
    own
        The repository of the run. Merges that it tried, and files that were never committed, are
        work of nobody.
    """
    reached = set(_named(copy.git("rev-list", "--objects", "--all")))
    made = [name for name in _commits(copy, own) if not _is_trial(copy, own, name)]
    if not made:
        return []
    told = "\n".join([*made, f"^{copy.base}"])
    held = copy.git("rev-list", "--objects", "--stdin", at=own, told=told)
    lost = [name for name in _named(held) if name not in reached]
    kinds = copy.git("cat-file", "--batch-check", at=own, told="\n".join(lost)).splitlines()
    return [name for name, kind, *_ in map(str.split, kinds) if kind in ("commit", "blob")]


def _commits(copy: Copy, own: Path) -> Iterator[str]:
    """Yield the commits that lie in a repository itself, and in none that it borrows from."""
    with tempfile.TemporaryDirectory() as place:
        # Git knows no other way to leave out what is borrowed.
        alone = Path(place)
        copy.git("init", "--quiet", "--bare", ".", at=alone)
        for each in (own / "objects").iterdir():
            if each.name != "info":
                there = alone / "objects" / each.name
                if there.is_dir():
                    there.rmdir()
                os.symlink(each.resolve(), there)
        found = copy.git("cat-file", "--batch-all-objects", "--batch-check", at=alone)
        for line in found.splitlines():
            name, kind, _ = line.split()
            if kind == "commit":
                yield name


def _is_trial(copy: Copy, own: Path, commit: str) -> bool:
    """Whether a commit is a merge that the run tried, by what its message ends with."""
    return "\nTask: " in f"\n{copy.git('log', '-1', '--format=%B', commit, at=own)}"


def _named(told: str) -> Iterator[str]:
    """Yield the names of objects as `git rev-list --objects` prints them."""
    return (line.split()[0] for line in told.splitlines() if line)
