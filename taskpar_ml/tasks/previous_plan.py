"""Reads which task ran in which wave of an earlier plan."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from taskpar_ml.domain.task import TaskId
from taskpar_ml.errors import InvalidTaskError
from taskpar_ml.tasks.json_text import read_json
from taskpar_ml.tasks.source import read_text
from taskpar_ml.tasks.tree import Text, plain, shown_path

_CURE: Final = "Name a file that `taskpar plan --json` has printed."


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Task(_Part):
    id: TaskId
    wave: Annotated[int, Field(ge=0, le=1_000_000)]


class _Plan(_Part):
    tasks: tuple[_Task, ...]


class _Answer(_Part):
    data: _Plan


def read_waves(path: Path) -> dict[str, int]:
    """Read the number of each task's wave from what ``plan --json`` printed.

    Raises
    ------
    UnreadableTaskFileError
        If the file cannot be read, or is no JSON.
    InvalidTaskError
        If it is no plan, or a task stands in it twice.
    """
    place = shown_path(path)
    values = read_json(Text(str(path), read_text(path)))
    if len(values) != 1:
        raise InvalidTaskError(place, "must be one JSON object.", _CURE)
    try:
        answer = _Answer.model_validate(plain(values[0]))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "file"
        raise InvalidTaskError(f"{place}: {where}", f"{first['msg']}.", _CURE) from None
    waves: dict[str, int] = {}
    for task in answer.data.tasks:
        if task.id in waves:
            raise InvalidTaskError(f"{place}: {task.id}", "stands in the plan twice.", _CURE)
        waves[task.id] = task.wave
    return waves
