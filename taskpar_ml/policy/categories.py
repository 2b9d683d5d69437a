"""What kind of work a task is: the categories that rules speak of.

A category is recognised by the tracker's labels, by the words of the title, by phrases anywhere
in the text, and by the paths that the task is believed to write. Several may apply.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from taskpar_ml.domain.task import Task
from taskpar_ml.policy.signs import DEFAULT_SIGNS, Category, CategorySigns

LAYERS: Final = (Category.FRONTEND, Category.BACKEND, Category.INFRASTRUCTURE)
"""Architectural layers: two tasks that stay in different ones rarely meet."""

_NARROW: Final = frozenset({Category.DOCUMENTATION, Category.TESTS, *LAYERS})
"""Categories that say where *all* of a task lies; the others say that *some* of it lies there."""

_ABOUT: Final = frozenset({Category.DOCUMENTATION, Category.TESTS})
"""A text about documenting or testing something does not make the task a change of it."""

_OBJECT_END: Final = re.compile(
    r"\b(?:about|by|for|from|in|into|of|on|so|that|to|via|when|with)\b", re.IGNORECASE
)
"""Where a title has said what is done, and goes on to say where, what for, or with what."""
_CONJUNCTION: Final = re.compile(r"[,;&+]|\b(?:and|plus)\b", re.IGNORECASE)


def categories_of(
    task: Task,
    paths: Sequence[str],
    *,
    signs: Mapping[Category, CategorySigns] = DEFAULT_SIGNS,
    has_path: Callable[[Category, str], bool] | None = None,
) -> frozenset[Category]:
    """Return the categories of one task.

    Parameters
    ----------
    task
        Its labels and texts are read.
    paths
        Files that the task is believed to write; may be empty.
    signs
        What gives each category away.
    has_path
        Answers whether a path bears a category; given by callers that remember answers.

    Notes
    -----
    Where files are known they decide about documentation, tests and layers, and all of them must
    agree: a task titled "document the API" that also writes code is no documentation task. Where
    no file is known, a task is one of documentation or tests only if its title speaks of nothing
    else: "add a login with tests" is neither.

    Examples
    --------
    >>> sorted(categories_of(Task(id="1", title="Add a login page", labels=["frontend"]), []))
    [<Category.FRONTEND: 'frontend'>, <Category.SECURITY: 'security'>]
    """
    bears = has_path or (lambda category, path: signs[category].has_path(path))
    titled = {category for category in signs if signs[category].in_title(task.title)}
    titled = titled - _ABOUT | _all_about(task.title, signs)
    told = {
        category for category in signs if category in titled or signs[category].in_phrases(task)
    }
    labelled = {category for category in signs if signs[category].in_labels(task)}
    found = set()
    for category in _NARROW & signs.keys():
        if all(bears(category, path) for path in paths) if paths else category in told | labelled:
            found.add(category)
    if found & _ABOUT:
        told = set()
    for category in signs.keys() - _NARROW:
        if category in told | labelled or any(bears(category, path) for path in paths):
            found.add(category)
    return frozenset(found)


def _all_about(title: str, signs: Mapping[Category, CategorySigns]) -> set[Category]:
    """Return which of documentation and tests a title speaks of, if it speaks of nothing else."""
    done = _OBJECT_END.split(title, maxsplit=1)[0]
    found = [
        {category for category in _ABOUT & signs.keys() if signs[category].in_title(part)}
        for part in _CONJUNCTION.split(done)
    ]
    return set().union(*found) if all(found) else set()
