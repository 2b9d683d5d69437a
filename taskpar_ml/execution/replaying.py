"""Doing the commits of some work again on top of another one, without a worktree."""

from __future__ import annotations

import os

from taskpar_ml.execution.git_runner import Git
from taskpar_ml.execution.scratch import read_apart, written_apart

_AUTHOR = ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_AUTHOR_DATE")


def replayed(git: Git, head: str, *, onto: str, tree: str) -> str | None:
    """Return the last of the commits of some work, done again one after the other.

    Their authors and messages stay; commits that change nothing any more are left out.

    Parameters
    ----------
    git
        The repository.
    head
        The last commit of the work.
    onto
        What they are put on top of.
    tree
        What merging the work comes to.

    Returns
    -------
    str or None
        None where the work holds merges, one of its commits conflicts, or all of them together come
        to something else than ``tree``.

    Raises
    ------
    RunError
        If git cannot be run.

    Source: ``git rebase``; each commit is merged on trial (``git merge-tree``) as if it were made
    on what is there by then.
    """
    told = git("rev-list", "--reverse", "--topo-order", "--parents", head, "--not", onto).text
    at, files = onto, git("rev-parse", f"{onto}^{{tree}}").text
    for line in told.splitlines():
        commit, *parents = line.split()
        if len(parents) != 1:
            return None
        there = _same_files(git, files, parents[0])
        merged = git(
            *("merge-tree", "--write-tree", "--no-messages", there, commit),
            fails=(1,),
            environment=read_apart(git.directory),
        )
        if merged.status:
            return None
        if merged.text != files:
            files = merged.text
            at = _again(git, commit, files, parent=at)
    return at if files == tree and at != onto else None


def _same_files(git: Git, files: str, parent: str) -> str:
    """Return a commit of files that is on top of some parent: merging looks for what is shared."""
    return git(
        *("commit-tree", files, "-p", parent, "-m", "What is there"),
        environment={**git.identity(), **written_apart(git.directory)},
    ).text


def _again(git: Git, commit: str, files: str, *, parent: str) -> str:
    """Make a commit with the author and the message of another one."""
    told = git("log", "-1", "--no-show-signature", "--format=%an%x00%ae%x00%aI%x00%B", commit).out
    *author, message = told.split(b"\0", maxsplit=len(_AUTHOR))
    named = dict(zip(_AUTHOR, map(os.fsdecode, author), strict=True))
    return git(
        *("commit-tree", files, "-p", parent),
        told=message,
        environment={**git.identity(), **named},
    ).text
