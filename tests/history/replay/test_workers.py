"""Processes that replay at the same time: no more than there is work for."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from taskpar_ml.history.replay.stretches import Stretch
from taskpar_ml.history.replay.workers import Tick, replay_stretches
from tests.support.histories import History
from tests.support.mined import grow_crowded
from tests.support.replays import stretches_of, works_of


def test_a_process_is_started_only_when_there_is_work_for_it(tmp_path: Path) -> None:
    grown = History(tmp_path / "shop.git")
    grown.commit("Start", {"a": "1\n"})
    stretches = [Stretch((), frozenset(), window) for window in (1, 2, 3)]
    seen = []
    for stretch, found in replay_stretches(grown.place, "shop", stretches, workers=100):
        seen.append((stretch.window, found, len(multiprocessing.active_children())))
    assert [(window, found) for window, found, _ in seen] == [(1, []), (2, []), (3, [])]
    assert 1 <= seen[0][2] <= 3
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("workers", [1, 2])
def test_every_task_is_reported_before_its_stretch_comes(tmp_path: Path, workers: int) -> None:
    grown = grow_crowded(tmp_path / "shop.git", landings=20)
    stretches = list(stretches_of(list(works_of(grown.place)), window=5, cut_every=6))
    ticks: list[Tick] = []
    replayed = 0
    for _, tasks in replay_stretches(
        grown.place, "shop", stretches, workers=workers, report=ticks.append
    ):
        assert {Tick(task.task, len(task.pairs)) for task in tasks} <= set(ticks)
        replayed += len(tasks)
    assert len(ticks) == len(set(ticks)) == replayed > 12
