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
    miner.mine(repo, history, recipe=recipe, workers=int(workers))
"""


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository whose mining takes a while."""
    return grow_crowded(tmp_path_factory.mktemp("kills") / "shop.git", landings=LANDINGS).place


@pytest.fixture(scope="module")
def undisturbed(
    grown: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[tuple[object, ...], float]:
    """Return what an undisturbed run stores, and how many seconds a process takes for it."""
    place = tmp_path_factory.mktemp("undisturbed") / "store.sqlite"
    begun = time.monotonic()
    finish(start(grown, place, workers=2))
    seconds = time.monotonic() - begun
    with HistoryStore.open(str(place)) as store:
        return content(store.history("shop")), seconds


def start(grown: Path, place: Path, *, workers: int) -> subprocess.Popen[str]:
    """Begin to mine in a process of its own."""
    return start_python(SCRIPT, grown, place, workers)


def finish(process: subprocess.Popen[str]) -> None:
    """Wait for a process that must succeed."""
    _out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "")


def kill_after(process: subprocess.Popen[str], seconds: float) -> list[psutil.Process]:
    """Kill a process, not its children; return those."""
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(seconds)
    children = psutil.Process(process.pid).children(recursive=True)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=30)
    return children


def check(
    grown: Path, place: Path, expected: tuple[object, ...], seconds: float, *, workers: int
) -> None:
    """Kill one run at a moment and compare what the next one comes to."""
    children = kill_after(start(grown, place, workers=workers), seconds)
    _gone, alive = psutil.wait_procs(children, timeout=20)
    assert alive == []
    with HistoryStore.open(str(place)) as store:
        history = store.history("shop", create=True)
        pairs = {(pair.earlier, pair.later) for pair in history.pairs()}
        # Whatever is there is there whole.
        assert {later for _, later in pairs} <= history.mined()
        mine(grown, history, recipe=RECIPE)
        assert content(history) == expected


@pytest.mark.parametrize("share", [0.35, 0.6, 0.85])
def test_a_killed_run_is_gone_on_with(grown, undisturbed, tmp_path, share):
    expected, seconds = undisturbed
    check(grown, tmp_path / "store.sqlite", expected, seconds * share, workers=2)


@pytest.mark.long
def test_fifty_killed_runs_are_gone_on_with(grown, undisturbed, tmp_path):
    expected, seconds = undisturbed
    chance = random.Random(50)
    for number in range(50):
        place = tmp_path / str(number)
        place.mkdir()
        moment = seconds * chance.uniform(0.02, 0.9)
        check(grown, place / "store.sqlite", expected, moment, workers=1 + number % 2)
