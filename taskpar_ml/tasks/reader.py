"""The contract between a task format and everything that reads it."""

from __future__ import annotations

from typing import Protocol

from taskpar_ml.domain.taskset import TaskDocument
from taskpar_ml.tasks.source import Source


class TaskReader(Protocol):
    """Reads one task format.

    Laws: ``recognises`` looks at content, never raises anything but
    :class:`~taskpar_ml.errors.UnreadableTaskFileError`, and neither method changes a file.
    ``read`` is called only for sources that ``recognises`` accepts; its tasks stand in file
    order and carry their place.
    """

    @property
    def name(self) -> str:
        """What the format is called in messages."""
        ...

    @property
    def holds_groups(self) -> bool:
        """Whether a file of this format has room for execution groups."""
        ...

    def recognises(self, source: Source) -> bool:
        """Whether the source is of this format."""
        ...

    def read(self, source: Source, *, tag: str | None = None) -> TaskDocument:
        """Return the tasks of the source; ``tag`` chooses one list where a file holds several.

        Raises
        ------
        TaskFileError
            If a task breaks the rules of the format.
        """
        ...
