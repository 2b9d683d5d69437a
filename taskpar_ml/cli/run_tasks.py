"""The tasks of a run, as their files say while it goes on."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from taskpar_ml.workspace import Workspace

_STABLE: Final = 1.0
"""Seconds that task files have to be as they are until they are read again."""


class FollowedTasks:
    """The tasks as their files say now; while those cannot be read, as they said before.

    Parameters
    ----------
    read
        Reads them.

    Raises
    ------
    TaskFileError
        If they cannot be read the first time, or two ids differ by their case only: there are disks
        on which they would share a worktree.
    """

    def __init__(self, read: Callable[[], Workspace]) -> None:
        self._read = read
        self._known = self._checked()
        self._stamp = self._stamps(self._known)
        self._seen: tuple[object, ...] = ()
        self._since = 0.0

    def __call__(self) -> Workspace:
        """Return them, read again if their files have changed."""
        from taskpar_ml.cli.output import say
        from taskpar_ml.errors import TaskFileError

        stamp = self._stamps(self._known)
        if stamp != self._seen:
            self._seen, self._since = stamp, time.monotonic()
        # Who saves a file may be in the middle of it.
        if stamp != self._stamp and time.monotonic() - self._since > _STABLE:
            self._stamp = stamp
            try:
                self._known = self._checked()
                self._stamp = self._stamps(self._known)
            except TaskFileError as error:
                say(f"{error} The tasks stay as they were.")
        return self._known

    def _checked(self) -> Workspace:
        from taskpar_ml.errors import TaskFileError

        workspace = self._read()
        known: dict[str, str] = {}
        for task in workspace.task_set.work:
            other = known.setdefault(task.id.casefold(), task.id)
            if other != task.id:
                raise TaskFileError(
                    f"task {task.id}",
                    f"its id differs by case only from {other}, and both get worktrees.",
                    "Rename one of them.",
                )
        return workspace

    @staticmethod
    def _stamps(workspace: Workspace) -> tuple[object, ...]:
        found: list[object] = []
        for path, _ in workspace.task_set.files:
            try:
                told = Path(path).stat()
                found.append((path, told.st_mtime_ns, told.st_size))
            except OSError:
                found.append((path, None))
        return tuple(found)
