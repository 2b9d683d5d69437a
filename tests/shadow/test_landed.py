"""As which landing an open task landed."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from taskpar_ml.domain.position import PlacedLanding
from taskpar_ml.domain.prediction import LONGEST_TITLE, PredictedTask
from taskpar_ml.shadow.landed import landings_of, named_in
from tests.support.landings import landing

LACKS_ALL = SimpleNamespace(reader=SimpleNamespace(commit=lambda identity: None))
"""A history whose clone lacks every commit: landings say what they say themselves."""


def placed(*landings):
    return [
        PlacedLanding(number, each if not isinstance(each, str) else landing(each, number=number))
        for number, each in enumerate(landings, start=1)
    ]


def landed(task, *landings, since=0):
    """Return the title of the landing that a task landed as, None if it has not."""
    found = landings_of({task: since}, placed(*landings), LACKS_ALL)
    return found[task].title if task in found else None


def test_the_first_landing_that_names_the_task_is_the_one():
    task = PredictedTask(id="T-7", title="Round taxes")
    assert landed(task, "Fix T-71", "Fix t-7: taxes", "Again T-7") == "Fix t-7: taxes"
    body = landing("Taxes", body="Closes T-7.", number=2)
    assert landed(task, "Other work", body) == "Taxes"
    assert landed(task, "Other work") is None
    assert landings_of({}, placed("Fix T-7"), LACKS_ALL) == {}


def test_its_own_title_names_it_too_however_it_is_spaced():
    task = PredictedTask(id="T-7", title="Round  taxes\tto cents")
    assert landed(task, "Round taxes", "Round taxes to cents") == "Round taxes to cents"
    long = "word " * LONGEST_TITLE
    cut = PredictedTask(id="x9", title=" ".join(long.split())[:LONGEST_TITLE])
    assert landed(cut, long) == long


def test_what_landed_before_the_prediction_is_another_task():
    task = PredictedTask(id="T-7", title="x")
    assert landed(task, "T-7 once", "T-7 twice", since=1) == "T-7 twice"
    assert landed(task, "T-7 once", since=1) is None


def test_automation_is_no_task():
    task = PredictedTask(id="T-7", title="x")
    robot = landing("Bump for T-7", automation="dependencies", number=1)
    assert landed(task, robot) is None


@pytest.mark.parametrize(
    ("identity", "text", "is_named"),
    [
        ("T-1", "Merge branch 't-1-taxes'", True),
        ("T-1", "T-1.2 is a subtask", False),
        ("T-1", "RT-1", False),
        ("3.2", "Version 3.2.1", False),
        ("3.2", "Do 3.2: words", True),
        ("12", "Fix 12 bugs", False),
        ("12", "Task 12: fix bugs", True),
        ("fix", "Fix it", False),
        ("fix", "tasks/fix", True),
        ("a+b", "do a+b now", True),  # no pattern
        ("a.b", "do axb now", False),
    ],
)
def test_ids_are_found_as_whole_words(identity, text, is_named):
    assert bool(named_in(identity).search(text)) == is_named
