"""Task Master: ``.taskmaster/tasks/tasks.json``, flat or with one list of tasks per tag."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from taskpar_ml.domain.pairs import shortened
from taskpar_ml.domain.task import Task
from taskpar_ml.domain.taskset import Notice, TaskDocument
from taskpar_ml.errors import InvalidTaskError, TaskFileError, UnreadableTaskFileError
from taskpar_ml.tasks.building import (
    METADATA_FIELDS,
    build_task,
    joined,
    number_or_none,
    place_of,
    task_label,
    text_or_none,
)
from taskpar_ml.tasks.markdown import criteria
from taskpar_ml.tasks.native import groups_written, listed, own_metadata
from taskpar_ml.tasks.source import Source, Syntax
from taskpar_ml.tasks.tree import Fields, quoted, shown

_MAIN_TAG: Final = "master"
_OWN_FIELDS: Final = frozenset(
    ["dependencies", "subtasks", "testStrategy", "details", "relevantFiles", "acceptanceCriteria"]
)
_READ_FIELDS: Final = _OWN_FIELDS | {"id", "title", "description", "complexity"}
_WRITING: Final = frozenset(
    [
        "add",
        "adapt",
        "append",
        "change",
        "create",
        "created",
        "delete",
        "deleted",
        "edit",
        "extend",
        "extract",
        "fix",
        "generate",
        "implement",
        "modified",
        "modify",
        "move",
        "new",
        "overwrite",
        "patch",
        "refactor",
        "remove",
        "rename",
        "replace",
        "rewrite",
        "touch",
        "update",
        "updated",
        "write",
    ]
)
"""Words for ``action`` of a relevant file that mean writing; all others mean reading."""


class TaskMaster:
    """Reads one tag of a Task Master file, with the complexity report beside it."""

    name: Final = "Task Master"
    holds_groups: Final = True

    def recognises(self, source: Source) -> bool:
        """Whether there are tags with tasks, or tasks with fields that only Task Master has."""
        if source.syntax is not Syntax.JSON or source.is_json_lines:
            return False
        if isinstance(tasks := source.fields.get("tasks"), list):
            fields = {name for task in tasks if isinstance(task, dict) for name in task}
            return bool(fields & _OWN_FIELDS) and not fields & (METADATA_FIELDS & _NATIVE_ONLY)
        return bool(_tags(source))

    def read(self, source: Source, *, tag: str | None = None) -> TaskDocument:
        """Return the tasks and subtasks of one tag.

        The tag is the one asked for, else ``currentTag`` of ``state.json`` in the directory
        above, else ``master``, else the only one.

        Raises
        ------
        TaskFileError
            If the file has no such tag, or none can be chosen.
        InvalidTaskError
            If a task breaks the rules of the format.
        """
        tags = _tags(source) or {_MAIN_TAG: source.fields}
        notices: list[Notice] = []
        chosen = _chosen_tag(source, tags, asked=tag, notices=notices)
        holder = tags[chosen]
        others = [shown(name) for name in tags if name != chosen]
        if others:
            notices.append(
                Notice(
                    source.name,
                    f"tag {shown(chosen)} is read. Other tags: {shortened(others)}.",
                )
            )
        scores = _complexity(source, chosen, notices)
        tasks = tuple(_Tasks(source, scores).of(holder))
        own = own_metadata(holder)
        own = own if isinstance(own, Fields) else Fields()
        return TaskDocument(
            path=source.path,
            format=self.name,
            tasks=tasks,
            groups=groups_written(own, own=own, source=source),
            notices=tuple(notices),
        )


_NATIVE_ONLY: Final = frozenset(
    ["depends_on", "depends_on_completion", "conflict_zones", "modifies", "acceptance_criteria"]
)


def tag_holder(source: Source, *, tag: str | None) -> Fields:
    """Return the mapping of one tag, chosen as :meth:`TaskMaster.read` does."""
    tags = _tags(source) or {_MAIN_TAG: source.fields}
    return tags[_chosen_tag(source, tags, asked=tag, notices=[])]


def _tags(source: Source) -> dict[str, Fields]:
    """Return the tags of a tagged file in file order, nothing for a flat one."""
    if isinstance(source.fields.get("tasks"), list):
        return {}
    return {
        name: value
        for name, value in source.fields.items()
        if isinstance(value, Fields) and isinstance(value.get("tasks"), list)
    }


def _chosen_tag(
    source: Source, tags: Mapping[str, Fields], *, asked: str | None, notices: list[Notice]
) -> str:
    known = f"Known tags: {shortened(shown(name) for name in tags)}."
    if asked is not None:
        if asked not in tags:
            raise TaskFileError(source.name, f"has no tag {quoted(asked)}.", known)
        return asked
    current = _current_tag(source, notices)
    if current in tags:
        return str(current)
    if current is not None:
        notices.append(
            Notice(source.name, f"state.json names tag {shown(current)}, which is not there.")
        )
    if _MAIN_TAG in tags:
        return _MAIN_TAG
    if len(tags) == 1:
        return next(iter(tags))
    raise TaskFileError(
        source.name, "holds several tags and none is current.", f"Pass one. {known}"
    )


def _beside(source: Source, *parts: str) -> Path | None:
    """Return a file of ``.taskmaster`` for its tasks file; links out of it are not followed."""
    path = Path(source.path)
    if path.parent.name != "tasks":
        return None
    root = path.parent.parent
    found = root.joinpath(*parts)
    try:
        inside = found.resolve().is_relative_to(root.resolve())
        return found if inside and found.is_file() else None
    except (OSError, RuntimeError, ValueError):
        return None


def _side_file(path: Path | None, notices: list[Notice]) -> Fields:
    """Read a file that helps; without it the tasks still stand, so a broken one is a notice."""
    if path is None:
        return Fields()
    try:
        return Source.of(path).fields
    except UnreadableTaskFileError as error:
        notices.append(Notice(error.place, f"{error.problem} The file is passed over."))
        return Fields()


def _current_tag(source: Source, notices: list[Notice]) -> str | None:
    return text_or_none(_side_file(_beside(source, "state.json"), notices).get("currentTag"))


def _complexity(source: Source, tag: str, notices: list[Notice]) -> dict[str, float]:
    suffix = "" if tag == _MAIN_TAG else f"_{tag}"
    path = _beside(source, "reports", f"task-complexity-report{suffix}.json")
    rows = listed(_side_file(path, notices).get("complexityAnalysis"))
    return {
        str(row.get("taskId")): score
        for row in rows
        if isinstance(row, dict) and (score := number_or_none(row.get("complexityScore")))
    }


class _Tasks:
    """Walks tasks and subtasks of one tag."""

    def __init__(self, source: Source, scores: Mapping[str, float]) -> None:
        self._source = source
        self._scores = scores

    def of(self, holder: Fields) -> Iterator[Task]:
        items = self._mappings(holder["tasks"], holder.line_of("tasks"))
        self._top = {str(item.get("id")) for item in items}
        for item in items:
            yield from self._walk(item, parent=None, siblings=frozenset())

    def _mappings(self, items: Any, line: int) -> list[Fields]:
        for item in listed(items):
            if not isinstance(item, Fields):
                raise InvalidTaskError(
                    place_of(self._source.path, line),
                    f"a task must be an object. Got {quoted(item)}.",
                    "Write its fields between braces.",
                )
        return listed(items)

    def _walk(
        self, fields: Fields, *, parent: str | None, siblings: frozenset[str]
    ) -> Iterator[Task]:
        task = self._task(fields, parent=parent, siblings=siblings)
        yield task
        below = self._mappings(fields.get("subtasks"), fields.line_of("subtasks"))
        ids = frozenset(_full_id(item.get("id"), task.id) for item in below)
        for item in below:
            yield from self._walk(item, parent=task.id, siblings=ids)

    def _task(self, fields: Fields, *, parent: str | None, siblings: frozenset[str]) -> Task:
        task_id = fields.get("id")
        if parent is not None and isinstance(task_id, str):
            task_id = _full_id(task_id, parent)
        writes, reads = self._relevant_files(fields, task_id)
        strategy = text_or_none(fields.get("testStrategy"))
        score = self._scores.get(str(task_id))
        known = {
            "id": task_id,
            "title": fields.get("title"),
            "description": joined(fields.get("description"), fields.get("details")),
            "acceptance_criteria": [*_criteria(fields), *listed(strategy)],
            "depends_on": [
                self._reference(dependency, parent, siblings)
                for dependency in listed(fields.get("dependencies"))
            ]
            + listed(fields.get("depends_on")),
            "modifies": [*listed(fields.get("modifies")), *writes],
            "reads": reads,
            "complexity": score if score is not None else number_or_none(fields.get("complexity")),
            "parent": parent,
        }
        unknown = {name: value for name, value in fields.items() if name not in _READ_FIELDS}
        return build_task(known, path=self._source.path, line=fields.line, unknown=unknown)

    def _reference(self, written: Any, parent: str | None, siblings: frozenset[str]) -> Any:
        """Return the id that is meant: a bare number is a sibling, else the task of that number."""
        if parent is None or not isinstance(written, str) or "." in written:
            return written
        sibling = _full_id(written, parent)
        return written if sibling not in siblings and written in self._top else sibling

    def _relevant_files(self, fields: Fields, task_id: object) -> tuple[list[Any], list[Any]]:
        writes: list[Any] = []
        reads: list[Any] = []
        for entry in listed(fields.get("relevantFiles")):
            path, action = entry, ""
            if isinstance(entry, dict):
                path, action = entry.get("path"), str(entry.get("action", "")).strip().lower()
            if text_or_none(path) is None:
                raise InvalidTaskError(
                    f"{place_of(self._source.path, fields.line)}: {task_label(task_id)}",
                    f"relevantFiles: a path must be a text. Got {quoted(path)}.",
                    'Write {"path": "...", "action": "modify"}.',
                )
            (writes if action in _WRITING else reads).append(path)
        return writes, reads


def _full_id(written: object, parent: str) -> str:
    text = str(written)
    return text if text.startswith(f"{parent}.") else f"{parent}.{text}"


def _criteria(fields: Fields) -> list[Any]:
    written = fields.get("acceptanceCriteria")
    items = list(criteria(written)) if isinstance(written, str) else listed(written)
    return items + listed(fields.get("acceptance_criteria"))
