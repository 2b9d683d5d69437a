"""A bank from the command line: start, record, look at it, and who shares it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Ran
from tests.support.histories import History

BACKLOG = """\
tasks:
  - id: tax
    title: Round the taxes of an invoice
    modifies: [src/billing/tax.py]
  - id: login
    title: Lock accounts after five failed logins
    modifies: [src/auth/login.py]
  - id: mail
    title: Mail accounts that were locked
    modifies: [src/mail/reminder.py]
  - id: guide
    title: Say how to pay
    modifies: [docs/guide.md]
"""


@pytest.fixture
def run(taskpar: Callable[..., Ran], grown: History, tmp_path: Path) -> Callable[..., Ran]:
    """Run a command on the repository with a store of its own."""
    store = tmp_path / "bank.sqlite"

    def run(command: str, *arguments: object) -> Ran:
        return taskpar(command, *arguments, "--repo", grown.place, "--store", store)

    return run


@pytest.fixture
def ready(run: Callable[..., Ran], tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Ask which tasks may start."""
    backlog = tmp_path / "tasks.yaml"
    backlog.write_text(BACKLOG, encoding="utf-8")

    def ask(*options: object) -> dict[str, Any]:
        ran = run("ready", backlog, "--json", *options)
        assert ran.status in (0, 2), ran.err
        answer = json.loads(ran.out)["data"]
        assert (ran.status == 2) == (bool(answer["waiting"]) and not answer["ready"])
        return answer

    return ask


@pytest.fixture
def budget(run: Callable[..., Ran]) -> Callable[..., dict[str, Any]]:
    """Look at the bank."""

    def look(*options: object) -> dict[str, Any]:
        ran = run("budget", "--json", *options)
        assert ran.status == 0, ran.err
        return json.loads(ran.out)["data"]

    return look


