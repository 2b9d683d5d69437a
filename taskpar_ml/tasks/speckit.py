"""GitHub Spec Kit: ``specs/*/tasks.md`` with phases and items such as ``- [ ] T012 [P] [US1]``.

Source of the format: the tasks template of github/spec-kit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from taskpar_ml.domain.task import Task, TaskStatus
from taskpar_ml.domain.taskset import Barrier, Notice, TaskDocument
from taskpar_ml.tasks.building import build_task, place_of, task_label
from taskpar_ml.tasks.markdown import (
    Checkbox,
    checkbox,
    heading,
    meaningful_lines,
    without_bullet,
)
from taskpar_ml.tasks.source import Source, Syntax

_ID: Final = r"T(?:[0-9]{1,6}[a-z]?|XXX)"
_ITEM: Final = re.compile(rf"\**({_ID})\b\**:?[ \t]+(\S.*)")
_PLACEHOLDER: Final = "TXXX"
_PHASE: Final = re.compile(r"phase[ \t]+[\w.]+", re.IGNORECASE)
_TAG: Final = re.compile(r"\[([^\[\]]{1,200})\][ \t]*")
_LABEL: Final = re.compile(r"(?:US|Story)[- ]?[0-9]*", re.IGNORECASE)
_DEPENDS: Final = re.compile(
    r"(?:\((?:depends|blocked|waits)[ \t]+(?:on|by|for)[ \t:]+([^()]{0,20000})\)"
    r"|\[dep(?:end)?s?(?:[ \t]+on)?:([^\[\]]{0,20000})\])",
    re.IGNORECASE,
)
_REFERENCE: Final = re.compile(
    rf"({_ID})\b(?:[ \t]*(?:-|\u2013|\u2014|to|through)[ \t]*({_ID})\b)?"
)
_LONGEST_RANGE: Final = 1000


@dataclass(slots=True)
class _Item:
    """One task as it stands, with the lines below it."""

    line: int
    box: Checkbox
    task_id: str
    title: str
    section: str
    phase: int
    below: list[str] = field(default_factory=list)


class SpecKit:
    """Reads the tasks of a feature; each phase waits for the phase before it."""

    name: Final = "Spec Kit"
    holds_groups: Final = False

    def recognises(self, source: Source) -> bool:
        """Whether there is a checkbox followed by an id such as ``T012``."""
        return source.syntax is Syntax.MARKDOWN and next(_items(source), None) is not None

    def read(self, source: Source, *, tag: str | None = None) -> TaskDocument:
        """Return the tasks, their phases as barriers.

        ``TXXX``, the placeholder of the template, is numbered where it occurs.

        Raises
        ------
        InvalidTaskError
            If a task breaks a rule.
        """
        items = list(_items(source))
        notices: list[Notice] = []
        _number_placeholders(items, source, notices)
        tasks = tuple(_task(item, source, notices) for item in items)
        return TaskDocument(
            path=source.path,
            format=self.name,
            tasks=tasks,
            barriers=_barriers(items),
            notices=tuple(notices),
        )


def _items(source: Source) -> Iterator[_Item]:
    """Yield the tasks of the file, once all lines below each are known."""
    section, phase, phase_level = "", 0, 0
    phases = 0
    current: _Item | None = None
    for line in meaningful_lines(source.content):
        if title := heading(line):
            if current is not None:
                yield current
                current = None
            if _PHASE.match(title.text):
                phases += 1
                section, phase, phase_level = title.text, phases, title.level
            elif title.level <= phase_level or not phase:
                section, phase, phase_level = title.text, 0, 0
            continue
        box = checkbox(line)
        match = _ITEM.fullmatch(box.text) if box else None
        if box and match:
            if current is not None:
                yield current
            current = _Item(line.number, box, match.group(1), match.group(2), section, phase)
        elif current is not None and line.text.strip():
            if line.indent == 0:
                yield current
                current = None
            else:
                current.below.append(without_bullet(line.text))
    if current is not None:
        yield current


def _number_placeholders(items: Sequence[_Item], source: Source, notices: list[Notice]) -> None:
    placeholders = [item for item in items if item.task_id == _PLACEHOLDER]
    for number, item in enumerate(placeholders, start=1):
        item.task_id = f"{_PLACEHOLDER}-{number}"
    if placeholders:
        notices.append(
            Notice(
                place_of(source.path, placeholders[0].line),
                f"{len(placeholders)} tasks carry the placeholder {_PLACEHOLDER}; they are called "
                f"{_PLACEHOLDER}-1 to {_PLACEHOLDER}-{len(placeholders)}. Give them ids.",
            )
        )


def _task(item: _Item, source: Source, notices: list[Notice]) -> Task:
    depends_on: dict[str, None] = {}
    for match in _DEPENDS.finditer(item.title):
        clause = match.group(1) or match.group(2) or ""
        named = dict.fromkeys(_references(clause))
        depends_on |= named
        if not named:
            notices.append(
                Notice(
                    f"{place_of(source.path, item.line)}: {task_label(item.task_id)}",
                    f"{match.group().strip()!r} names no task id and is passed over.",
                )
            )
    title = _DEPENDS.sub("", item.title).strip()
    parallel, labels, start = False, [], 0
    while tagged := _TAG.match(title, start):
        word = tagged.group(1).strip()
        if word == "P":
            parallel = True
        elif _LABEL.fullmatch(word):
            labels.append(word)
        else:
            break
        start = tagged.end()
    return build_task(
        {
            "id": item.task_id,
            "title": title[start:] or item.title,
            "description": "\n".join(item.below),
            "depends_on": list(depends_on),
            "labels": labels,
            "status": item.box.status,
            "marked_parallel": parallel,
            "section": item.section,
        },
        path=source.path,
        line=item.line,
    )


def _references(clause: str) -> Iterator[str]:
    """Yield the ids of a clause; ``T004-T006`` names three."""
    for first, last in _REFERENCE.findall(clause):
        begin, end = first[1:], last[1:]
        if begin.isdigit() and end.isdigit() and 0 <= int(end) - int(begin) <= _LONGEST_RANGE:
            yield from (f"T{n:0{len(begin)}d}" for n in range(int(begin), int(end) + 1))
        else:
            yield first
            if last:
                yield last


def _barriers(items: Sequence[_Item]) -> tuple[Barrier, ...]:
    """Order the phases: each waits for the nearest phase before it that is not all done."""
    phases: dict[int, list[_Item]] = {}
    for item in items:
        if item.phase:
            phases.setdefault(item.phase, []).append(item)
    barriers = []
    before: list[_Item] = []
    for number in sorted(phases):
        after = phases[number]
        if before:
            barriers.append(
                Barrier(
                    before=tuple(item.task_id for item in before),
                    after=tuple(item.task_id for item in after),
                    why=f"{after[0].section!r} follows {before[0].section!r}",
                )
            )
        if _has_open(after) or not before or not _has_open(before):
            before = after
    return tuple(barriers)


def _has_open(phase: Sequence[_Item]) -> bool:
    return any(item.box.status is not TaskStatus.DONE for item in phase)
