"""Our own task files in YAML, or the same in JSON.

Four layouts are read: a mapping of tasks at the top level or under ``tasks``, a list under
``tasks``, and a bare list. ``execution_groups`` and ``metadata`` may stand beside tasks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from taskpar_ml.domain.taskset import Notice, TaskDocument
from taskpar_ml.errors import InvalidTaskError
from taskpar_ml.tasks.building import METADATA_FIELDS, place_of, task_label
from taskpar_ml.tasks.native import (
    BESIDE_TASKS,
    GROUPS_KEY,
    groups_written,
    native_task,
    own_metadata,
    spelling_notices,
)
from taskpar_ml.tasks.source import Source, Syntax
from taskpar_ml.tasks.tree import Fields, quoted, shown


class _Entry(NamedTuple):
    """One task as it stands: its key (None in lists), its value and its line."""

    key: str | None
    value: Any
    line: int


class NativeFile:
    """Reads ``tasks.yaml`` and its twin ``tasks.json``."""

    name: Final = "taskpar"
    holds_groups: Final = True

    def recognises(self, source: Source) -> bool:
        """Whether there is a task with a known field, an empty list, or execution groups."""
        if source.syntax not in (Syntax.JSON, Syntax.YAML) or source.is_json_lines:
            return False
        if isinstance(source.values[0], list):
            return not source.items or any(_is_listed_task(item) for item in source.items)
        if GROUPS_KEY in source.fields:
            return True
        match source.fields.get("tasks", source.fields):
            case list() as items:
                return not items or any(_is_listed_task(item) for item in items)
            case dict() as tasks:
                empty = "tasks" in source.fields and not tasks
                return empty or any(
                    isinstance(value, dict) and not METADATA_FIELDS.isdisjoint(value)
                    for key, value in tasks.items()
                    if key not in BESIDE_TASKS
                )
            case None:
                return True
        return False

    def read(self, source: Source, *, tag: str | None = None) -> TaskDocument:
        """Return the tasks and the groups that a person wrote beside them.

        Raises
        ------
        InvalidTaskError
            If a task is no mapping or a field breaks its rule.
        ExecutionGroupError
            If ``execution_groups`` is no list of groups.
        """
        tasks = []
        notices = list(_passed_over(source))
        for entry in _entries(source):
            fields = _fields(entry, source.path)
            task = native_task(fields, path=source.path, line=entry.line, key=entry.key)
            tasks.append(task)
            notices += spelling_notices(fields, task=task, path=source.path)
        return TaskDocument(
            path=source.path,
            format=self.name,
            tasks=tuple(tasks),
            groups=groups_written(source.fields, own=own_metadata(source.fields), source=source),
            notices=tuple(notices),
        )


def _is_listed_task(item: object) -> bool:
    return isinstance(item, dict) and ("id" in item or "title" in item)


def _entries(source: Source) -> Iterator[_Entry]:
    fields = source.fields
    if not fields:
        yield from (_Entry(None, item, _line(item)) for item in source.items)
    elif "tasks" not in fields:
        for key, value in fields.items():
            if key not in BESIDE_TASKS and isinstance(value, Fields | None):
                yield _Entry(key, value, fields.line_of(key))
    elif isinstance(tasks := fields["tasks"], Fields):
        yield from (_Entry(key, value, tasks.line_of(key)) for key, value in tasks.items())
    else:
        line = fields.line_of("tasks")
        yield from (_Entry(None, item, _line(item) or line) for item in tasks or ())


def _line(item: object) -> int:
    return item.line if isinstance(item, Fields) else 0


def _fields(entry: _Entry, path: str) -> Fields:
    if isinstance(entry.value, Fields):
        return entry.value
    if entry.value is None and entry.key is not None:
        return Fields(line=entry.line)
    place = place_of(path, entry.line)
    raise InvalidTaskError(
        place if entry.key is None else f"{place}: {task_label(entry.key)}",
        f"a task must be a mapping of fields. Got {quoted(entry.value)}.",
        "Write its fields, such as 'title: ...', below it.",
    )


def _passed_over(source: Source) -> Iterator[Notice]:
    """Say which top-level keys are taken for something else than a task."""
    fields = source.fields
    for key, value in fields.items():
        if key in BESIDE_TASKS or key == "tasks":
            continue
        place = place_of(source.path, fields.line_of(key))
        if key.lower().replace("-", "_").rstrip("s") == GROUPS_KEY.rstrip("s"):
            yield Notice(place, f"{shown(key)} is unknown; did you mean {GROUPS_KEY}?")
        elif "tasks" not in fields and not isinstance(value, Fields | None):
            yield Notice(place, f"{shown(key)} is no mapping of fields and no task: passed over.")
