"""Our own tasks as JSON Lines: one object per line, with the fields of ``tasks.yaml``."""

from __future__ import annotations

from typing import Final

from taskpar_ml.domain.taskset import TaskDocument
from taskpar_ml.errors import InvalidTaskError
from taskpar_ml.tasks.building import METADATA_FIELDS
from taskpar_ml.tasks.native import native_task, spelling_notices
from taskpar_ml.tasks.source import Source
from taskpar_ml.tasks.tree import Fields, quoted


class NativeLines:
    """Reads ``tasks.jsonl``."""

    name: Final = "taskpar JSON Lines"
    holds_groups: Final = False

    def recognises(self, source: Source) -> bool:
        """Whether the lines are objects and one of them has an id or a title."""
        return source.is_json_lines and any(
            isinstance(value, dict) and not METADATA_FIELDS.isdisjoint(value)
            for value in source.values
        )

    def read(self, source: Source, *, tag: str | None = None) -> TaskDocument:
        """Return one task per object.

        Raises
        ------
        InvalidTaskError
            If a line is no object or a field breaks its rule.
        """
        tasks = []
        notices = []
        for number, fields in enumerate(source.values, start=1):
            if not isinstance(fields, Fields):
                raise InvalidTaskError(
                    f"{source.name}: object {number}",
                    f"a line must hold one object. Got {quoted(fields)}.",
                    'Write {"id": ..., "title": ...} on each line.',
                )
            task = native_task(fields, path=source.path, line=fields.line)
            tasks.append(task)
            notices += spelling_notices(fields, task=task, path=source.path)
        return TaskDocument(
            path=source.path, format=self.name, tasks=tuple(tasks), notices=tuple(notices)
        )
