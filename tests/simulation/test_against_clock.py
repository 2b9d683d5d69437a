"""The simulator against another one that only looks at the clock, minute by minute."""

from __future__ import annotations

import random

import numpy as np
import pytest

from taskpar_ml.simulation.policies import AllParallel, RiskBelow
from taskpar_ml.simulation.simulator import simulate
from tests.support.traces import trace_of


def by_the_clock(minutes, conflicts, workers, apart):
    """Return (task, start, finish, hit) of every run, in no particular order."""
    waits = {task: (1, task) for task in range(len(minutes))}  # redone tasks wait as (0, task)
    runs, landed, done = {}, {}, []
    now = 0
    while waits or runs:
        for task in sorted(task for task, start in runs.items() if start + minutes[task] == now):
            start = runs.pop(task)
            hit = any(start < landed.get(other, -1) <= now for other in conflicts[task])
            done.append((task, start, now, hit))
            if hit:
                waits[task] = (0, task)
            else:
                landed[task] = now
        for task in sorted(waits, key=waits.get):
            if len(runs) < workers and not any(apart[task][other] for other in runs):
                del waits[task]
                runs[task] = now
        now += 1
    return sorted(done)


@pytest.mark.parametrize("seed", range(100))
def test_both_tell_the_same(seed):
    chance = random.Random(seed)
    size = chance.randint(1, 14)
    minutes = [chance.randint(1, chance.choice((3, 20))) for _ in range(size)]
    share = chance.choice((0.05, 0.2, 0.6))
    pairs = [
        (one, other) for other in range(size) for one in range(other) if chance.random() < share
    ]
    conflicts = [{a + b - task for a, b in pairs if task in (a, b)} for task in range(size)]
    apart = np.zeros((size, size), dtype=bool)
    if chance.random() < 0.6:
        for one in range(size):
            for other in range(one):
                apart[one, other] = apart[other, one] = chance.random() < 0.2
    workers = chance.randint(1, 6)
    policy = (
        RiskBelow("apart", apart.astype(float), threshold=0.5) if apart.any() else AllParallel()
    )
    ran = simulate(trace_of(minutes, pairs), policy, workers=workers)
    told = sorted((run.task, run.start, run.finish, bool(run.hit_by)) for run in ran.runs)
    assert told == by_the_clock(minutes, conflicts, workers, apart.tolist())
