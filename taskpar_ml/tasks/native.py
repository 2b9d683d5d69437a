"""The fields of our own task files, whatever notation they stand in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from pydantic import ValidationError

from taskpar_ml.domain.groups import ExecutionGroup
from taskpar_ml.domain.task import Task
from taskpar_ml.domain.taskset import Notice
from taskpar_ml.errors import ExecutionGroupError, InvalidTaskError
from taskpar_ml.tasks.building import (
    METADATA_FIELDS,
    build_task,
    number_or_none,
    place_of,
    task_label,
    text_or_none,
)
from taskpar_ml.tasks.source import Source
from taskpar_ml.tasks.tree import Fields, plain, quoted, shown

GROUPS_KEY: Final = "execution_groups"
DIGEST_KEY: Final = "execution_groups_digest"
"""Under ``metadata.taskpar``: what the groups were when taskpar wrote them."""

BESIDE_TASKS: Final = frozenset({GROUPS_KEY, "metadata", "version", "schema_version", "$schema"})
"""Top-level keys that are no tasks, where tasks stand at the top level."""

_MORE_FIELDS: Final = frozenset({"parent", "reads", "touches", "context", "section", "complexity"})
_KNOWN_FIELDS: Final = METADATA_FIELDS | _MORE_FIELDS
_OTHER_WORDS: Final = {
    **dict.fromkeys(("dependencies", "deps", "requires", "needs", "blocked_by"), "depends_on"),
    **dict.fromkeys(("files", "changes", "writes"), "modifies"),
    **dict.fromkeys(("parallel", "parallelizable"), "parallel_safe"),
}
"""Words of other tools. To pass one over in silence would lose an order or a declared file."""

_LONGEST_NAME: Final = 40
_MOST_NAMES: Final = 200
"""Unknown fields of one task that are compared; nobody misspells more."""

_ALIKE: Final = 0.8
"""Similarity from which a field counts as misspelt: `depends` is, `state` (estimate) is not."""


def native_task(fields: Fields, *, path: str, line: int, key: str | None = None) -> Task:
    """Return the task that a mapping describes.

    Parameters
    ----------
    fields
        The mapping. ``touches`` counts as ``modifies``; a missing title is the id.
    key
        The key under which it stands, which is its id, or None in lists.

    Raises
    ------
    InvalidTaskError
        If a field breaks its rule or ``id`` contradicts the key.
    """
    task_id = fields.get("id", key)
    if key is not None and task_id is not None and task_id != key:
        raise InvalidTaskError(
            f"{place_of(path, line)}: {task_label(key)}",
            f"the task stands under {shown(key)} but says id: {quoted(task_id)}.",
            "Remove the id, or make both equal.",
        )
    known = {name: value for name, value in fields.items() if name in METADATA_FIELDS}
    known["id"] = task_id if task_id is not None else key
    if fields.get("title") is None:
        known["title"] = known["id"]
    known["modifies"] = [*listed(fields.get("modifies")), *listed(fields.get("touches"))]
    known["parent"] = fields.get("parent")
    known["reads"] = fields.get("reads")
    known["context"] = text_or_none(fields.get("context"))
    known["section"] = text_or_none(fields.get("section"))
    known["complexity"] = number_or_none(fields.get("complexity"))
    unknown = {name: value for name, value in fields.items() if name not in _MORE_FIELDS}
    return build_task(known, path=path, line=line, unknown=unknown)


def listed(value: Any) -> list[Any]:
    """Return a list as it is, nothing as an empty list, one value as a list of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def spelling_notices(fields: Fields, *, task: Task, path: str) -> list[Notice]:
    """Return a notice for every unknown field that looks like a known one."""
    unknown = (name for name in fields if name not in _KNOWN_FIELDS)
    return [
        Notice(
            f"{place_of(path, fields.line_of(name))}: {task_label(task.id)}",
            f"{shown(name)} is unknown; did you mean {meant}?",
        )
        for name in islice(unknown, _MOST_NAMES)
        if (meant := _meant(name))
    ]


@lru_cache(maxsize=4096)
def _meant(name: str) -> str | None:
    """Return the field that an unknown name resembles."""
    word = name.lower().replace("-", "_")
    if word in METADATA_FIELDS or word in _OTHER_WORDS:
        return _OTHER_WORDS.get(word, word)
    if not 2 < len(word) <= _LONGEST_NAME:
        return None
    close = get_close_matches(word, METADATA_FIELDS, n=1, cutoff=_ALIKE)
    return close[0] if close else None


def groups_written(holder: Fields, *, own: Any, source: Source) -> tuple[ExecutionGroup, ...]:
    """Return the execution groups of a mapping that a person wrote or changed.

    Parameters
    ----------
    holder
        The mapping with ``execution_groups``.
    own
        The value of ``metadata.taskpar``. Groups that match its digest are taskpar's own and
        are left out, so that a plan does not bind the next one.

    Raises
    ------
    ExecutionGroupError
        If the value is no list of groups.
    """
    groups = tuple(_groups(holder, source))
    if isinstance(own, dict) and own.get(DIGEST_KEY) == groups_digest(groups):
        return ()
    return groups


def groups_digest(groups: Sequence[ExecutionGroup]) -> str:
    """Return the SHA-256 of groups, written as canonical JSON.

    Examples
    --------
    >>> groups_digest([ExecutionGroup(sequential=("a",))])[:12]
    '00c6e2908621'
    """
    canonical = json.dumps([group.written() for group in groups], separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def own_metadata(holder: Fields) -> Any:
    """Return what stands under ``metadata.taskpar``, or None."""
    metadata = holder.get("metadata")
    return metadata.get("taskpar") if isinstance(metadata, dict) else None


def _groups(holder: Fields, source: Source) -> Iterable[ExecutionGroup]:
    place = f"{place_of(source.path, holder.line_of(GROUPS_KEY))}: {GROUPS_KEY}"
    written = holder.get(GROUPS_KEY)
    if written is not None and not isinstance(written, list):
        raise ExecutionGroupError(
            place,
            f"must be a list of groups. Got {quoted(written)}.",
            "Write '- parallel: [a, b]' or '- sequential: [a, b]' for each group.",
        )
    for number, group in enumerate(written or (), start=1):
        try:
            yield ExecutionGroup.model_validate(plain(group))
        except ValidationError as error:
            raise ExecutionGroupError(
                place,
                f"group {number}: {_group_problem(group, error)}.",
                "Write '- parallel: [a, b]' or '- sequential: [a, b]'.",
            ) from None


def _group_problem(group: Any, error: ValidationError) -> str:
    """Return what is wrong with one group, in our words where pydantic has only its own."""
    if not isinstance(group, dict):
        return f"a group must be a mapping. Got {quoted(group)}"
    if unknown := sorted(set(group) - set(ExecutionGroup.model_fields)):
        return f"{shown(unknown[0])} is unknown; a group holds 'sequential' or 'parallel'"
    detail = error.errors(include_url=False)[0]
    field = f"{detail['loc'][0]}: {quoted(detail['input'])}: " if detail["loc"] else ""
    return field + shown(detail["msg"].removeprefix("Value error, "), most=240)
