"""Reads what running tasks were seen to change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from taskpar_ml.domain.footprint import ObservedWork
from taskpar_ml.domain.task import PathPattern, TaskId
from taskpar_ml.errors import InvalidTaskError
from taskpar_ml.tasks.json_text import read_json
from taskpar_ml.tasks.source import read_text
from taskpar_ml.tasks.tree import Text, plain, shown_path

_CURE: Final = 'Write {"task-1": ["src/a.py"], "task-2": {"paths": ["src/b.py"], "final": true}}.'


def _file(path: str) -> str:
    """Refuse patterns: what was seen to change are files."""
    if path.rstrip("/") in ("", ".") or set(path) & set("*?"):
        raise ValueError(f"{path!r} is no file. Name every file that has changed")
    return path


class _Work(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    paths: tuple[Annotated[PathPattern, AfterValidator(_file)], ...]
    final: bool = False

    @model_validator(mode="before")
    @classmethod
    def _of_list(cls, value: object) -> object:
        if not isinstance(value, list | dict):
            raise ValueError("what a task has changed is a list of paths, or an object with them")
        return {"paths": value} if isinstance(value, list) else value

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.final and not self.paths:
            raise ValueError("a task that is final and changed nothing collides with nobody")
        return self


_FORM: Final[TypeAdapter[dict[str, _Work]]] = TypeAdapter(dict[TaskId, _Work])


def read_observed(path: Path) -> dict[str, ObservedWork]:
    """Read a JSON object from task ids to the files that each task has changed so far.

    The value is a list of paths relative to the repository's root, or an object with ``paths``
    and ``final``, which says that the task will change no others.

    Raises
    ------
    UnreadableTaskFileError
        If the file cannot be read, or is no JSON.
    InvalidTaskError
        If it has another form, an id or a path is none, or a path leaves the repository.
    """
    place = shown_path(path)
    values = read_json(Text(str(path), read_text(path)))
    if len(values) != 1:
        raise InvalidTaskError(place, "must be one JSON object.", _CURE)
    try:
        work = _FORM.validate_python(plain(values[0]))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = next((str(part) for part in first["loc"]), "")
        rule = first["msg"].removeprefix("Value error, ").removesuffix(".")
        raise InvalidTaskError(f"{place}: {where or 'file'}", f"{rule}.", _CURE) from None
    return {task: ObservedWork(frozenset(each.paths), each.final) for task, each in work.items()}
