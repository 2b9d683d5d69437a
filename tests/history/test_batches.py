"""Histories in batches, and the words of past tasks."""

from __future__ import annotations

import pytest

from taskpar_ml.history.batches import task_batches
from taskpar_ml.history.wordings import Wording, as_task, without_names
from tests.support.landings import landing


def history(count, *, automation=()):
    return [
        landing(f"task {n}", "a", number=n + 1, automation="bot" if n in automation else None)
        for n in range(count)
    ]


def titles(batches):
    return [[each.title for each in batch.tasks] for batch in batches]


def test_batches_are_whole_and_follow_the_memory():
    batches = task_batches(history(9), size=2, memory_only=3)
    assert titles(batches) == [["task 3", "task 4"], ["task 5", "task 6"], ["task 7", "task 8"]]
    assert [each.title for each in batches[0].before] == ["task 0", "task 1", "task 2"]
    assert batches[1].base == batches[1].tasks[0].base == f"{5:040x}"


def test_automation_is_no_task_but_part_of_the_past():
    batches = task_batches(history(6, automation={1, 3}), size=2, memory_only=1)
    assert titles(batches) == [["task 2", "task 4"]]
    assert [each.title for each in batches[0].before] == ["task 0", "task 1"]


def test_only_the_newest_tasks_may_be_asked_for():
    assert titles(task_batches(history(9), most_tasks=4, size=2, memory_only=2)) == [
        ["task 7", "task 8"]
    ]
    assert task_batches(history(3), size=2, memory_only=2) == []


def test_everything_before_a_batch_landed_before_its_first_task():
    landings = history(50, automation={7, 21})
    for batch in task_batches(landings, size=5, memory_only=10):
        first = landings.index(batch.tasks[0])
        assert list(batch.before) == landings[:first]


def test_three_wordings_tell_more_or_less():
    past = landing("Fix `run()` in src/app.py", "a", body="The max_age\nof cookies is ignored.")
    assert as_task(past, Wording.TITLE, id="t").description == ""
    assert as_task(past, Wording.FULL, id="t").text == (
        "Fix `run()` in src/app.py\nThe max_age\nof cookies is ignored."
    )
    assert as_task(past, Wording.WITHOUT_NAMES, id="t").text == (
        "Fix in\nThe\nof cookies is ignored."
    )
    assert as_task(landing("", "a"), Wording.TITLE, id="t").title == "untitled"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Add foo_bar to a/b", "Add to"),
        ("Use getUser, HTTPServer and MAX", "Use and MAX"),
        ("See flask.Flask.run or x::y.", "See or"),
        ("It works. Really: yes, 3.5 % (or so)!", "It works. Really: yes, % (or so)!"),
        ("```\ncode here\n```\nafter", "after"),
        ("``` never closed", ""),
        ("Héllo wörld", "Héllo wörld"),
    ],
)
def test_names_are_taken_out(text, expected):
    assert without_names(text) == expected