@pytest.fixture
def record(run: Callable[..., Ran], tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Record what became of tasks."""

    def tell(*outcomes: dict[str, Any]) -> dict[str, Any]:
        usual = {
            "base": "0" * 40,
            "started_at": "2026-01-01T10:00:00Z",
            "ended_at": "2026-01-01T11:00:00Z",
            "ending": "merged",
            "reported_by": "test",
        }
        place = tmp_path / "outcomes.jsonl"
        place.write_text("".join(f"{json.dumps({**usual, **each})}\n" for each in outcomes))
        ran = run("record", place, "--json")
        assert ran.status == 0, ran.err
        return json.loads(ran.out)["data"]

    return tell


def ids(tasks: list[dict[str, Any]]) -> list[str]:
    return [task["id"] for task in tasks]


def test_without_a_bank_nobody_is_held_back(run, ready):
    run("budget", "--b0", "2", "--bank", "other")
    answer = ready()
    assert answer["bank"] is None
    assert len(answer["ready"]) > 2
    assert {task["attempt"] for task in answer["ready"]} == {None}


def test_what_starts_is_reserved_for_and_in_flight_for_all_who_ask(ready, budget):
    started = ready("--start")
    assert len(started["ready"]) == 2
    assert {task["attempt"] for task in started["ready"]} == {1}
    assert (started["bank"]["in_flight"], started["bank"]["room"]) == (2, 0)
    assert {"the bank has no room for more than the 2 in flight"} <= {
        task["why"] for task in started["waiting"]
    }
    again = ready()
    assert sorted(again["running"]) == sorted(ids(started["ready"]))
    assert (again["ready"], again["bank"]) == ([], started["bank"])
    assert ready("--start")["ready"] == []
    assert sorted(each["task"] for each in budget()["in_flight"]) == sorted(again["running"])


def test_what_is_recorded_ends_attempts_and_widens_the_bank(ready, record, budget):
    budget("--b0", "2", "--alpha", "0.5")
    first = ids(ready("--start")["ready"])
    told = record({"task": first[0]}, {"task": "elsewhere"})
    assert (told["read"], told["new"], told["ended"]) == (2, 2, 1)
    assert record({"task": first[0]})["ended"] == 0
    record({"task": first[1], "ending": "redone", "hit": True, "because_of": [first[0]]})
    found = budget()
    bank = found["bank"]
    assert (bank["hits"], bank["landed"], bank["in_flight"], bank["width"]) == (1, 1, 0, 1)
    assert found["allowed"] == 2.5
    assert found["landings_to_wider"] == 1
    assert [(each["landed"], each["hits"]) for each in found["grown"]][-2:] == [(1, 0), (1, 1)]
    again = {task["id"]: task["attempt"] for task in ready("--start")["ready"]}
    assert again == dict.fromkeys(again, 1) | ({first[1]: 2} if first[1] in again else {})


def test_two_who_start_at_once_start_no_more_than_there_is_room_for(ready, budget):
    budget("--b0", "1")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: ready("--start"), range(4)))
    started = [task for answer in answers for task in ids(answer["ready"])]
    assert len(started) == 1
    assert budget()["bank"]["in_flight"] == 1


def test_what_runs_and_stands_in_no_file_keeps_everything_waiting(ready, tmp_path, run):
    started = ids(ready("--start")["ready"])
    other = tmp_path / "other.yaml"
    other.write_text("tasks:\n  - {id: new, title: Draw a logo, modifies: [logo.svg]}\n")
    run("budget", "--b0", "9")
    ran = run("ready", other, "--json")
    answer = json.loads(ran.out)["data"]
    assert ran.status == 2
    assert sorted(answer["running"]) == sorted(started)
    assert "in no file read here: record what became of it" in answer["waiting"][0]["why"]


def test_the_threshold_of_the_settings_is_the_highest_that_growth_may_reach(ready, budget):
    budget("--b0", "2")
    assert ready()["threshold"] == 0.05
    assert ready("--threshold", "0.01")["threshold"] == 0.01
    assert ready("--threshold", "0.9")["threshold"] == 0.05


def test_a_person_reads_what_the_bank_holds_and_what_comes_next(run, ready):
    ready("--start")
    said = " ".join(run("budget").out.split())
    assert "at most 2 hits, and 0.1 for each task that has landed" in said
    assert "Width 2: 2 in flight, room for 0 more" in said
    assert "Next: 10 more tasks need to land without a hit until a third may run at once" in said
    assert "34 more outcomes without a hit open the level afforded" in said
    assert "documentation-and-tests" in said
    run("budget", "--alpha", "0", "--bank", "still")
    assert "nothing that lands earns width" in run("budget", "--bank", "still").out


def test_a_report_that_names_no_attempt_means_the_one_in_flight(run, ready, record, tmp_path):
    def started():
        return {each["id"]: each["attempt"] for each in ready("--start")["ready"]}

    task = next(iter(started()))
    record({"task": task, "ending": "failed"})
    assert started()[task] == 2
    place = tmp_path / "outcomes.jsonl"
    again = run("record", place)
    assert again.out == "1 outcome read; 0 new attempts; 0 attempts of bank main ended.\n"
    assert record({"task": task, "base": "1" * 40, "ending": "failed"})["ended"] == 1
    assert started()[task] == 3
    assert record({"task": task, "attempt": 1, "ending": "failed"})["ended"] == 0
    place.write_text(place.read_text().replace('"attempt": 1', '"attempt": 9'))
    ran = run("record", place)
    assert f"Attempt 9 at {task} never started in a bank; attempt 3 is in flight there" in " ".join(
        ran.err.split()
    )


def test_what_was_recorded_before_there_was_a_bank_ends_no_attempt(run, ready, record, tmp_path):
    record({"task": "login", "ending": "failed"})
    attempts = {each["id"]: each["attempt"] for each in ready("--start")["ready"]}
    assert attempts["login"] == 2
    ran = run("record", tmp_path / "outcomes.jsonl")
    assert ran.out == "1 outcome read; 0 new attempts; 0 attempts of bank main ended.\n"
    assert "login" in ready()["running"]


def test_a_correction_takes_a_landing_back(ready, record, budget):
    budget("--b0", "1", "--alpha", "1")
    (task,) = ids(ready("--start")["ready"])
    record({"task": task})
    assert task not in ids(ready()["ready"])
    record({"task": task, "ending": "reverted", "correction": 1})
    assert task in ids(ready()["ready"])
    assert budget()["bank"]["width"] == 1
    record({"task": task, "ending": "merged", "correction": 2})
    assert task not in ids(ready()["ready"])


def test_beside_what_the_bank_does_not_know_nobody_starts_on_nothing(ready, budget):
    budget("--b0", "0", "--alpha", "0")
    told = ready("--start", "--running", "tax,mail")
    assert told["ready"] == []
    assert len(ready("--start")["ready"]) == 1


def test_a_file_that_calls_landed_work_in_progress_is_not_believed(ready, record, tmp_path):
    task = ids(ready("--start")["ready"])[0]
    record({"task": task})
    backlog = (tmp_path / "tasks.yaml").read_text()
    started = backlog.replace(f"id: {task}\n", f"id: {task}\n    status: in_progress\n")
    for options in ([], ["--running", task], ["--start"]):
        (tmp_path / "tasks.yaml").write_text(started)
        told = ready(*options)
        assert task not in [*told["running"], *ids(told["ready"]), *ids(told["waiting"])]


def test_a_clone_of_another_name_gets_no_second_bank_in_silence(
    run, ready, taskpar, tmp_path, grown
):
    ready("--start")
    clone = tmp_path / "elsewhere"
    where = ("--repo", shutil.copytree(grown.place, clone), "--store", tmp_path / "bank.sqlite")
    for options in ([], ["--start"]):
        ran = taskpar("ready", tmp_path / "tasks.yaml", *where, *options)
        assert (ran.status, ran.out) == (1, "")
        assert "Say with --name which repository this is" in ran.err
    outcomes = tmp_path / "outcomes.jsonl"
    outcomes.write_text("")
    ran = taskpar("record", outcomes, *where)
    assert (ran.status, ran.out) == (1, "")
    assert "Say with --name which repository this is" in ran.err
    ran = taskpar("ready", tmp_path / "tasks.yaml", *where, "--start")
    assert ran.status == 1, "nothing was made"
    ran = taskpar("ready", tmp_path / "tasks.yaml", *where, "--name", "shop")
    assert ran.status == 2


def test_a_command_that_fails_promises_nothing(run, budget):
    budget("--b0", "3")
    assert run("budget", "--b0", "40", "--learn", "50").status == 1
    assert budget()["bank"]["b0"] == 3
    assert run("budget", "--learn", "50", "--bank", "new").status == 1
    told = run("budget", "--bank", "new").err
    assert "bank new: there is none. Known: main. `taskpar budget --bank new --b0 2" in told


@pytest.mark.parametrize("there", [True, False])
def test_a_bank_that_is_mistyped_is_no_other_promise(run, ready, tmp_path, there):
    if there:
        ready("--start")
    backlog = tmp_path / "tasks.yaml"
    for command in (
        ("ready", backlog, "--bank", "mian"),
        ("ready", backlog, "--bank", "mian", "--start"),
        ("plan", backlog, "--bank", "mian"),
        ("budget", "--bank", "mian"),
    ):
        ran = run(*command)
        assert (ran.status, ran.out) == (1, "")
        if there:
            assert "bank mian: there is none. Known: main" in ran.err
            assert "`taskpar budget --bank mian --b0 2 --alpha 0.1` makes it" in ran.err
        else:
            assert "there is no store yet. `taskpar mine`, `record`, `ready --start`" in ran.err
    assert (tmp_path / "bank.sqlite").exists() == there
    run("budget", "--bank", "mian", "--b0", "1")
    assert ready("--bank", "mian", "--start")["bank"]["name"] == "mian"


def test_a_task_is_in_flight_in_one_bank(run, ready, budget, record):
    budget("--bank", "release", "--b0", "9")
    first = ids(ready("--start")["ready"])
    others = ready("--bank", "release", "--start")
    assert not set(first) & set(ids(others["ready"]))
    assert set(first) <= set(others["running"])
    told = record(*({"task": task} for task in [*first, *ids(others["ready"])]))
    assert told["ended"] == len(first) + len(others["ready"])


def test_who_started_is_known_to_whoever_begins_again(ready, budget):
    ready("--start", "--by", "host-3")
    assert {each["by"] for each in budget()["in_flight"]} == {"host-3"}


def test_a_pair_is_explained_as_it_is_planned(run, ready, budget, tmp_path):
    budget("--b0", "9")
    ran = run("explain", "tax", "login", tmp_path / "tasks.yaml", "--json")
    free = json.loads(ran.out)["data"]
    assert free["threshold"] == 0.05
    ready("--threshold", "0.01")
    ran = run("explain", "tax", "login", tmp_path / "tasks.yaml", "--threshold", "0.01", "--json")
    assert json.loads(ran.out)["data"]["threshold"] == 0.01
    assert free["decision"]["together"]


def test_tasks_in_flight_have_the_first_wave(run, ready, tmp_path):
    started = ids(ready("--start")["ready"])
    ran = run("plan", tmp_path / "tasks.yaml", "--json")
    first = json.loads(ran.out)["data"]["waves"][0]
    assert sorted(started) == sorted(first)


def test_a_bank_that_lets_all_workers_run_says_so(run):
    run("budget", "--b0", "4")
    said = " ".join(run("budget").out.split())
    assert "Next: the bank lets all 4 workers run; threshold and levels say who" in said


def test_what_landed_does_not_start_again_whatever_its_file_says(ready, record):
    seen = set()
    for _ in range(4):
        started = {each["id"] for each in ready("--start")["ready"]}
        assert not started & seen
        seen |= started
        for task in started:
            record({"task": task})
    assert seen == {"tax", "login", "mail", "guide"}


def test_a_plan_is_no_wider_than_the_bank_and_leaves_out_what_has_landed(
    run, ready, record, budget, tmp_path
):
    backlog = tmp_path / "tasks.yaml"

    def planned(*options):
        ran = run("plan", backlog, "--json", *options)
        assert ran.status == 0, ran.err
        return json.loads(ran.out)["data"]

    budget("--b0", "2", "--bank", "other")
    ready()
    alone = planned()
    assert max(len(wave) for wave in alone["waves"]) > 2
    (first, *_) = ids(ready("--start")["ready"])
    record({"task": first})
    bound = planned()
    widths = [len(wave) for wave in bound["waves"]]
    assert max(widths) <= 2
    assert sum(widths) == 3
    assert any(
        "no wider than the bank lets run at once now, 2" in each for each in bound["notices"]
    )
    assert bound["threshold"] < alone["threshold"]
    assert planned("--bank", "other")["waves"] != alone["waves"]


@pytest.mark.parametrize(("ending", "begins"), [("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_how_it_grew_is_drawn(run, tmp_path, budget, ready, record, ending, begins):
    for task in ids(ready("--start")["ready"]):
        record({"task": task})
    plot = tmp_path / f"growth.{ending}"
    budget("--plot", plot)
    drawn = plot.read_bytes()
    assert drawn.startswith(begins)
    budget("--plot", plot)
    assert plot.read_bytes() == drawn
    if ending == "svg":
        assert b"2 tasks landed, 0 hits of 2.2 allowed" in drawn


def test_late_hits_that_overspend_are_an_answer_of_their_own(run, ready, record, budget):
    budget("--b0", "1", "--alpha", "0")
    for _ in range(2):
        (task,) = ready("--start")["ready"]
        told = {"task": task["id"], "attempt": task["attempt"]}
        record(told)
        record({**told, "ending": "reverted", "hit": True, "correction": 1})
    ran = run("budget")
    assert ran.status == 2
    assert "have used up more than is allowed" in ran.out
    assert len(ready("--start")["ready"]) == 1, "there is always progress"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "there is no store yet"),
        (["--b0", "-1"], "b0: must lie in [0, 1,000,000]"),
        (["--alpha", "1.5"], "alpha: must lie in [0, 1]"),
        (["--b0", "nan"], "b0: must lie in [0, 1,000,000]"),
        (["--b0", "1", "--bank", ""], "a name has 1 to 200 characters"),
        (["--b0", "1", "--bank", "x" * 201], "a name has 1 to 200 characters"),
        (["--b0", "1", "--plot", "growth.pdf"], "has no known ending"),
        (["--learn", "50"], "nothing of it is mined. Run `taskpar mine` first"),
        (["--alpha", "0.1", "--learn", "50"], "nothing of it is mined"),
    ],
)
def test_what_cannot_be_is_told_with_a_cure(run, options, said):
    ran = run("budget", *options)
    assert (ran.status, ran.out) == (1, "")
    assert said in ran.err


def test_a_promise_that_is_spent_cannot_be_taken_back(run, ready):
    ready("--start")
    ran = run("budget", "--b0", "1")
    assert ran.status == 1
    assert "it allows 1 hits, and 2 are spent or reserved" in ran.err


def test_who_cannot_ask_the_bank_starts_nothing(taskpar, grown, tmp_path):
    broken = tmp_path / "broken.sqlite"
    broken.write_text("no database")
    (tmp_path / "tasks.yaml").write_text(BACKLOG)
    for options in ([], ["--start"]):
        ran = taskpar(
            "ready", tmp_path / "tasks.yaml", "--repo", grown.place, "--store", broken, *options
        )
        assert (ran.status, ran.out) == (1, "")
    assert broken.read_text() == "no database"
