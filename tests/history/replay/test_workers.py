"""Processes that replay at the same time: no more than there is work for."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

from taskpar_ml.history.replay.stretches import Stretch
from taskpar_ml.history.replay.workers import replay_stretches
from tests.support.histories import History


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
