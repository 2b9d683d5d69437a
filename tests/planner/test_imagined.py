"""What tasks that landed one after the other would have come to side by side."""

from __future__ import annotations

import numpy as np

from taskpar_ml.domain.levels import LEVELS, Level
from taskpar_ml.planner.imagined import RECENT, imagined_outcomes

LOW, ANY = LEVELS.index(Level.LOW_RISK), LEVELS.index(Level.AFFORDED)


def outcomes(risk, levels, found, *, landed=None, threshold=0.2, met=()):
    """Imagine a task, row 0, beside those of the other rows."""
    size = len(risk) + 1
    tables = [np.full((size, size), np.nan), np.zeros((size, size)), np.full((size, size), np.nan)]
    for table, row in zip(tables, (risk, levels, found), strict=True):
        table[0, 1:] = row
    told = imagined_outcomes(
        0,
        range(1, size) if landed is None else landed,
        risk=tables[0],
        levels=tables[1].astype(np.int8),
        found=tables[2],
        threshold=threshold,
        met=met,
    )
    return dict(told)


def test_of_each_level_the_safest_is_imagined_beside_it():
    told = outcomes([0.01, 0.015, 0.1, 0.05], [LOW, LOW, ANY, ANY], [0, 1, 1, 0])
    assert told == {Level.LOW_RISK: False, Level.AFFORDED: False}
    told = outcomes([0.01, 0.015, 0.1, 0.05], [LOW, LOW, ANY, ANY], [1, 0, 0, 1])
    assert told == {Level.LOW_RISK: True, Level.AFFORDED: True}


def test_who_would_not_have_run_beside_it_teaches_nothing():
    assert outcomes([0.2, np.nan], [ANY, ANY], [1, 1]) == {}
    assert outcomes([0.1, 0.15], [ANY, ANY], [0, 1], met={1}) == {Level.AFFORDED: True}
    assert outcomes([0.1, 0.15], [ANY, ANY], [np.nan, 1]) == {Level.AFFORDED: True}


def test_only_the_last_ones_that_landed_may_have_run_beside_it():
    many = RECENT + 3
    risk = np.linspace(0.01, 0.1, many)
    told = outcomes(risk, [ANY] * many, [1] * 3 + [0] * RECENT)
    assert told == {Level.AFFORDED: False}
    again = outcomes(risk, [ANY] * many, [1] * 3 + [0] * RECENT, landed=range(many, 0, -1))
    assert again == {Level.AFFORDED: True}, "by when they landed, not by row"
    assert outcomes([], [], []) == {}
