"""Merging what git alone cannot: by what was resolved before, line by line, or by making anew."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.execution.git_runner import Git, git_environment
from taskpar_ml.execution.three_way import driven, union
from taskpar_ml.execution.workshop import Workshop, branch_of

UNION: Final = "union"
RERERE: Final = "rerere"
_TIMEOUT: Final = 600.0
_MERGE: Final = ("merge", "--quiet", "--no-commit", "--no-ff")
_REMEMBERING: Final = ("-c", "rerere.enabled=true", "-c", "rerere.autoUpdate=true")


class MendedWork(NamedTuple):
    """Work that resolvers have merged with what landed.

    Attributes
    ----------
    head
        The merge.
    resolved
        Of every file that conflicted, who resolved it.
    """

    head: str
    resolved: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Regenerated:
    """Files that a command makes anew out of others.

    Attributes
    ----------
    fits
        Whether a path is one of them.
    command
        What a shell runs in the worktree.
    """

    fits: Callable[[str], bool]
    command: str


@dataclass(frozen=True)
class Resolvers:
    """Resolvers, in the order in which they are asked: rerere, commands, union, a merge driver.

    A file that was resolved before in the same way is resolved so again (git's rerere).

    Attributes
    ----------
    union
        Whether both sides' lines of a file are kept where they conflict, as in changelogs.
    regenerated
        Files that are made anew.
    driver
        Words of a merge driver that knows more of files than their lines, as of
        :func:`~taskpar_ml.execution.three_way.driven`; none for none.
    """

    union: Callable[[str], bool] = lambda path: False
    regenerated: Sequence[Regenerated] = ()
    driver: Sequence[str] = ()

    def knows(self, path: str) -> bool:
        """Whether a file is merged, or made anew, where git alone cannot merge it."""
        return self.union(path) or any(each.fits(path) for each in self.regenerated)

    def mend(
        self, workshop: Workshop, attempt: Attempt, *, head: str, onto: str, files: Sequence[str]
    ) -> MendedWork | None:
        """Merge what has landed into the worktree of an attempt; None where a file is left over.

        Raises
        ------
        RunError
            If git cannot be run.
        """
        tree = workshop.tree_of(attempt)
        if not workshop.owns(tree):
            return None
        git = Git(tree)
        begin_merge(workshop, attempt, head=head, onto=onto, remembers=True)
        left = _unmerged(git)
        anew = {
            path: each.command for path in files for each in self.regenerated if each.fits(path)
        }
        resolved = {path: RERERE for path in files if path not in (*left, *anew)}
        for path in left:
            if path in anew:
                git("checkout", "--quiet", "--theirs", "--", f":(literal){path}", fails=(1,))
            elif self.union(path) and union(git, path):
                resolved[path] = UNION
            elif self.driver and driven(git, path, self.driver):
                resolved[path] = self.driver[0]
            else:
                git("merge", "--abort")
                return None
        for command in dict.fromkeys(anew.values()):
            if not _ran(command, tree):
                git("merge", "--abort", fails=(128,))
                git("clean", "--quiet", "-d", "--force")  # what it has left
                return None
        git("add", "--all")
        git(
            *("commit", "--quiet", "--no-verify", "--message", "Merge what has landed"),
            environment=git.identity(),
        )
        return MendedWork(
            git("rev-parse", "HEAD").text, tuple(sorted({**resolved, **anew}.items()))
        )


def begin_merge(
    workshop: Workshop, attempt: Attempt, *, head: str, onto: str, remembers: bool = False
) -> None:
    """Begin to merge what has landed into the worktree of an attempt, which stays unfinished.

    Parameters
    ----------
    remembers
        Whether what was resolved before is resolved in the same way.

    Raises
    ------
    RunError
        If git cannot be run.
    """
    workshop.restore()
    git = Git(workshop.ensure_tree(attempt, head))
    git("merge", "--abort", fails=(128,))
    git("checkout", "--quiet", "--force", "-B", branch_of(attempt), head)
    memory = _REMEMBERING if remembers else ()
    git(*memory, *_MERGE, onto, fails=(1,), environment=git.identity())


def take_over(workshop: Workshop, attempt: Attempt, *, head: str, onto: str) -> None:
    """Merge what has landed into the worktree of an attempt, if that can be done without conflict.

    Raises
    ------
    RunError
        If git cannot be run.
    """
    begin_merge(workshop, attempt, head=head, onto=onto)
    git = Git(workshop.tree_of(attempt))
    if _unmerged(git):
        git("merge", "--abort")
    elif not workshop.git.is_ancestor(onto, head):
        git(
            *("commit", "--quiet", "--no-verify", "--message", "Merge what has landed"),
            environment=git.identity(),
        )


def learn(workshop: Workshop, base: str, head: str) -> None:
    """Remember how conflicts were resolved in work that has landed.

    Each of its merges is done again in a worktree of its own, as `git rerere` wants to see it.

    Raises
    ------
    RunError
        If git cannot be run.
    """
    merges = workshop.git(
        "rev-list", "--first-parent", "--merges", "--parents", f"{base}..{head}"
    ).text
    for line in merges.splitlines():
        merge, first, *others = line.split()
        if len(others) != 1:
            continue
        git = Git(workshop.check_tree(merge))
        git("checkout", "--quiet", "--force", "--detach", first)
        begun = git(*_REMEMBERING, *_MERGE, others[0], fails=(1,), environment=git.identity())
        if begun.status and _unmerged(git):
            git("checkout", "--quiet", merge, "--", *_kept(git, merge))
            git(*_REMEMBERING, "rerere")
        workshop.remove_check(merge)


def _kept(git: Git, merge: str) -> list[str]:
    """Return files that conflict and that a merge has kept."""
    there = git("ls-tree", "-r", "--name-only", "-z", merge, "--", *_unmerged(git)).paths
    return list(there)


def _unmerged(git: Git) -> tuple[str, ...]:
    told = git("diff", "--name-only", "--diff-filter=U", "-z")
    return tuple(dict.fromkeys(told.paths))


def _ran(command: str, tree: Path) -> bool:
    """Run a command in a worktree, and return whether it said that all went well."""
    try:
        ran = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=tree,
            env=git_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ran.returncode == 0
