"""Numbered checklists in Markdown: Kiro (``.kiro/specs/*/tasks.md``) and OpenSpec.

Kiro nests: ``- [ ] 2. Title`` is the parent of ``- [ ] 2.1 ...``. OpenSpec numbers sections:
``## 1. Section`` and below it ``- [ ] 1.1 ...``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from taskpar_ml.domain.task import Task
from taskpar_ml.domain.taskset import TaskDocument
from taskpar_ml.tasks.building import build_task
from taskpar_ml.tasks.markdown import (
    Checkbox,
    Heading,
    checkbox,
    heading,
    meaningful_lines,
    without_bullet,
)
from taskpar_ml.tasks.source import Source, Syntax

_ITEM: Final = re.compile(r"(\*?)[ \t]*([0-9]{1,6}(?:\.[0-9]{1,6}){0,6})\.?[ \t]+(\S.*)")
_NUMBERED_SECTION: Final = re.compile(r"[0-9]{1,6}\.?[ \t]+\S.*")
_PARALLEL: Final = re.compile(r"\(P\)(?:[ \t]|$)")
_NOTE: Final = re.compile(r"_([A-Za-z][\w \t-]{0,40}):[ \t]*(.*?)_?")
_NUMBER: Final = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6}){0,6}")


@dataclass(slots=True)
class _Item:
    """One task as it stands, with the lines below it."""

    line: int
    box: Checkbox
    task_id: str
    title: str
    section: str
    optional: bool
    below: list[str] = field(default_factory=list)


class OpenSpec:
    """Reads the checklist of an OpenSpec change; its numbered headings become sections."""

    name: Final = "OpenSpec"
    holds_groups: Final = False

    def recognises(self, source: Source) -> bool:
        """Whether there are numbered items below a numbered heading."""
        return source.syntax is Syntax.MARKDOWN and any(
            _NUMBERED_SECTION.fullmatch(item.section) for item in _items(source)
        )

    def read(self, source: Source, *, tag: str | None = None) -> TaskDocument:
        """Return the tasks. Raises InvalidTaskError if one breaks a rule."""
        return _document(self.name, source)


class Kiro:
    """Reads the implementation plan of a Kiro spec."""

    name: Final = "Kiro"
    holds_groups: Final = False

    def recognises(self, source: Source) -> bool:
        """Whether there is a checkbox followed by a number such as ``2.1``."""
        return source.syntax is Syntax.MARKDOWN and next(_items(source), None) is not None

    def read(self, source: Source, *, tag: str | None = None) -> TaskDocument:
        """Return the tasks. Raises InvalidTaskError if one breaks a rule."""
        return _document(self.name, source)


def _document(name: str, source: Source) -> TaskDocument:
    items = list(_items(source))
    ids = {item.task_id for item in items}
    tasks = tuple(_task(item, ids, source) for item in items)
    return TaskDocument(path=source.path, format=name, tasks=tasks)


def _items(source: Source) -> Iterator[_Item]:
    """Yield the numbered items of the file, once all lines below each are known."""
    section = Heading(0, "")
    current: _Item | None = None
    for line in meaningful_lines(source.content):
        title = heading(line)
        box = checkbox(line)
        match = _ITEM.fullmatch(box.text) if box else None
        if current is not None and (title or match or (line.text.strip() and not line.indent)):
            yield current
            current = None
        if title:
            section = title
        elif box and match:
            current = _Item(
                line.number,
                box,
                match.group(2),
                match.group(3),
                section.text if section.level > 1 else "",
                optional=box.starred or bool(match.group(1)),
            )
        elif current is not None and line.text.strip():
            current.below.append(without_bullet(line.text))
    if current is not None:
        yield current


def _task(item: _Item, ids: set[str], source: Source) -> Task:
    notes, description = _notes(item.below)
    unmarked = _PARALLEL.sub("", item.title).strip()
    return build_task(
        {
            "id": item.task_id,
            "title": unmarked or item.title,
            "description": "\n".join(description),
            "depends_on": _numbers(notes, "depends", "depends on", "dependencies"),
            "labels": ["optional"] if item.optional else [],
            "status": item.box.status,
            "marked_parallel": unmarked != item.title,
            "section": item.section,
            "parent": _parent(item.task_id, ids),
        },
        path=source.path,
        line=item.line,
        unknown=notes,
    )


def _parent(task_id: str, ids: set[str]) -> str | None:
    """Return the nearest number that this one continues, if the file has it as a task."""
    while "." in task_id:
        task_id = task_id.rpartition(".")[0]
        if task_id in ids:
            return task_id
    return None


def _notes(below: list[str]) -> tuple[dict[str, Any], list[str]]:
    """Take notes such as ``_Requirements: 1.2, 3.1_`` out of the lines below a task."""
    notes: dict[str, Any] = {}
    description = []
    for line in below:
        if match := _NOTE.fullmatch(line.strip()):
            parts = [part.strip() for part in match.group(2).split(",")]
            notes.setdefault(match.group(1).strip().lower(), []).extend(p for p in parts if p)
        else:
            description.append(line)
    return notes, description


def _numbers(notes: dict[str, Any], *names: str) -> list[str]:
    """Take the task numbers out of the notes of these names."""
    texts = [text for name in names for text in notes.pop(name, ())]
    return [number for text in texts for number in _NUMBER.findall(text)]
