"""Mining that is killed at any moment is gone on with as if nothing had happened."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from taskpar_ml.history.replay.miner import mine
from taskpar_ml.history.replay.recipe import MiningRecipe
from taskpar_ml.history.store.history_store import HistoryStore
from tests.support.mined import content, grow_crowded
from tests.support.processes import start_python

RECIPE = MiningRecipe(window=8, memory_only=10)
LANDINGS = 240
SCRIPT = """
import sys
from taskpar_ml.history.replay import miner
from taskpar_ml.history.replay.recipe import MiningRecipe
from taskpar_ml.history.store.history_store import HistoryStore

miner.STRETCH = 8
repo, place, workers = sys.argv[1:]
with HistoryStore.open(place) as store:
    history = store.history("shop", create=True)
    recipe = MiningRecipe(window=8, memory_only=10)
    report = lambda progress: print(flush=True)
    miner.mine(repo, history, recipe=recipe, workers=int(workers), report_progress=report)
"""


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository whose mining takes a while."""
    return grow_crowded(tmp_path_factory.mktemp("kills") / "shop.git", landings=LANDINGS).place


@pytest.fixture(autouse=True)
def _own_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what a killed process leaves behind go with the test."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))


@pytest.fixture(scope="module")
def undisturbed(
    grown: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[tuple[object, ...], int]:
    """Return what an undisturbed run stores, and how often it reports progress."""
    place = tmp_path_factory.mktemp("undisturbed") / "store.sqlite"
    out, err = start(grown, place, workers=2).communicate(timeout=300)
    assert err == ""
    with HistoryStore.open(str(place)) as store:
        return content(store.history("shop")), len(out)


def start(grown: Path, place: Path, *, workers: int) -> subprocess.Popen[str]:
    """Begin to mine in a process of its own, which prints a line for each replayed task."""
    return start_python(SCRIPT, grown, place, workers)


def kill_after(process: subprocess.Popen[str], reports: int, pause: float) -> None:
    """Kill a process, not its children, a moment after so many reports; its children end."""
    assert process.stdout is not None
    for _ in range(reports):
        assert process.stdout.readline() == "\n"
    time.sleep(pause)
    children = psutil.Process(process.pid).children(recursive=True)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    _gone, alive = psutil.wait_procs(children, timeout=60)
    assert alive == []


def check(grown: Path, place: Path, expected: tuple[object, ...]) -> None:
    """Go on with a killed run, and compare what that comes to."""
    with HistoryStore.open(str(place)) as store:
        history = store.history("shop", create=True)
        pairs = {(pair.earlier, pair.later) for pair in history.pairs()}
        # Whatever is there is there whole.
        assert {later for _, later in pairs} <= history.mined()
        mine(grown, history, recipe=RECIPE)
        assert content(history) == expected


@pytest.mark.parametrize("share", [0.0, 0.4, 0.8])
def test_a_killed_run_is_gone_on_with(grown, undisturbed, tmp_path, share):
    expected, reports = undisturbed
    place = tmp_path / "store.sqlite"
    kill_after(start(grown, place, workers=2), int(reports * share), 0.01)
    check(grown, place, expected)


@pytest.mark.long
def test_fifty_killed_runs_are_gone_on_with(grown, undisturbed, tmp_path):
    expected, reports = undisturbed
    chance = random.Random(50)
    for number in range(50):
        place = tmp_path / str(number)
        place.mkdir()
        store = place / "store.sqlite"
        process = start(grown, store, workers=1 + number % 2)
        # Before the first task there is the most to be in the middle of.
        pause = chance.uniform(0, 0.2) if number % 5 else chance.uniform(0, 2)
        after = chance.randrange(reports) if number % 5 else 0
        kill_after(process, after, pause)
        check(grown, store, expected)
