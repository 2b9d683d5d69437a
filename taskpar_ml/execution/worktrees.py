"""Directories that git works in: made whole or not at all, and removed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from taskpar_ml.execution.git_runner import Git
from taskpar_ml.execution.recovering import delete


class Worktrees:
    """Makes and removes worktrees of a repository.

    Parameters
    ----------
    git
        The repository.
    place
        Directory of the run; what lies in the way is put aside in it.
    """

    def __init__(self, git: Git, place: Path) -> None:
        self._git, self._place = git, place

    def make(self, tree: Path, *how: str, at: str) -> Path:
        """Make a worktree, unless it was made as a whole, and return where it is.

        Parameters
        ----------
        how
            Options of ``git worktree add``.
        at
            The commit that it is made at.

        Raises
        ------
        RunError
            If git cannot make it.
        """
        whole = mark_of(tree, "whole")
        if whole.exists():
            return tree
        self._put_aside(tree)
        # Twice: one that was begun and not finished is locked.
        add = ("worktree", "add", "--quiet", "--force", "--force", *how, str(tree), at)
        if self._git(*add, fails=(1, 128, 255)).status:
            self._git("worktree", "prune")  # one that is gone still has the branch
            self._git(*add)
        whole.touch()
        return tree

    def remove(self, tree: Path) -> None:
        """Remove a worktree, with whatever is in it."""
        delete(tree)
        mark_of(tree, "whole").unlink(missing_ok=True)
        self._git("worktree", "prune")

    def _put_aside(self, tree: Path) -> None:
        """Move away what lies where a worktree is to be: nobody knows what it is."""
        if not os.path.lexists(tree):
            tree.parent.mkdir(parents=True, exist_ok=True)
            return
        aside = self._place / "aside"
        aside.mkdir(exist_ok=True)
        tree.rename(Path(tempfile.mkdtemp(prefix=f"{tree.name}-", dir=aside)) / tree.name)


def mark_of(tree: Path, name: str) -> Path:
    """Return the file beside a worktree that is there if something holds of it."""
    return tree.parent / f".{tree.name}.{name}"
