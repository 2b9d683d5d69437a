"""The checkouts of a repository: the main one and every linked worktree."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pygit2

from taskpar_ml.domain.taskset import Notice
from taskpar_ml.errors import NotARepositoryError
from taskpar_ml.repo.git import common_directory, head_commit, open_repository
from taskpar_ml.repo.git_files import read_regular

MAX_CHECKOUTS: Final = 500
"""Most linked worktrees that are looked at."""

_POINTER_BYTES: Final = 1 << 14
_CURE: Final = "`git worktree prune` forgets it, `git worktree repair` finds a moved one."


@dataclass(frozen=True)
class Checkout:
    """A directory in which files of a repository are checked out.

    Attributes
    ----------
    root
        Where it is.
    repository
        The repository as it is seen from there, with the checkout's own HEAD and index.
    head
        The commit that HEAD names, ``None`` before the first one.
    branch
        The branch that it is on, ``None`` where HEAD is detached.
    """

    root: str
    repository: pygit2.Repository
    head: pygit2.Oid | None
    branch: str | None


def list_checkouts(
    repository: pygit2.Repository, *, place: str
) -> tuple[list[Checkout], list[Notice]]:
    """Return every checkout of a repository, the main one first, and what is said of the rest.

    A bare repository has no main checkout. A worktree whose directory is gone, or does not say
    itself that it belongs to this repository, is left out with a notice: what a repository says of
    directories elsewhere is not believed.
    """
    common = os.path.realpath(common_directory(repository))
    found: list[Checkout] = []
    notices: list[Notice] = []
    main = open_repository(common)
    if main.workdir is not None:
        _take(main.workdir, common, "the main checkout", found, notices, place)
    for name in _linked(common, place, notices):
        entry = os.path.join(common, "worktrees", name)
        root = _directory_of(entry)
        if root is not None and os.path.isdir(root):
            _take(root, entry, f"worktree {name}", found, notices, place)
            continue
        locked = " (locked)" if os.path.exists(os.path.join(entry, "locked")) else ""
        where = "its directory" if root is None else root
        notices.append(Notice(place, f"worktree {name}{locked}: {where} is gone. {_CURE}"))
    return found, notices


def _take(
    root: str, git: str, what: str, found: list[Checkout], notices: list[Notice], place: str
) -> None:
    """Add a checkout that itself names the git directory which claims it."""
    try:
        opened = open_repository(root)
    except NotARepositoryError as error:
        notices.append(Notice(place, f"{what}: {error}"))
        return
    if _same(opened.path, git) and _same(opened.workdir, root):
        found.append(_checkout(opened))
    else:
        text = f"{what}: {root} belongs to another repository, or to none. {_CURE}"
        notices.append(Notice(place, text))


def _linked(common: str, place: str, notices: list[Notice]) -> Iterator[str]:
    try:
        names = sorted(os.listdir(os.path.join(common, "worktrees")))
    except OSError:
        return
    yield from names[:MAX_CHECKOUTS]
    if len(names) > MAX_CHECKOUTS:
        left = len(names) - MAX_CHECKOUTS
        notices.append(Notice(place, f"{left} worktrees beyond {MAX_CHECKOUTS} are left out."))


def _directory_of(entry: str) -> str | None:
    """Return the directory that git recorded for a linked worktree."""
    content = read_regular(os.path.join(entry, "gitdir"), limit=_POINTER_BYTES)
    pointer = os.fsdecode(content or b"").strip("\r\n")
    if not pointer or "\0" in pointer:
        return None
    return os.path.dirname(os.path.join(entry, pointer))


def _same(found: str | None, expected: str) -> bool:
    return found is not None and os.path.realpath(found) == os.path.realpath(expected)


def _checkout(repository: pygit2.Repository) -> Checkout:
    branch = None
    # A damaged HEAD names nothing.
    with contextlib.suppress(pygit2.GitError, ValueError, LookupError, OSError):
        target = repository.lookup_reference("HEAD").target
        branch = target.removeprefix("refs/heads/") if isinstance(target, str) else None
    root = str(repository.workdir).rstrip("/") or "/"
    return Checkout(root, repository, head_commit(repository), branch)
