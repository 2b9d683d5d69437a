"""What an agent is told: its task, who works beside it, and what it is to resolve or to mend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from taskpar_ml.domain.runs import Role
from taskpar_ml.domain.task import Task

_RULES: Final = (
    "Work in this directory only: it is a git worktree of your own, on a branch of its own.",
    "Commit what is to land. What you leave uncommitted is committed for you.",
    "Exit with status 0 when the task is done, and with another one when it cannot be.",
)


@dataclass(frozen=True)
class Neighbour:
    """A task that runs at the same time, and files that it will likely change."""

    id: str
    title: str
    files: Sequence[str] = ()


def prompt(
    task: Task,
    role: Role,
    why: str = "",
    *,
    neighbours: Sequence[Neighbour] = (),
    line: str = "",
) -> str:
    """Return what an agent is told, as Markdown.

    Parameters
    ----------
    why
        What it is to resolve or to mend; what went wrong the last time.
    neighbours
        Who works at the same time.
    line
        The ref that follows what lands, if it is to be taken over while the task is done.
    """
    return "\n".join((*_parts(task, role, why, neighbours, line), ""))


def _parts(
    task: Task, role: Role, why: str, neighbours: Sequence[Neighbour], line: str
) -> Iterator[str]:
    yield f"# {task.id}: {task.title}"
    if role is Role.RESOLVE:
        yield ""
        yield "Your work conflicts with what has landed meanwhile. The merge is under way in this"
        yield "directory: resolve the conflicts so that both hold, and commit."
    elif role is Role.REPAIR:
        yield ""
        yield "You have worked on this before. Something is wrong with the result: mend it."
    if why:
        yield ""
        yield why
    for heading, texts in (
        ("Description", (task.context, task.description)),
        ("Acceptance criteria", tuple(f"- {each}" for each in task.acceptance_criteria)),
    ):
        told = [text for text in texts if text]
        if told:
            yield ""
            yield f"## {heading}"
            yield ""
            yield from told
    yield ""
    yield "## Rules"
    yield ""
    yield from (f"- {rule}" for rule in _RULES)
    if line:
        yield f"- Between two steps, commit and run `git merge {line}`: others land meanwhile."
    if neighbours:
        yield ""
        yield "## Others work at the same time"
        yield ""
        yield "Leave to them what is theirs: what you change beside your task may collide."
        yield ""
        for each in neighbours:
            files = ", ".join(f"`{name}`" for name in each.files)
            yield f"- {each.id}: {each.title}" + (f" ({files})" if files else "")
