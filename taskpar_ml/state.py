"""Where taskpar keeps what outlives a command: the directory of one repository's state."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from platformdirs import user_state_path

from taskpar_ml.array_store import ArrayStore
from taskpar_ml.domain.caches import NO_CACHE
from taskpar_ml.domain.protocols import FactCache
from taskpar_ml.domain.taskset import Notice
from taskpar_ml.fact_cache import DiskFactCache
from taskpar_ml.private_directory import distrust, is_writable, make_private

STATE_DIRECTORY: Final = ".taskpar"
"""Name of the directory that ``taskpar init`` makes beside the git directory."""

_USUAL_GIT_DIRECTORY: Final = ".git"
_NOT_READABLE: Final = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME: Final = 40


@dataclass(frozen=True)
class State:
    """A place that lasts from one command to the next, or none.

    Attributes
    ----------
    directory
        Where state is kept; ``None`` where it cannot be, so that nothing is remembered.
    said
        What a person should know about the choice of the place.
    """

    directory: Path | None = None
    said: tuple[Notice, ...] = ()

    @cached_property
    def _facts(self) -> DiskFactCache | None:
        return None if self.directory is None else DiskFactCache(self.directory / "facts.sqlite")

    @property
    def cache(self) -> FactCache:
        """Remembers facts; forgets them at once where there is no directory."""
        return self._facts or NO_CACHE

    @cached_property
    def arrays(self) -> ArrayStore | None:
        """Keeps arrays, ``None`` where there is no directory."""
        return None if self.directory is None else ArrayStore(self.directory / "arrays")

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What a person should know, what became of the cache by now included."""
        trouble = self._facts.notice if self._facts else None
        return self.said if trouble is None else (*self.said, trouble)


def beside(common: Path) -> Path | None:
    """Return where ``taskpar init`` makes room, ``None`` where it must not.

    Beside the common git directory, if that is called ``.git``. One of another name (a bare
    repository, a submodule, a separate git directory) may share the directory around it with
    others, or may be the content of a repository that somebody else wrote.

    Examples
    --------
    >>> beside(Path("/src/shop/.git"))
    PosixPath('/src/shop/.taskpar')
    >>> beside(Path("/srv/git/shop.git")) is None
    True
    """
    return common.parent / STATE_DIRECTORY if common.name == _USUAL_GIT_DIRECTORY else None


def of_user(common: Path) -> Path:
    """Return the directory of a repository within the user's directory of state.

    Its name can be read by a person, and ends in a hash of the common git directory's path, so
    that two repositories of one name stay apart.
    """
    named = common.parent if common.name == _USUAL_GIT_DIRECTORY else common
    name = _NOT_READABLE.sub("-", named.name.removesuffix(_USUAL_GIT_DIRECTORY))
    identity = hashlib.sha256(os.fsencode(common)).hexdigest()[:16]
    return user_state_path("taskpar") / f"{name.strip('.-')[:_LONGEST_NAME] or 'root'}-{identity}"


def opened(directory: Path, said: Sequence[Notice] = ()) -> State:
    """Return the state in a directory, which is made if need be.

    Where it cannot be made, written or trusted, the answer is a state without a directory, and
    says so.
    """
    if not directory.is_absolute():
        return _without(directory, "there is no home directory to keep it in", said)
    try:
        make_private(directory)
    except OSError as error:
        return _without(directory, error.strerror or str(error), said)
    reason = distrust(directory)
    if reason is None and not is_writable(directory):
        reason = "it cannot be written to"
    return State(directory, tuple(said)) if reason is None else _without(directory, reason, said)


def _without(directory: Path, reason: str, said: Sequence[Notice]) -> State:
    notice = Notice(
        str(directory),
        f"nothing is remembered between commands: {reason}. Name another place with --state or "
        "TASKPAR_STATE.",
    )
    return State(None, (*said, notice))
