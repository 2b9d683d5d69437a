"""A few attempts try what levels hold back, and chance says once and for all which."""

from __future__ import annotations

import numpy as np
import pytest

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.levels import LEVELS, Level
from taskpar_ml.planner.exploring import SHARE, explores, held_back
from taskpar_ml.planner.levels import Levels


def test_one_attempt_in_twenty_explores():
    tried = [explores(Attempt(f"T{task}", number)) for task in range(2_000) for number in (1, 2)]
    assert np.mean(tried) == pytest.approx(SHARE, abs=0.01)
    again = [explores(Attempt(f"T{task}", number)) for task in range(2_000) for number in (1, 2)]
    assert tried == again
    # The next attempt at a task is drawn anew.
    first, second = np.array(tried).reshape(-1, 2).T
    assert np.corrcoef(first, second)[0, 1] == pytest.approx(0, abs=0.06)


def back(pairs, closed, *, explorer=None):
    explorers = np.arange(4) == explorer
    return held_back(pairs, closed, explorers[:, None], explorers[None, :])


def test_pairs_of_closed_levels_are_held_back_but_for_explorers_and_what_is_declared():
    low, safe = LEVELS.index(Level.LOW_RISK), LEVELS.index(Level.SERVICES)
    pairs = np.array(
        [[0, low, safe, -1], [low, 0, low, low], [safe, low, 0, low], [-1, low, low, 0]],
        dtype=np.int8,
    )
    cold = Levels.cold(0.1)
    nobody = back(pairs, cold.closed)
    assert np.argwhere(np.triu(nobody)).tolist() == [[0, 1], [1, 2], [1, 3], [2, 3]]
    one = back(pairs, cold.closed, explorer=3)
    assert np.argwhere(np.triu(one)).tolist() == [[0, 1], [1, 2]]
    opened = cold
    for _ in range(60):
        opened = opened.after(Level.LOW_RISK, was_hit=False)
    assert not back(pairs, opened.closed).any()
