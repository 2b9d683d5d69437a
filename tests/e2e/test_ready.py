"""The ready command: what may start beside what runs, and what keeps the rest waiting."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Ran
from tests.support.histories import History

BACKLOG = """\
tasks:
  - id: tax
    title: Round the taxes of an invoice to whole cents
  - id: rates
    title: Show the tax rate of every country on the invoice
  - id: login
    title: Lock accounts after five failed logins
  - id: remind
    title: Mail accounts that were locked
    depends_on: [login]
    modifies: [src/mail/reminder.py]
  - id: guide
    title: Say how to pay
    modifies: [docs/guide.md]
  - id: old
    title: Open the shop
    status: done
"""


@pytest.fixture
def backlog(tmp_path: Path) -> Path:
    place = tmp_path / "tasks.yaml"
    place.write_text(BACKLOG, encoding="utf-8")
    return place


@pytest.fixture
def ask(taskpar: Callable[..., Ran], grown: History, backlog: Path) -> Callable[..., Ran]:
    """Ask what may start."""

    def run(*options: object) -> Ran:
        return taskpar("ready", backlog, "--repo", grown.place, *options)

    return run


@pytest.fixture
def told(ask: Callable[..., Ran]) -> Callable[..., dict[str, Any]]:
    """Return what is printed as JSON; the exit status must agree with it."""

    def run(*options: object) -> dict[str, Any]:
        ran = ask("--json", *options)
        answer = json.loads(ran.out)
        assert answer["schema_version"] == 1
        data = answer["data"]
        assert ran.status == (2 if data["waiting"] and not data["ready"] else 0)
        return data

    return run


def started(answer: dict[str, Any]) -> set[str]:
    return {task["id"] for task in answer["ready"]}


def why(answer: dict[str, Any]) -> dict[str, str]:
    return {task["id"]: task["why"] for task in answer["waiting"]}


def test_with_nothing_running_as_many_start_as_the_first_wave_holds(told, taskpar, backlog, grown):
    answer = told()
    ran = taskpar("plan", backlog, "--repo", grown.place, "--json")
    assert len(started(answer)) == len(json.loads(ran.out)["data"]["waves"][0])
    # tax is in the way of most; a wave may as well begin with one that is in its way.
    assert started(answer) == {"tax", "login", "guide"}
    assert answer["running"] == []


def test_the_answer_says_what_it_was_decided_by(told, grown):
    answer = told("--workers", "7", "--threshold", "0.3")
    assert set(answer) == {
        "running",
        "ready",
        "waiting",
        "workers",
        "model",
        "threshold",
        "repository",
        "commit",
        "bank",
        "notices",
    }
    assert (answer["workers"], answer["threshold"]) == (7, 0.3)
    assert (answer["commit"], answer["repository"]) == (grown.head, str(grown.place))
    assert answer["model"] == "general-3"
    assert {"id": "guide", "title": "Say how to pay", "attempt": None} in answer["ready"]


def test_a_task_waits_for_a_running_one_that_it_depends_on(told):
    answer = told("--running", "login")
    assert answer["running"] == ["login"]
    assert why(answer)["remind"] == "after login (depends_on)"
    assert "login" not in started(answer) | why(answer).keys()


def test_a_task_stays_apart_from_a_running_one_that_it_is_likely_to_meet(told):
    answer = told("--running", "tax")
    assert why(answer)["rates"].startswith("apart from tax [likely meeting]: both are likely")
    assert "src/billing/" in why(answer)["rates"]
    assert started(answer) == {"login", "guide"}


def test_running_tasks_take_a_worker_each(told):
    answer = told("--running", "login", "--workers", "2")
    assert len(started(answer)) == 1
    assert "all 2 workers are busy" in why(answer).values()


def test_where_nobody_is_free_nothing_may_start(told, ask):
    options = ["--running", "login,guide", "--workers", "2"]
    answer = told(*options)
    assert started(answer) == set()
    assert why(answer) == {
        "tax": "all 2 workers are busy",
        "rates": "all 2 workers are busy",
        "remind": "after login (depends_on)",
    }
    ran = ask(*options)
    assert ran.status == 2
    assert "Running: login, guide. Workers: 2." in ran.out
    assert "No task may start now." in ran.out


def test_where_all_run_or_nothing_is_left_the_status_is_0(told, ask):
    everything = "tax,rates,login,remind,guide"
    answer = told("--running", everything, "--workers", "9")
    assert (answer["ready"], answer["waiting"]) == ([], [])
    ran = ask("--running", everything)
    assert ran.status == 0
    assert "No task is left to start." in ran.out


def test_ids_are_separated_by_commas_or_the_option_is_repeated(told):
    one = told("--running", "login,guide")
    assert one["running"] == ["login", "guide"]
    assert told("--running", "login", "--running", " guide ,login") == one


def test_tasks_that_their_file_calls_in_progress_run(told, backlog):
    by_option = told("--running", "tax")
    text = BACKLOG.replace("id: tax\n", "id: tax\n    status: in_progress\n")
    backlog.write_text(text, encoding="utf-8")
    assert told() == by_option
    assert told("--running", "login")["running"] == ["login"]  # what is named is all that runs
    assert "tax" in {
        task["id"] for key in ("ready", "waiting") for task in told("--running", "login")[key]
    }


def test_of_what_may_start_no_two_keep_each_other_apart(told, taskpar, backlog, grown):
    ready = sorted(started(told("--running", "login")))
    for first in ready:
        for second in (*ready, "login"):
            if first < second:
                ran = taskpar("explain", first, second, backlog, "--repo", grown.place, "--json")
                assert json.loads(ran.out)["data"]["decision"]["together"], (first, second)


def test_a_task_waits_when_a_running_one_was_seen_in_its_file(told, tmp_path):
    assert "guide" in started(told("--running", "login"))
    seen = tmp_path / "seen.json"
    seen.write_text('{"login": ["docs/guide.md"]}')
    answer = told("--running", "login", "--observed", seen)
    assert "guide" not in started(answer)
    assert why(answer)["guide"].startswith("apart from login [")
    assert "declared paths overlap" in why(answer)["guide"]


def test_a_task_may_start_when_a_running_one_turned_out_to_touch_something_else(told, tmp_path):
    assert "rates" not in started(told("--running", "tax"))
    seen = tmp_path / "seen.json"
    seen.write_text('{"tax": {"paths": ["src/export/writer.py"], "final": true}}')
    assert "rates" in started(told("--running", "tax", "--observed", seen))


def test_estimators_bound_what_may_start(told):
    assert len(started(told("--estimator", "always"))) == 1
    assert started(told("--estimator", "never", "--workers", "9")) >= {"login", "guide"}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--running", "tax,nobody"], "nobody: there is no such task. Open tasks: "),
        (["--running", "old"], "old: the task is done."),
        (["--workers", "0"], "--workers"),
        (["--threshold", "-1"], "threshold"),
        (["--observed", "{seen}"], "nobody: there is no such task"),
        (["--observed", "{seen}-away"], "seen.json-away"),
    ],
)
def test_what_makes_no_sense_is_an_error_and_no_blockage(ask, tmp_path, options, expected):
    seen = tmp_path / "seen.json"
    seen.write_text('{"nobody": ["a"]}')
    ran = ask(*(option.format(seen=seen) for option in options))
    assert (ran.status, ran.out) == (1, "")
    assert expected in ran.err


def test_a_task_behind_a_deferred_one_says_so(told, backlog):
    text = BACKLOG.replace("id: login\n", "id: login\n    status: deferred\n")
    backlog.write_text(text, encoding="utf-8")
    answer = told()
    assert "login" in why(answer)["remind"]
    assert "remind" not in started(answer)
    assert told("--running", "remind")["running"] == ["remind"]


def test_no_tasks_are_no_blockage(told, backlog):
    backlog.write_text("tasks:\n  - {id: a, title: A, status: done}\n", encoding="utf-8")
    answer = told()
    assert (answer["ready"], answer["waiting"], answer["running"]) == ([], [], [])


def test_how_long_tasks_have_run_is_read(told, ask):
    answer = told("--running", "login=0.5, tax = 2")
    assert sorted(answer["running"]) == ["login", "tax"]
    for wrong in ("login=soon", "login=-1", "login=nan", "login=inf"):
        ran = ask("--running", wrong)
        assert ran.status == 1
        assert f"error: --running: '{wrong}' says no time that a task may have run." in ran.err
