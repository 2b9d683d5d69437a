"""Steps of a schema that a task adds to a line on which each step has its place."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from taskpar_ml.domain.code_facts import FileFacts, Migration
from taskpar_ml.history.replay.read_task import ChangedFile
from taskpar_ml.survey.migration_lines import step_of

_NUMBER: Final = re.compile(r"\d+")
_MOMENT: Final = 8
"""Digits of a number that is a date; such steps take each other's place by no chance."""


def new_steps(files: Sequence[ChangedFile]) -> Mapping[str, frozenset[str]]:
    """Return the directories of migrations that a task adds to, and what its steps are called.

    Two that start from one base take the same number there, or build upon the same step, so that
    one of them must be written anew. Left out are steps named by a moment that name no parent,
    those that only bring two ends together, and those that were moved.
    """
    known = {name for file in files for _, name, _ in _steps(file.path, file.before)}
    found: defaultdict[str, set[str]] = defaultdict(set)
    for file in files:
        for place, name, step in _steps(file.path, file.after):
            if name not in known and _has_place(name, step) and not _brings_together(step):
                found[place].add(name)
    return {place: frozenset(names) for place, names in found.items()}


def _steps(path: str, facts: FileFacts) -> Iterator[tuple[str, str, Migration]]:
    for step in facts.migrations:
        yield *step_of(path, step), step


def _has_place(name: str, step: Migration) -> bool:
    number = _NUMBER.match(name)
    return bool(step.parents) or (number is not None and len(number[0]) < _MOMENT)


def _brings_together(step: Migration) -> bool:
    """Whether a step has two parents in one application."""
    applications = Counter(parent.rpartition(".")[0] for parent in step.parents)
    return any(count > 1 for count in applications.values())
