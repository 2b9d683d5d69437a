"""What kind of work a task is: the categories that rules speak of.

A category is recognised by the tracker's labels, by what the title begins with and the words it
holds, by phrases anywhere in the text, and by the paths that the task is believed to write.
Several may apply.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from taskpar_ml.domain.task import Task
from taskpar_ml.policy.automation_files import CHANGELOGS, CREDITS, is_any
from taskpar_ml.policy.shipped_signs import DEFAULT_SIGNS
from taskpar_ml.policy.signs import Category, CategorySigns, without_prefix

LAYERS: Final = (Category.FRONTEND, Category.BACKEND, Category.INFRASTRUCTURE)
"""Architectural layers: two tasks that stay in different ones rarely meet."""

_ABOUT: Final = frozenset({Category.DOCUMENTATION, Category.TESTS})
"""Categories of tasks that change nothing else. Their files make a task nothing else, and a text
about documenting or testing something does not make the task a change of it."""

_KINDS: Final = (Category.TESTS, Category.DOCUMENTATION)
"""What a file may be; a document among tests is one of them."""

_ANYHOW: Final = frozenset({Category.DEPENDENCIES, Category.REFACTORING})
"""Categories that may be said of documents and tests as well."""

_INSIDE: Final = re.compile(r"\b(?:typo|docstring|comment)s?\b", re.IGNORECASE)
"""Text for people that stands in files of code."""

_OBJECT_END: Final = re.compile(
    r"\b(?:about|by|for|from|in|into|of|on|so|that|to|via|when|with)\b", re.IGNORECASE
)
"""Where a title has said what is done, and goes on to say where, what for, or with what."""
_BEFORE_PLACE: Final = frozenset(("in", "into", "from", "to", "of", "across"))
"""What the place that a title ends with begins with: "in the docs", "to tests"."""
_LONGEST_PLACE: Final = 4
"""Words."""
_CONJUNCTION: Final = re.compile(r"[,;&+]|\b(?:and|plus)\b", re.IGNORECASE)


def categories_of(
    task: Task,
    paths: Sequence[str],
    *,
    likely: Sequence[str] = (),
    signs: Mapping[Category, CategorySigns] = DEFAULT_SIGNS,
    has_path: Callable[[Category, str], bool] | None = None,
) -> frozenset[Category]:
    """Return the categories of one task.

    Parameters
    ----------
    task
        Its labels and texts are read.
    paths
        Files that the task names, declares or was seen to write; may be empty.
    likely
        Further files that it probably writes.
    signs
        What gives each category away.
    has_path
        Answers whether a path bears a category; given by callers that remember answers.

    Notes
    -----
    A task is one of documentation or tests if it changes nothing else. Files that it names decide
    that, all of them together: a task titled "document the API" that also writes code is no
    documentation task. Without such files the title decides, if it speaks of nothing else ("add a
    login with tests" is neither); where the title is silent, the likely files do.

    Of every other category one file is enough, documents and tests left out, which may hold
    nothing but requirements. Of a task that does nothing but document or test, likely files and
    words of its title count no further; files of code that it names still say what it touches.

    Examples
    --------
    >>> sorted(categories_of(Task(id="1", title="Add a login page", labels=["frontend"]), []))
    [<Category.FRONTEND: 'frontend'>, <Category.SECURITY: 'security'>]
    """
    bears = has_path or (lambda category, path: signs[category].has_path(path))
    about = _ABOUT & signs.keys()
    labelled = {category for category in signs if signs[category].in_labels(task)}
    told = {
        category
        for category in signs.keys() - about
        if signs[category].in_prefix(task.title)
        or signs[category].in_title(task.title)
        or signs[category].in_phrases(task)
    }

    kinds = {
        path: next((each for each in _KINDS if each in about and bears(each, path)), None)
        for path in (*paths, *likely)
    }
    said = _said(task.title, signs) | labelled & about
    found = _about(task.title, said, signs, _telling(paths, kinds), _telling(likely, kinds))
    nothing_else = bool(found & said)
    if nothing_else:
        told &= _ANYHOW if Category.TESTS in found else {Category.DEPENDENCIES}
    believed = (*paths, *(() if nothing_else else likely))
    code = [path for path in believed if kinds[path] is None]
    places: dict[Category, Sequence[str]] = dict.fromkeys(signs, code)
    if Category.INFRASTRUCTURE in signs:
        places[Category.BACKEND] = [
            path for path in code if not bears(Category.INFRASTRUCTURE, path)
        ]
    if nothing_else:
        places |= dict.fromkeys(LAYERS, ())
    places[Category.DEPENDENCIES] = believed
    return frozenset(
        found
        | {
            category
            for category in signs.keys() - about
            if category in told | labelled
            or any(bears(category, path) for path in places[category])
        }
    )


def _about(
    title: str,
    said: set[Category],
    signs: Mapping[Category, CategorySigns],
    named: set[Category | None],
    likely: set[Category | None],
) -> set[Category]:
    """Return whether a task does nothing but document or test, or both.

    ``said`` is what its title and labels say, ``named`` and ``likely`` are the kinds of its files.
    """
    if any(signs[category].in_prefix(title) for category in said):
        return said
    if None in named:
        inside = said == {Category.DOCUMENTATION} and _INSIDE.search(title) is not None
        return said if inside else set()
    if named or said:
        return {each for each in named if each is not None} or said
    return {Category.DOCUMENTATION} if likely == {Category.DOCUMENTATION} else set()


def _telling(paths: Sequence[str], kinds: Mapping[str, Category | None]) -> set[Category | None]:
    """Return the kinds of files that tell what a task is: whatever it is, it has a changelog."""
    found: set[Category | None] = set()
    for path in paths:
        kind = kinds[path]
        if kind in found:
            continue
        if kind != Category.DOCUMENTATION or not is_any(path, CHANGELOGS, CREDITS):
            found.add(kind)
    return found


def _said(title: str, signs: Mapping[Category, CategorySigns]) -> set[Category]:
    """Return which of documentation and tests a title speaks of, if it speaks of nothing else."""
    about = [category for category in _ABOUT if category in signs]
    begun = {category for category in about if signs[category].in_prefix(title)}
    if begun:
        return begun

    def spoken_of(words: str) -> set[Category]:
        return {category for category in about if signs[category].in_title(words)}

    found = []
    for part in _CONJUNCTION.split(without_prefix(title)):
        found.append(spoken_of(_place(part)) or spoken_of(_OBJECT_END.split(part, maxsplit=1)[0]))
    return set().union(*found) if all(found) else set()


def _place(part: str) -> str:
    """Return the place that a part of a title ends with, the empty string if there is none."""
    words = part.split()[-_LONGEST_PLACE - 1 :]
    for index in reversed(range(len(words))):
        if words[index].lower() in _BEFORE_PLACE:
            return " ".join(words[index + 1 :])
    return ""
