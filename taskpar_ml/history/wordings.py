"""Past tasks as they might have been written down before the work began."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from taskpar_ml.domain.landing import Landing
from taskpar_ml.domain.task import Task
from taskpar_ml.errors import SettingsError


class Wording(StrEnum):
    """How much a past task says.

    Messages are written after the work and name files and symbols more often than tasks do, so
    whatever is measured on them is measured for all three.
    """

    TITLE = "title"
    FULL = "title+body"
    WITHOUT_NAMES = "title+body without names"
    """Without paths and identifiers."""


_QUOTED_CODE: Final = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_NAME: Final = re.compile(r"[/\\_]|\w[.:]+\w|[a-z0-9][A-Z]|[A-Z]{2}[a-z]{2}|\w\(\)")
"""What no plain word holds: slashes, underscores, inner dots and capitals, calls."""
UNTITLED: Final = "untitled"
"""Title of a task that has none."""


def wording_named(name: str) -> Wording:
    """Return the wording of that name.

    Raises
    ------
    SettingsError
        If there is none.
    """
    try:
        return Wording(name)
    except ValueError:
        known = ", ".join(repr(each.value) for each in Wording)
        raise SettingsError("--text", f"{name!r} is unknown.", f"Known: {known}.") from None


def as_task(landing: Landing, wording: Wording, *, id: str) -> Task:
    """Return a past task as an open one.

    Parameters
    ----------
    landing
        The past task.
    wording
        How much of its text is told.
    id
        Id of the task that is made.
    """
    title = landing.title
    body = "" if wording == Wording.TITLE else landing.body
    if wording == Wording.WITHOUT_NAMES:
        title, body = without_names(title), without_names(body)
    return Task(id=id, title=title or UNTITLED, description=body)


def without_names(text: str) -> str:
    """Return a text without code, paths and identifiers.

    Examples
    --------
    >>> without_names("Fix `run()` in src/app.py: max_age of getUser() is ignored")
    'Fix in of is ignored'
    """
    lines = _QUOTED_CODE.sub(" ", text).splitlines()
    return "\n".join(
        " ".join(word for word in line.split() if not _NAME.search(word)) for line in lines
    ).strip()
