"""Repositories in which pipelines/run_study.py has tasks done: clones that are taken back."""

from __future__ import annotations

import math
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple


class StudyTask(NamedTuple):
    """A task that is done anew.

    Attributes
    ----------
    name, title
        Its id, and all that planner and agent are told of it.
    seconds
        How long its agent waits before it changes anything.
    edit
        What a shell runs in a worktree to bring the change in, whatever has landed there.
    """

    name: str
    title: str
    seconds: float
    edit: str


@dataclass(frozen=True)
class Copy:
    """A repository in which tasks are done.

    Attributes
    ----------
    place
        Its checkout.
    base
        The commit at which its main line ends, and every run begins.
    tasks
        What is to be done.
    """

    place: Path
    base: str
    tasks: Sequence[StudyTask]

    def git(self, *words: str, at: Path | None = None, told: str | None = None) -> str:
        """Run git there, or elsewhere, and return what it prints.

        Parameters
        ----------
        told
            Its standard input.

        Raises
        ------
        subprocess.CalledProcessError
            If its exit status is not 0.
        """
        return git(at or self.place, *words, told=told)


def git(at: Path, *words: str, told: str | None = None) -> str:
    """Run git in a directory, without hooks, and return what it prints.

    Raises
    ------
    subprocess.CalledProcessError
        If its exit status is not 0.
    """
    ran = subprocess.run(
        ["git", "-c", "core.hooksPath=/dev/null", *words],
        cwd=at,
        input=told,
        capture_output=True,
        text=True,
        check=True,
        errors="surrogateescape",
    )
    return ran.stdout.strip()


def seconds_for(lines: int, *, scale: float) -> float:
    """Return how long an agent waits that changes so many lines.

    A minute, and the more the larger the change, twenty at most; ``scale`` are the seconds that
    stand for one of these minutes.
    """
    return round(min(1 + math.sqrt(lines), 20) * scale, 3)


def copied(clone: Path, place: Path, *, tasks: int, back: int, scale: float) -> Copy:
    """Return a copy of a clone whose main line ends before the newest landings but some.

    Parameters
    ----------
    tasks, back
        How many landings are done anew, and how many newer ones are left out.
    scale
        Seconds for a minute.
    """
    subprocess.run(["git", "clone", "--quiet", str(clone), str(place)], check=True)
    name_user(place)
    found: list[StudyTask] = []
    oldest = git(place, "rev-parse", "HEAD")
    for line in git(place, "rev-list", "--first-parent", "--parents", "HEAD").splitlines()[back:]:
        commit, *parents = line.split()
        title, _, changed = git(
            place, "log", "-1", "-m", "--first-parent", "--format=%s", "--shortstat", commit
        ).partition("\n")
        lines = sum(int(word) for word in changed.split()[3::2] if word.isdigit())
        if lines:
            name = f"t{tasks - len(found)}"
            taken = seconds_for(lines, scale=scale)
            found.append(StudyTask(name, title or name, taken, _picked(commit, len(parents))))
            oldest = commit
        if len(found) == tasks:
            break
    base = git(place, "rev-parse", f"{oldest}^1")
    git(place, "checkout", "--quiet", "-B", "main", base)
    return Copy(place, base, found[::-1])


def name_user(place: Path) -> None:
    """Say who commits in a repository."""
    git(place, "config", "user.name", "Study")
    git(place, "config", "user.email", "study@example.org")


def _picked(commit: str, parents: int) -> str:
    """Return what brings the change of a commit in; where it conflicts it takes its own side."""
    main = "--mainline 1 " if parents > 1 else ""
    picked = f"git cherry-pick --no-commit --strategy-option theirs {main}{commit}"
    return f"{picked} || git add --all\n"
