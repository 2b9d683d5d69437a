"""Backlog.md: one Markdown file per task with YAML front matter, ``backlog/tasks/*.md``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from taskpar_ml.domain.task import Task
from taskpar_ml.domain.taskset import Notice, TaskDocument
from taskpar_ml.errors import UnreadableTaskFileError
from taskpar_ml.tasks.building import build_task, text_or_none
from taskpar_ml.tasks.markdown import checkbox, heading, meaningful_lines
from taskpar_ml.tasks.native import listed
from taskpar_ml.tasks.source import Source
from taskpar_ml.tasks.tree import Fields, Text
from taskpar_ml.tasks.yaml_text import read_yaml

_CRITERIA_MARK: Final = re.compile(r"<!--[ \t]{0,9}AC:(BEGIN|END)[ \t]{0,9}-->")
_CRITERION_NUMBER: Final = re.compile(r"#[0-9]{1,6}[ \t]+")
_SILENT_HEADINGS: Final = frozenset({"description", "acceptance criteria"})
_READ_FIELDS: Final = frozenset(
    ["id", "title", "status", "labels", "dependencies", "modified_files", "parent_task_id"]
)


class Backlog:
    """Reads one task file, or a folder of them as one document."""

    name: Final = "Backlog.md"
    holds_groups: Final = False

    def recognises(self, source: Source) -> bool:
        """Whether a file starts with front matter that has an id."""
        return any("id" in _front(part) for part in source.parts or (source,))

    def read(self, source: Source, *, tag: str | None = None) -> TaskDocument:
        """Return one task per file. Tasks in the folder ``completed`` beside it count as done.

        Raises
        ------
        InvalidTaskError
            If a task breaks a rule.
        """
        fronts = [(part, front) for part in source.parts or (source,) if (front := _front(part))]
        fronts = [(part, front) for part, front in fronts if "id" in front]
        ids = {str(front["id"]).lower(): str(front["id"]) for _, front in fronts}
        skipped = len(source.parts) - len(fronts) if source.parts else 0
        text = f"files without an id in front matter passed over: {skipped}."
        notices = [Notice(source.name, text)] if skipped else []
        completed = {task.lower(): task for task in _completed_ids(source)}
        return TaskDocument(
            path=source.path,
            format=self.name,
            tasks=tuple(_task(part, front, completed | ids) for part, front in fronts),
            missing_ok=frozenset(completed.values()),
            notices=tuple(notices),
        )


def _front(source: Source) -> Fields:
    """Return the front matter, its lines counted in the file; empty where there is none."""
    block = source.front_matter
    if block is None:
        return Fields()
    value = read_yaml(Text(source.path, "\n" + block.yaml))
    return value if isinstance(value, Fields) else Fields()


def _task(source: Source, front: Fields, ids: Mapping[str, str]) -> Task:
    block = source.front_matter
    body = source.content[block.body_start :] if block else ""
    criteria, rest = _parts(body)
    unknown = {name: value for name, value in front.items() if name not in _READ_FIELDS}
    return build_task(
        {
            "id": front["id"],
            "title": front.get("title"),
            "description": _description(rest),
            "acceptance_criteria": list(_acceptance_criteria(criteria)),
            "depends_on": [_named(ids, task) for task in listed(front.get("dependencies"))],
            "modifies": [*listed(front.get("modified_files")), *listed(front.get("modifies"))],
            "labels": front.get("labels"),
            "parent": _named(ids, front.get("parent_task_id")),
            "status": _status(front.get("status")),
        },
        path=source.path,
        line=front.line_of("id"),
        unknown=unknown,
    )


def _named(ids: Mapping[str, str], written: Any) -> Any:
    """Return the id that is meant: Backlog.md does not tell small letters from capitals."""
    return ids.get(written.lower(), written) if isinstance(written, str) else written


def _status(written: Any) -> Any:
    """Return the status; "To Do" is the one default word that is written in two."""
    if isinstance(written, str) and written.strip().lower() == "to do":
        return "todo"
    return written


def _parts(body: str) -> tuple[str, str]:
    """Split a body into what stands between the criteria marks and all the rest."""
    inside: list[str] = []
    outside: list[str] = []
    start, target = 0, outside
    for mark in _CRITERIA_MARK.finditer(body):
        target.append(body[start : mark.start()])
        start, target = mark.end(), inside if mark.group(1) == "BEGIN" else outside
    target.append(body[start:])
    return "\n".join(inside), "".join(outside)


def _acceptance_criteria(text: str) -> Iterator[str]:
    for line in meaningful_lines(text):
        if box := checkbox(line):
            yield _CRITERION_NUMBER.sub("", box.text, count=1)


def _description(text: str) -> str:
    """Return the text of all sections, without the headings of the two that Backlog.md makes."""
    kept = []
    for line in meaningful_lines(text):
        title = heading(line)
        if title and title.text.lower() in _SILENT_HEADINGS:
            continue
        kept.append(title.text if title else line.text)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _completed_ids(source: Source) -> Iterator[str]:
    """Yield ids of finished tasks that Backlog.md has moved to the folder ``completed``."""
    folder = Path(source.path)
    beside = folder.parent / "completed"
    if not source.parts or folder.name != "tasks" or beside.is_symlink() or not beside.is_dir():
        return
    for path in sorted(beside.glob("*.md")):
        if path.is_symlink():
            continue
        try:
            front = _front(Source.of(path))
        except UnreadableTaskFileError:
            continue
        if task_id := text_or_none(front.get("id")):
            yield task_id
