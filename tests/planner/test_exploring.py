"""The more speaks for a level, the more attempts try it; chance says once and for all which."""

from __future__ import annotations

import numpy as np
import pytest

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.levels import LEVELS, Level
from taskpar_ml.planner.exploring import DECLARED, drawn, held_back
from taskpar_ml.planner.levels import Levels

ANY, SAFE = LEVELS.index(Level.AFFORDED), LEVELS.index(Level.SERVICES)


def learned(*outcomes, level=Level.AFFORDED):
    levels = Levels.cold(0.1)
    for was_hit in outcomes:
        levels = levels.after(level, was_hit=was_hit)
    return levels


def test_what_is_drawn_is_uniform_and_drawn_once():
    attempts = [Attempt(f"T{task}", number) for task in range(2_000) for number in (1, 2)]
    found = np.array([drawn(each) for each in attempts])
    assert np.array_equal(found, [drawn(each) for each in attempts])
    assert np.histogram(found, bins=10, range=(0, 1))[0] == pytest.approx(400, abs=80)
    assert found.min() >= 0
    assert found.max() < 1
    # The next attempt at a task is drawn anew.
    assert np.corrcoef(found.reshape(-1, 2).T)[0, 1] == pytest.approx(0, abs=0.06)


def test_one_attempt_in_twenty_tries_what_nothing_is_known_of_and_more_the_more_speaks_for_it():
    cold = learned()
    assert cold.of[Level.AFFORDED].share == pytest.approx(0.05)
    shares = [learned(*[False] * many).of[Level.AFFORDED].share for many in range(40)]
    assert shares == sorted(shares)
    assert shares[20] > 0.1
    assert shares[-1] == 1, "it has opened"
    assert learned(*[True] * 5).of[Level.AFFORDED].share < 0.01
    assert cold.of[Level.SERVICES].share == 1


def back(pairs, levels, chance):
    chance = np.array(chance)
    return held_back(pairs, levels, chance[:, None], chance[None, :])


def test_pairs_of_closed_levels_are_held_back_but_for_those_that_try_and_what_is_declared():
    pairs = np.array(
        [
            [DECLARED, ANY, SAFE, DECLARED],
            [ANY, DECLARED, ANY, ANY],
            [SAFE, ANY, DECLARED, ANY],
            [DECLARED, ANY, ANY, DECLARED],
        ],
        dtype=np.int8,
    )
    nobody = back(pairs, learned(), [0.9, 0.9, 0.9, 0.051])
    assert np.argwhere(np.triu(nobody)).tolist() == [[0, 1], [1, 2], [1, 3], [2, 3]]
    one = back(pairs, learned(), [0.9, 0.9, 0.9, 0.049])
    assert np.argwhere(np.triu(one)).tolist() == [[0, 1], [1, 2]]
    assert np.array_equal(one, one.T)
    assert not back(pairs, learned(*[False] * 60), [0.9] * 4).any()
    of_pairs = held_back(
        np.array([ANY, SAFE]), learned(), np.array([0.9, 0.9]), np.array([0.01, 0.9])
    )
    assert of_pairs.tolist() == [False, False]
