"""Which directory holds the state of a repository, and which must not although it offers itself."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import pygit2

from taskpar_ml.domain.taskset import Notice
from taskpar_ml.errors import NotARepositoryError, SettingsError
from taskpar_ml.private_directory import distrust, is_writable
from taskpar_ml.repo.git import common_directory, open_repository
from taskpar_ml.state import STATE_DIRECTORY, State, beside, of_user, opened

_UNREADABLE: Final = (pygit2.GitError, ValueError, LookupError, OSError)


def find_state(repository: pygit2.Repository, *, chosen: Path | None = None) -> State:
    """Return where the state of a repository is kept.

    The chosen directory if one is; else ``.taskpar`` beside the common git directory if it is
    there and the user's own; else a directory of the user's, one per repository. So nothing is
    written into a repository unless ``taskpar init`` was run there.

    Raises
    ------
    SettingsError
        If the chosen directory is no directory, another user's, or open to everybody.
    """
    if chosen is not None:
        return opened(_checked(chosen))
    common = common_directory(repository)
    own, users = beside(common), of_user(common)
    if own is None or not os.path.lexists(own):
        return opened(users)
    reason = refusal(own)
    if reason is None:
        return opened(own)
    notice = Notice(
        str(own),
        f"it is not used, because {reason}; state is kept in {users}. Remove it, then "
        "`taskpar init` makes room of your own.",
    )
    return opened(users, [notice])


def refusal(directory: Path) -> str | None:
    """Return why a directory beside ``.git`` must not hold state, ``None`` if it may."""
    reason = distrust(directory)
    if reason is None and came_with_repository(directory.parent):
        reason = "git tracks it: it came with the repository"
    if reason is None and not is_writable(directory):
        reason = "it cannot be written to"
    return reason


def came_with_repository(root: Path) -> bool:
    """Whether git tracks the directory of state in the checkout around a git directory.

    It does if the index or the commit of that checkout names it in whatever case. A repository
    whose index cannot be read is believed capable of it.
    """
    try:
        repository = open_repository(root / ".git")
        if _is_in(repository.index, in_any_case=_ignores_case(repository)):
            return True
        if repository.head_is_unborn:
            return False
        names = {entry.raw_name or b"" for entry in repository.head.peel(pygit2.Tree)}
    except (NotARepositoryError, *_UNREADABLE):
        return True
    return any(name.lower() == STATE_DIRECTORY.encode() for name in names)


def _is_in(index: pygit2.Index, *, in_any_case: bool) -> bool:
    """Whether an index names the directory of state, or anything in it."""
    if in_any_case:
        tops = (entry.path.partition("/")[0] for entry in index)
        return any(top.lower() == STATE_DIRECTORY for top in tops)
    tracked = len(index)
    if STATE_DIRECTORY in index:
        return True
    # In memory only, and a hundred times quicker than looking at every path.
    index.remove_directory(STATE_DIRECTORY)
    return len(index) != tracked


def _ignores_case(repository: pygit2.Repository) -> bool:
    """Whether the checkout lies on a disk to which names in either case are one."""
    try:
        return bool(repository.config.get_bool("core.ignorecase"))
    except KeyError:
        return False


def _checked(chosen: Path) -> Path:
    """Return the chosen directory, links followed: whoever names it knows where it leads."""
    directory = Path(os.path.realpath(chosen))
    reason = distrust(directory) if directory.exists() else None
    if reason is not None:
        raise SettingsError(
            "--state or TASKPAR_STATE",
            f"{chosen} cannot hold state: {reason}.",
            "Name a directory of your own.",
        )
    return directory
