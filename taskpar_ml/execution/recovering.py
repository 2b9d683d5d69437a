"""What is left of a run where agents have destroyed it, and what nothing leads to any more."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from taskpar_ml.errors import RunError
from taskpar_ml.execution.git_runner import Git
from taskpar_ml.execution.own_repository import borrow, is_whole, put_back, restore
from taskpar_ml.execution.room import unusable

_TRIES: Final = 10
_PAUSE: Final = 0.1
"""Seconds between two of them: a deletion that is under way has ended by then."""


def make_whole(own: Path, source: Git, refs: str) -> bool:
    """Put the repository of a run back, whatever agents did to it, and return whether they did.

    One that is gone is made anew: what was archived is in it again, and nothing else.

    Parameters
    ----------
    own
        Where the repository is to be.
    source
        The user's repository.
    refs
        Below what the run is archived there.

    Raises
    ------
    OutputError
        If it cannot be put back, for somebody goes on to destroy it or the disk is full.
    """
    for is_last in (*[False] * _TRIES, True):
        try:
            return _made_whole(own, source, refs)
        except (RunError, OSError) as error:
            if is_last:
                # Without it every task would fail that has done nothing wrong.
                raise unusable(own, error) from error
        time.sleep(_PAUSE)  # an agent may be about to delete it
    return False


def _made_whole(own: Path, source: Git, refs: str) -> bool:
    if is_whole(own, source):
        return restore(own, source)
    if own.is_dir() and not own.is_symlink():
        put_back(own, source)
        _recall(Git(own), source, refs)
        return True
    own.parent.mkdir(parents=True, exist_ok=True)
    if os.path.lexists(own):
        own.rename(Path(tempfile.mkdtemp(prefix="broken-", dir=own.parent)) / own.name)
    unfinished = Path(tempfile.mkdtemp(prefix=".repository-", dir=own.parent))
    borrow(unfinished, source)
    _recall(Git(unfinished), source, refs)
    unfinished.rename(own)
    return True


def _recall(git: Git, source: Git, refs: str) -> None:
    """Name in a run's repository what is archived of the run, and have its branches go on there."""
    told = source("for-each-ref", "--format=%(objectname) %(refname)", refs).text
    there = set(git("for-each-ref", "--format=%(refname)", "refs/heads").text.splitlines())
    wanted = []
    for line in told.splitlines():
        commit, ref = line.split()
        wanted.append(f"update {ref} {commit}\n")
        attempt = ref.removeprefix(f"{refs}/tasks/").removesuffix("/work")
        branch = f"refs/heads/taskpar/{attempt}"
        if ref == f"{refs}/tasks/{attempt}/work" and branch not in there:
            wanted.append(f"update {branch} {commit}\n")
    git("update-ref", "--stdin", told="".join(wanted).encode())


def adopt(git: Git, tree: Path, branch: str, base: str) -> None:
    """Make a directory a worktree again that was one when the run's repository was lost.

    Its files are as they were; what was committed and not archived is gone.

    Parameters
    ----------
    git
        The repository of the run, which does not know the worktree any more.
    branch
        What the worktree was on.
    base
        Where the branch begins if it is not there.

    Raises
    ------
    RunError
        If git cannot be run.
    """
    link, made = tree / ".git", git.directory / "worktrees" / tree.name
    if tree.is_symlink() or link.is_symlink() or not link.is_file() or made.exists():
        return
    named = os.fsdecode(link.read_bytes()).removeprefix("gitdir: ").rstrip("\n")
    if os.path.realpath(named) != os.path.realpath(made):
        return
    if git.commit_of(f"refs/heads/{branch}") is None:
        git("update-ref", f"refs/heads/{branch}", base)
    made.mkdir(parents=True)
    (made / "commondir").write_text("../..\n", encoding="ascii")
    (made / "gitdir").write_bytes(os.fsencode(f"{os.path.realpath(tree)}/.git\n"))
    (made / "HEAD").write_text(f"ref: refs/heads/{branch}\n", encoding="utf-8")
    Git(tree)("read-tree", "HEAD")


def unarchived(git: Git, source: Git, base: str) -> list[str]:
    """Return the last ones of the commits in a run's repository that nobody would archive.

    They are neither in the user's repository, nor on the branch of an attempt, which is archived
    when its round has ended, nor on a branch that was fetched from elsewhere.

    Parameters
    ----------
    base
        Where the run began.

    Raises
    ------
    RunError
        If git cannot be run.
    """
    told = "\n".join(_commits_of(git.directory)).encode()
    answer = source("cat-file", "--batch-check", told=told).text
    unknown = [line.split()[0] for line in answer.splitlines() if line.endswith(" missing")]
    if not unknown:
        return []
    listed = git(
        *("rev-list", "--parents", "--stdin"),
        *("--not", base, "--glob=refs/heads/taskpar/*", "--remotes"),
        told="\n".join(unknown).encode(),
        fails=(128,),  # where some of what they are made of was deleted
    )
    lines = [] if listed.status else [line.split() for line in listed.text.splitlines()]
    parents = {parent for _, *others in lines for parent in others}
    return [commit for commit, *_ in lines if commit not in parents]


def delete(tree: Path) -> None:
    """Delete a directory as far as that can be done, however deep it is."""
    # Directories may lie deeper within each other than Python can call itself.
    subprocess.run(
        ("rm", "-rf", "--", str(tree)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )


def _commits_of(own: Path) -> list[str]:
    """Return the commits that lie in a repository itself, and not where it borrows."""
    told = "\n".join(_names(own)).encode("utf-8", "surrogateescape")
    # Names that are none, or gone meanwhile, are no commits.
    answer = Git(own)("cat-file", "--batch-check=%(objecttype) %(objectname)", told=told)
    kinds = [line.partition(" ") for line in answer.text.splitlines()]
    return [name for kind, _, name in kinds if kind == "commit"]


def _names(own: Path) -> Iterator[str]:
    """Yield the objects that lie in a repository, loose and packed."""
    objects = own / "objects"
    for place in objects.glob("[0-9a-f][0-9a-f]"):
        with contextlib.suppress(OSError):  # packed meanwhile
            yield from (place.name + name for name in os.listdir(place))
    for index in (objects / "pack").glob("*.idx"):
        with contextlib.suppress(OSError):
            listed = Git(own)("show-index", told=index.read_bytes(), fails=(1, 128)).text
            yield from (line.split()[1] for line in listed.splitlines())
