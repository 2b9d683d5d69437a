"""A task: a unit of work with a text, as people and their tools write it down."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

METADATA_SCHEMA_VERSION: Final = 1
"""Version of the task metadata that :func:`metadata_schema` describes."""

_ID: Final = re.compile(r"\w[\w.-]{0,127}")
_ID_RULE: Final = (
    "a task id is 1 to 128 letters, digits, '.', '_' or '-', starts with a letter, a digit or "
    "'_', holds no '..' and does not end in '.' or '.lock'"
)


def _as_text(value: object) -> object:
    """Ids may be written as numbers; booleans and floats are no ids (1.10 would become 1.1)."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _checked_id(value: str) -> str:
    """Refuse what could be read as a path, an option or a shell word further down the line."""
    if not _ID.fullmatch(value) or ".." in value or value.endswith((".", ".lock")):
        raise ValueError(_ID_RULE)
    return value


def _as_list(value: object) -> object:
    """Accept one string where a list of strings is meant, and nothing for an empty list."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str | int) and not isinstance(value, bool) else value


def _checked_pattern(value: str) -> str:
    """Refuse globs that leave the repository; how they match is decided where files are known."""
    text = value.strip().removeprefix("./")
    if not text or "\0" in text:
        raise ValueError("a path pattern is a non-empty text without NUL characters")
    if text.startswith(("/", "~")) or re.match(r"[A-Za-z]:[\\/]", text):
        raise ValueError(
            f"pattern {value!r} is absolute. Write it relative to the root of the repository"
        )
    if ".." in re.split(r"[\\/]", text):
        raise ValueError(
            f"pattern {value!r} leaves the repository. Name paths below its root, without '..'"
        )
    if text.startswith("!"):
        raise ValueError(f"pattern {value!r} negates. Name the paths that the task touches instead")
    return text


TaskId = Annotated[
    str,
    BeforeValidator(_as_text),
    AfterValidator(_checked_id),
    Field(description=f"Identifies a task in all files that are planned together: {_ID_RULE}."),
]
"""An id such as ``7``, ``23.8``, ``T012`` or ``bd-a1b2``; always text."""

PathPattern = Annotated[str, AfterValidator(_checked_pattern)]
"""A glob relative to the repository's root; a directory stands for all below it."""

TaskIds = Annotated[tuple[TaskId, ...], BeforeValidator(_as_list)]
PathPatterns = Annotated[tuple[PathPattern, ...], BeforeValidator(_as_list)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_as_list)]


class TaskStatus(StrEnum):
    """Where a task stands. Only the first three are work; the others are history or set aside."""

    TODO = "todo"
    IN_PROGRESS = "in_progress"
    BLOCKED = "blocked"
    DEFERRED = "deferred"
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def is_work(self) -> bool:
        """Whether a plan places the task."""
        return self in (TaskStatus.TODO, TaskStatus.IN_PROGRESS, TaskStatus.BLOCKED)

    @property
    def is_settled(self) -> bool:
        """Whether nobody needs to wait for the task any longer."""
        return self in (TaskStatus.DONE, TaskStatus.CANCELLED)


_STATUS_WORDS: Final = {
    TaskStatus.TODO: "todo to_do open pending new ready backlog draft hooked pinned",
    TaskStatus.IN_PROGRESS: "in_progress started doing active review in_review",
    TaskStatus.BLOCKED: "blocked waiting",
    TaskStatus.DEFERRED: "deferred icebox later",
    TaskStatus.DONE: "done closed completed complete finished merged",
    TaskStatus.CANCELLED: "cancelled canceled wontfix not_planned duplicate",
}
_STATUS_OF_WORD: Final = {
    word: status for status, words in _STATUS_WORDS.items() for word in words.split()
}


