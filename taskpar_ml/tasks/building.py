"""Makes a task of fields, and one readable error of whatever does not fit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from taskpar_ml.domain.task import Task, TaskMetadata
from taskpar_ml.errors import InvalidTaskError
from taskpar_ml.tasks.tree import plain, quoted, shown, shown_path

METADATA_FIELDS: Final = frozenset(TaskMetadata.model_fields)
"""The fields that a task file of our own may give."""

_INTERNAL_FIELDS: Final = frozenset(Task.model_fields) - METADATA_FIELDS
_PLAIN_ID: Final = re.compile(r"[\w.#-]{1,128}")
_NUMBER: Final = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")

_RULES: Final = {
    "missing": ("is missing.", "Add it."),
    "string_type": ("must be a text. Got {value}.", "Write a text, in quotes where in doubt."),
    "string_too_short": ("is empty.", "Say in one line what is to be done."),
    "bool_parsing": ("must be true or false. Got {value}.", "Write true or false."),
    "bool_type": ("must be true or false. Got {value}.", "Write true or false."),
    "float_type": ("must be a number above 0. Got {value}.", "Write a number such as 2.5."),
    "float_parsing": ("must be a number above 0. Got {value}.", "Write a number such as 2.5."),
    "greater_than": ("must be a number above 0. Got {value}.", "Write a number such as 2.5."),
    "less_than_equal": ("is too large. Got {value}.", "Choose a larger unit."),
    "finite_number": ("must be a finite number. Got {value}.", "Write a number such as 2.5."),
    "tuple_type": ("must be a list. Got {value}.", "Write a list such as [one, two]."),
}


def build_task(
    fields: Mapping[str, Any],
    *,
    path: str,
    line: int,
    unknown: Mapping[str, Any] | None = None,
) -> Task:
    """Return a task, or the one error that says what is wrong with it.

    Parameters
    ----------
    fields
        Fields of :class:`~taskpar_ml.domain.task.Task`; ``None`` means that one is absent.
    path, line
        Where the task stands; line 0 where only the file is known.
    unknown
        Fields that the format does not define. They are kept as extras; those that happen to
        be task metadata (``conflict_zones`` in a foreign file) count as such.

    Raises
    ------
    InvalidTaskError
        ``file:line: task 7``, the field, the rule, the value received and the cure.
    """
    values = {
        key: plain(value)
        for key, value in (unknown or {}).items()
        if key not in _INTERNAL_FIELDS and not (value is None and key in METADATA_FIELDS)
    }
    values |= {key: plain(value) for key, value in fields.items() if value is not None}
    values["place"] = place_of(path, line)
    try:
        return Task.model_validate(values)
    except ValidationError as error:
        raise _invalid(error, values) from None


def place_of(path: str, line: int) -> str:
    """Return ``file:line``, or the file alone where no line is known."""
    return f"{shown_path(path)}:{line}" if line else shown_path(path)


def task_label(task_id: object) -> str:
    """Return how messages call a task.

    Examples
    --------
    >>> task_label("7"), task_label("a b; rm")
    ('task 7', "task 'a b; rm'")
    """
    if isinstance(task_id, str) and _PLAIN_ID.fullmatch(task_id):
        return f"task {task_id}"
    return f"task {quoted(task_id)}"


def number_or_none(value: object) -> float | None:
    """Return the number that a text is, or None for anything else."""
    return float(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else None


def text_or_none(value: object) -> str | None:
    """Return a non-empty text, or None for anything else."""
    return value if isinstance(value, str) and value.strip() else None


def joined(*texts: object) -> str:
    """Return the non-empty texts among the values, a blank line between them."""
    return "\n\n".join(text for value in texts if (text := text_or_none(value)))


def _invalid(error: ValidationError, values: Mapping[str, Any]) -> InvalidTaskError:
    details = error.errors(include_url=False)
    problem, cure = _explained(details[0])
    if len(details) > 1:
        more = len(details) - 1
        cure += f" {more} more problem{'s' if more > 1 else ''} in this task."
    place = f"{values['place']}: {task_label(values['id'])}" if "id" in values else values["place"]
    return InvalidTaskError(str(place), problem, cure)


def _explained(detail: ErrorDetails) -> tuple[str, str]:
    """Split one finding of pydantic into problem and cure, in our words."""
    field = str(detail["loc"][0]) if detail["loc"] else "task"
    value = quoted(detail["input"])
    if detail["type"] in _RULES:
        problem, cure = _RULES[detail["type"]]
        return f"{field} {problem.format(value=value)}", cure
    message = detail["msg"].removeprefix("Value error, ")
    if message.startswith("a task id is"):
        return f"{field}: {value} is no task id.", f"Rename it: {message}."
    problem, _, cure = message.partition(". ")
    return f"{field}: {shown(problem, most=200)}.", f"{cure or 'Correct the value'}."
