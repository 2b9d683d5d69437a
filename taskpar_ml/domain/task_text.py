"""Texts of past tasks from elsewhere than git."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TaskText:
    """What somebody wrote down of a task before its work began.

    Attributes
    ----------
    task
        Id of the landing that the work became.
    title
        One line; may be empty.
    body
        The rest.
    written_at
        When this wording was written, seconds since 1970. A later wording is a text of its own.
    source
        Where it is from, so that two texts of one task can be told apart: the address of an entry
        in a tracker, for example.
    """

    task: str
    title: str
    body: str
    written_at: int
    source: str
