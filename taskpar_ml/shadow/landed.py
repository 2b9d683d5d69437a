"""As which landing an open task landed: the first one that names it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import pygit2

from taskpar_ml.domain.landing import Landing
from taskpar_ml.domain.position import PlacedLanding
from taskpar_ml.domain.prediction import LONGEST_TITLE, PredictedTask
from taskpar_ml.history.view import HistoryView
from taskpar_ml.repo.messages import message_of

_MESSAGE: Final = 4_000
"""Characters of a commit's own message that are looked at."""


def named_in(identity: str) -> re.Pattern[str]:
    """Return what finds the id of a task as a whole word.

    An id that is a plain word or a plain number stands in many texts by chance. It counts only
    where "task" stands before it.

    Examples
    --------
    >>> [bool(named_in("T-1").search(text)) for text in ("t-1: x", "x/T-1-tax", "T-12", "T-1.2")]
    [True, True, False, False]
    >>> [bool(named_in("7").search(text)) for text in ("task 7", "Task #7:", "7 days", "(#7)")]
    [True, True, False, False]
    """
    word = re.escape(identity)
    before = r"\btasks?[\s_:/#-]{1,3}" if identity.isalpha() or identity.isdigit() else r"(?<!\w)"
    return re.compile(rf"{before}{word}(?!\w)(?![.-]\d)", re.IGNORECASE)


def landings_of(
    tasks: Mapping[PredictedTask, int],
    placed: Sequence[PlacedLanding],
    view: HistoryView,
) -> dict[PredictedTask, Landing]:
    """Return the landing of every task that has landed.

    It is the first one behind the place where the task was predicted that names its id as a whole
    word, in its title, its body or its own message (where a merge names its branch), or that has
    exactly its title.

    Parameters
    ----------
    tasks
        Each with the number of the commit at which it was predicted.
    placed
        Landings, oldest first.
    view
        The history they are from.
    """
    found: dict[PredictedTask, Landing] = {}
    if not tasks:
        return found
    names = {task: named_in(task.id) for task in tasks}
    first = min(tasks.values())
    for each in placed:
        if each.number <= first or not each.landing.is_task:
            continue
        said = _words(each.landing, view)
        title = _title(each.landing.title)
        for task, number in tasks.items():
            if (
                task not in found
                and each.number > number
                and (_title(task.title) == title or names[task].search(said))
            ):
                found[task] = each.landing
    return found


def _title(title: str) -> str:
    return " ".join(title.split())[:LONGEST_TITLE].rstrip()


def _words(landing: Landing, view: HistoryView) -> str:
    """Return all that a landing says; a message that the clone lacks says nothing."""
    words = [landing.title, landing.body]
    for identity in landing.commits:
        commit = view.reader.commit(pygit2.Oid(hex=identity))
        if commit is not None:
            words.append(message_of(commit)[:_MESSAGE])
    return "\n".join(words)