def _as_status(value: object) -> object:
    """Read the words that trackers use, whatever their case and spacing."""
    if not isinstance(value, str) or isinstance(value, TaskStatus):
        return value
    word = re.sub(r"[\s-]+", "_", value.strip().lower())
    if word not in _STATUS_OF_WORD:
        known = ", ".join(sorted(_STATUS_OF_WORD))
        raise ValueError(f"status {value!r} is unknown. Known: {known}")
    return _STATUS_OF_WORD[word]


class TaskMetadata(BaseModel):
    """What a task file can say of one task.

    Only ``id`` and ``title`` are required. Unknown fields are kept and survive a round trip.
    """

    model_config = ConfigDict(extra="allow", frozen=True, use_attribute_docstrings=True)

    id: TaskId
    title: Annotated[str, Field(min_length=1)]
    """One line that says what is to be done."""
    description: str = ""
    """The text of the task; files, endpoints, tables and ports named here count as evidence."""
    acceptance_criteria: Texts = ()
    """What must be true for the task to be done, one text each."""
    depends_on: TaskIds = ()
    """Tasks whose work must be done before this one starts."""
    depends_on_completion: TaskIds = ()
    """Tasks that must be done and merged before this one starts."""
    blocks: TaskIds = ()
    """Tasks that depend on this one: the inverse of ``depends_on``."""
    conflict_zones: PathPatterns = ()
    """Globs of the files that the task will modify and wants nobody else in."""
    modifies: PathPatterns = ()
    """Globs of the files that the task will modify."""
    parallel_safe: bool | None = None
    """``false``: runs alone. ``true``: the default never-rules do not apply; conflicts still do."""
    can_run_with: TaskIds = ()
    """Tasks beside which the risk threshold is lifted; dependencies, locks and rules stay."""
    labels: Texts = ()
    """Words of the tracker; they help to tell documentation from schema changes."""
    estimate: Annotated[float, Field(gt=0, le=1e12, allow_inf_nan=False)] | None = None
    """Expected duration, in any unit that all tasks of the plan share, up to 1e12."""
    priority: Annotated[str, BeforeValidator(_as_text)] | None = None
    """A word (``high``) or rank of the tracker (``P1``, ``0``); lets a task go earlier."""
    status: Annotated[TaskStatus, BeforeValidator(_as_status)] = TaskStatus.TODO
    """Where the task stands. Done and cancelled tasks are history, deferred ones set aside."""


class Task(TaskMetadata):
    """A task together with what its file says around it.

    ``touches`` and ``reads`` are declared paths of foreign formats (``relevantFiles``,
    ``modified_files``); ``context`` is the text of the parents of a subtask.
    """

    parent: TaskId | None = None
    """The task that this one is a part of, where the file nests tasks."""
    context: str = ""
    """Title and text of the parents, for a subtask that says little itself."""
    reads: PathPatterns = ()
    """Declared paths that the task needs but does not change."""
    marked_parallel: bool = False
    """The author marked the task as parallel (``[P]``): weak evidence."""
    section: str = ""
    """The heading or phase under which the task stands."""
    complexity: float | None = None
    """Complexity from a report beside the file, 1 to 10."""
    place: str = ""
    """File, and line where known, for messages."""

    @property
    def writes(self) -> tuple[str, ...]:
        """Every declared pattern of files to be modified, in order, without repeats."""
        return tuple(dict.fromkeys((*self.conflict_zones, *self.modifies)))

    @property
    def text(self) -> str:
        """Title, description and acceptance criteria: what the task itself says."""
        parts = (self.title, self.description, *self.acceptance_criteria)
        return "\n".join(part for part in parts if part)


def metadata_schema() -> dict[str, Any]:
    """Return the versioned JSON Schema of the task metadata.

    Returns
    -------
    dict
        A JSON Schema (draft 2020-12) of :class:`TaskMetadata`; ``$id`` carries the version.
    """
    schema = TaskMetadata.model_json_schema(mode="validation")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:taskpar:task-metadata:{METADATA_SCHEMA_VERSION}",
        **schema,
        "title": "taskpar task metadata",
        "version": METADATA_SCHEMA_VERSION,
    }
