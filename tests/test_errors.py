"""The error tree as drawn is the error tree as it is."""

from __future__ import annotations

import inspect
import re

import pytest

from taskpar_ml import errors

CLASSES = [
    each
    for each in vars(errors).values()
    if inspect.isclass(each) and each.__module__ == errors.__name__
]


def drawn():
    """Return every class of the drawing with the one above it."""
    parents, above = {}, {}
    for line in errors.__doc__.splitlines():
        found = re.match(r"    (?P<lines>[│├└─ ]*)(?P<name>\w+Error)\b", line)
        if found:
            depth = len(found["lines"]) // 4
            parents[found["name"]] = above.get(depth - 1)
            above[depth] = found["name"]
    return parents


def test_the_drawing_shows_every_class_below_its_parent():
    expected = {each.__name__: each.__base__.__name__ for each in CLASSES}
    expected["TaskparError"] = None
    assert drawn() == expected


@pytest.mark.parametrize("error", CLASSES, ids=lambda each: each.__name__)
def test_an_error_has_a_place_a_problem_and_a_cure(error):
    raised = error("tasks.json:3", "id is missing.", "Write one.")
    assert (raised.place, raised.problem, raised.cure) == raised.args
    assert str(raised) == "tasks.json:3: id is missing. Write one."
    assert isinstance(raised, errors.TaskparError)
