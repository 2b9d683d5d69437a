"""Commands run once, end once, and leave nothing behind, whoever is killed."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.runs import RoundEnd
from taskpar_ml.execution.crew import Ended, LocalCrew, Order, RoundKey
from tests.support.processes import run_python

KEY = RoundKey(Attempt("a", 1), 1)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a directory to work in."""
    place = tmp_path / "tree"
    place.mkdir()
    return place


@pytest.fixture
def crew(tmp_path: Path) -> LocalCrew:
    """Return a crew whose rounds may last a minute."""
    return LocalCrew(tmp_path / "rounds", timeout=60, grace=1)


def order(tree: Path, script: str, **environment: str) -> Order:
    return Order(("/bin/sh", "-c", script), tree, environment)


def waited(crew: LocalCrew, key: RoundKey = KEY, seconds: float = 20) -> Ended:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = crew.ended(key)
        if found is not None:
            return found
        time.sleep(0.02)
    raise AssertionError("it never ends")


def alive(mark: str) -> list[int]:
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if mark in (process.info["cmdline"] or []) and process.status() != psutil.STATUS_ZOMBIE:
            found.append(process.pid)
    return found


@pytest.mark.parametrize(
    ("script", "comes_to"),
    [
        ("exit 0", Ended(RoundEnd.DONE, 0)),
        ("exit 3", Ended(RoundEnd.FAILED, 3)),
        ("kill -9 $$", Ended(RoundEnd.FAILED, 137)),
        ("no-such-program", Ended(RoundEnd.FAILED, 127)),
    ],
)
def test_how_a_command_ends_is_known_for_good(crew, tree, tmp_path, script, comes_to):
    crew.begin(KEY, order(tree, script))
    assert waited(crew) == comes_to
    assert crew.ended(KEY) == comes_to
    assert LocalCrew(tmp_path / "rounds", timeout=60).ended(KEY) == comes_to


def test_it_runs_where_it_is_told_with_what_it_is_told(crew, tree, monkeypatch):
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("TASKPAR_STORE", "postgresql://secret")
    crew.begin(KEY, order(tree, "pwd; env; cat", TASKPAR_TASK_ID="a"))
    waited(crew)
    said = (crew.directory(KEY) / "log").read_text().splitlines()
    assert said[0] == str(tree)
    assert "TASKPAR_TASK_ID=a" in said
    assert not [line for line in said if line.startswith(("GIT_DIR", "TASKPAR_STORE"))]


def test_to_begin_it_again_begins_it_once(crew, tree, tmp_path):
    told = order(tree, "echo x >>count; sleep 0.5")
    crew.begin(KEY, told)
    crew.begin(KEY, told)
    another = LocalCrew(tmp_path / "rounds", timeout=60)
    another.begin(KEY, told)
    assert waited(crew) == waited(another)
    crew.begin(KEY, told)
    time.sleep(0.3)
    assert (tree / "count").read_text() == "x\n"


def test_what_was_never_begun_is_lost_for_good(crew, tree):
    assert crew.ended(KEY) == Ended(RoundEnd.LOST)
    crew.begin(KEY, order(tree, "touch ran"))
    time.sleep(0.3)
    assert crew.ended(KEY) == Ended(RoundEnd.LOST)
    assert not (tree / "ran").exists()


def test_nothing_of_it_runs_when_it_has_ended(crew, tree):
    script = "(trap '' TERM; exec setsid sleep 31.7) & (exec sleep 31.7) & sleep 0.2"
    crew.begin(KEY, order(tree, script))
    assert waited(crew).how is RoundEnd.DONE
    assert alive("31.7") == []


def test_it_is_stopped_whatever_it_does(crew, tree):
    crew.begin(KEY, order(tree, "trap '' TERM INT HUP; setsid sleep 32.7 & sleep 32.7; sleep 33"))
    time.sleep(0.3)
    assert crew.ended(KEY) is None
    crew.stop(KEY)
    assert crew.ended(KEY) == Ended(RoundEnd.STOPPED)
    assert alive("32.7") == []


def test_what_was_stopped_before_it_began_does_not_begin(crew, tree):
    crew.stop(KEY)
    crew.begin(KEY, order(tree, "touch ran"))
    time.sleep(0.3)
    assert crew.ended(KEY) == Ended(RoundEnd.STOPPED)
    assert not (tree / "ran").exists()


def test_who_takes_too_long_is_ended(tree, tmp_path):
    crew = LocalCrew(tmp_path / "rounds", timeout=0.5, grace=1)
    crew.begin(KEY, order(tree, "sleep 34.7"))
    assert waited(crew) == Ended(RoundEnd.TIMED_OUT)
    assert alive("34.7") == []


def test_who_prints_without_end_is_ended(tree, tmp_path):
    crew = LocalCrew(tmp_path / "rounds", timeout=60, grace=1, max_log=1 << 20)
    crew.begin(KEY, order(tree, "exec yes 35.7"))
    assert waited(crew) == Ended(RoundEnd.STOPPED)
    assert alive("35.7") == []


BEGIN = """
import sys, os, signal
from pathlib import Path
from taskpar_ml.domain.growth import Attempt
from taskpar_ml.execution.crew import LocalCrew, Order, RoundKey
place, tree, script = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
crew = LocalCrew(place, timeout=60)
key = RoundKey(Attempt("a", 1), 1)
crew.begin(key, Order(("/bin/sh", "-c", script), tree, {}))
while not (crew.directory(key) / "claimed").exists():
    pass
os._exit(0)
"""


def test_it_outlives_who_began_it_and_its_end_is_known(crew, tree, tmp_path):
    run_python(BEGIN, tmp_path / "rounds", tree, "sleep 0.7; echo done >result; exit 4")
    assert crew.ended(KEY) is None
    crew.begin(KEY, order(tree, "touch twice"))
    assert waited(crew) == Ended(RoundEnd.FAILED, 4)
    assert (tree / "result").read_text() == "done\n"
    assert not (tree / "twice").exists()


def test_who_is_killed_with_its_shell_is_lost(crew, tree, tmp_path):
    run_python(BEGIN, tmp_path / "rounds", tree, "exec sleep 36.7")
    place = crew.directory(KEY)
    while not (place / "pid").exists():
        time.sleep(0.02)
    os.kill(int((place / "pid").read_text()), signal.SIGKILL)
    assert waited(crew) == Ended(RoundEnd.LOST)
    assert alive("36.7") == []


def test_a_process_that_got_the_number_later_is_none_of_it(crew, tree):
    place = crew.directory(KEY)
    (place / "claimed").mkdir(parents=True)
    (place / "begun").touch()
    (place / "pid").write_text(f"{os.getpid()}\n")
    assert crew.ended(KEY) == Ended(RoundEnd.LOST)
