"""Shadows that are killed at any step, meet each other, or find their store or repository gone."""

from __future__ import annotations

import shutil
import signal

import pytest

from taskpar_ml.history.replay.miner import mine
from taskpar_ml.history.store.history_store import HistoryStore
from tests.support.grown_shop import grow
from tests.support.processes import start_python

COMMAND = "import sys; from taskpar_ml.cli import main; sys.argv[0] = 'taskpar'; main()"
DYING = """
import os, signal, sys
from taskpar_ml.history.store.repo_history import RepoHistory

name, number, moment = sys.argv.pop(1), int(sys.argv.pop(1)), sys.argv.pop(1)
whole, calls = getattr(RepoHistory, name), []

def dying(*given, **told):
    calls.append(name)
    if len(calls) == number and moment == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    answer = whole(*given, **told)
    if len(calls) == number and moment == "after":
        os.kill(os.getpid(), signal.SIGKILL)
    return answer

setattr(RepoHistory, name, dying)
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """Return a repository of which two batches are told, what is told, and its mined store."""
    place = tmp_path_factory.mktemp("shadowed")
    history = grow(place / "shop.git", rounds=65)
    with HistoryStore.open(str(place / "mined.sqlite")) as opened:
        mine(history.place, opened.history("shop", create=True))
    options = ["shadow", "--repo", history.place, "--estimator", "fixed-weights"]
    options += ["--since", "HEAD~60", "--store"]
    shutil.copy(place / "mined.sqlite", place / "whole.sqlite")
    follow(options, place / "whole.sqlite")
    return options, said(place / "whole.sqlite"), place / "mined.sqlite"


def follow(options, place):
    with start_python(COMMAND, *options, place) as process:
        _, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "")


def said(store):
    with HistoryStore.open(str(store)) as opened, opened.history("shop").at_one_moment() as reader:
        return [(each.key, each.pairs) for each in reader.predictions()]


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize(
    ("name", "number"),
    [("begin_shadow", 1), ("append_predictions", 1), ("append_predictions", 2)],
)
def test_a_kill_at_any_step_loses_nothing_and_writes_nothing_twice(
    shop, tmp_path, name, number, moment
):
    options, expected, mined = shop
    place = tmp_path / "killed.sqlite"
    shutil.copy(mined, place)
    with start_python(DYING + COMMAND, name, number, moment, *options, place) as process:
        process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
    if name == "append_predictions":
        assert said(place) == expected[: number - (moment == "before")]
    follow(options, place)
    assert said(place) == expected


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_at_once_on_one_store_write_every_prediction_once(shop, tmp_path, request, kind):
    options, expected, _ = shop
    place = tmp_path / "shared.sqlite"
    if kind == "postgresql":
        place = request.getfixturevalue("postgres").emptied()
    both = [start_python(COMMAND, *options, place) for _ in range(2)]
    ended = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], ended
    assert sorted(said(place)) == sorted(expected)


@pytest.mark.parametrize("lost", ["repository", "store"])
def test_who_follows_tells_of_what_is_gone_for_once_and_goes_on(tmp_path, lost):
    history = grow(tmp_path / "shop.git", rounds=45)
    store = tmp_path / "kept" / "store.sqlite"
    options = ["shadow", "--repo", history.place, "--store", store, "--every", "1"]
    options += ["--estimator", "fixed-weights"]
    missing = history.place if lost == "repository" else store.parent
    with start_python(COMMAND, *options) as process:
        assert process.stdout.readline().startswith("shop: ")
        shutil.move(missing, tmp_path / "away")
        if lost == "store":
            store.mkdir(parents=True)
        told = process.stderr.readline()
        assert "Trying again in 1 seconds." in told
        assert str(missing) in told
        if lost == "store":
            shutil.rmtree(missing)
        shutil.move(tmp_path / "away", missing)
        while not process.stdout.readline().startswith("shop: "):
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=60)[1].endswith("goes on there.\n")
    assert process.returncode == 0
