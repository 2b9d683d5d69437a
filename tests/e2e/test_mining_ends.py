"""However a run of the miner ends, nothing stays in the directory for temporary files."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.support.mined import grow_crowded
from tests.support.processes import start_python

SCRIPT = """
from functools import partial
from taskpar_ml.cli.app import run
from taskpar_ml.history.replay import miner, recipe

miner.STRETCH = 8
recipe.MiningRecipe = partial(recipe.MiningRecipe, memory_only=10)
run()
"""
Start = Callable[[int], subprocess.Popen[str]]


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository whose mining takes a while."""
    return grow_crowded(tmp_path_factory.mktemp("ends") / "shop.git", landings=240).place


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where temporary files go."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setenv("TMPDIR", str(place))
    return place


@pytest.fixture
def start(grown: Path, tmp_path: Path, temporary: Path) -> Start:
    """Begin to mine, and return when every process has a scratch repository."""

    def run(workers: int) -> subprocess.Popen[str]:
        store = tmp_path / "history.sqlite"
        options = ("--repo", grown, "--store", store, "--workers", workers)
        process = start_python(SCRIPT, "mine", *options)
        until = time.monotonic() + 60
        while len(list(temporary.rglob("HEAD"))) < workers:
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.01)
        return process

    return run


def replaying(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Return the processes that replay for another one."""
    children = psutil.Process(process.pid).children(recursive=True)
    return [each for each in children if "spawn_main" in " ".join(each.cmdline())]


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("request_to_end", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_asked_to_end(start, temporary, workers, request_to_end):
    process = start(workers)
    process.send_signal(request_to_end)
    assert process.communicate(timeout=60) == ("", "error: interrupted\n")
    assert process.returncode == 1
    assert list(temporary.iterdir()) == []


def test_a_run_of_which_a_worker_is_killed(start, temporary):
    process = start(2)
    replaying(process)[0].kill()
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    assert "a process that replayed a part of the history is gone." in err
    assert list(temporary.iterdir()) == []


def test_a_run_that_is_killed_while_its_workers_go_on(start, temporary):
    process = start(2)
    workers = replaying(process)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    assert psutil.wait_procs(workers, timeout=60)[1] == []
    assert list(temporary.iterdir()) == []
