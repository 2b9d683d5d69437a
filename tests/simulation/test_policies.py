"""The laws of the contract of dispatch, over every policy, and what each policy is for."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml.simulation.policies import AllParallel, Moment, Planned, RiskBelow, Sequential
from tests.support.strategies import LAW
from tests.support.traces import risks

SIZE = 7


def planned(draw):
    starts = draw(st.lists(st.integers(0, 9), min_size=SIZE, max_size=SIZE))
    minutes = draw(st.lists(st.integers(1, 5), min_size=SIZE, max_size=SIZE))
    finishes = [start + each for start, each in zip(starts, minutes, strict=True)]
    return Planned("plan", starts=starts, finishes=finishes, kept_apart=0.5)


POLICIES = {
    "sequential": lambda draw: Sequential(),
    "all-parallel": lambda draw: AllParallel(),
    "risk below": lambda draw: RiskBelow("risk", draw(risks(SIZE)), threshold=0.3),
    "planned": planned,
}


@st.composite
def moments(draw, make):
    """Return a policy, what runs and what waits; some tasks have landed."""
    policy = make(draw)
    places = draw(st.permutations(range(SIZE)))
    first, last = sorted(draw(st.tuples(st.integers(0, SIZE), st.integers(0, SIZE))))
    return policy, sorted(places[:first]), places[first:last]


@pytest.mark.parametrize("make", POLICIES.values(), ids=POLICIES)
@LAW
@given(data=st.data())
def test_waiting_tasks_start_once_and_something_always_does(make, data):
    policy, running, waiting = data.draw(moments(make))
    chosen = list(policy.admit(Moment(running, waiting)))
    assert len(set(chosen)) == len(chosen)
    assert set(chosen) <= set(waiting)
    assert chosen or running or not waiting
    assert 0 <= policy.kept_apart <= 1


@LAW
@given(data=st.data())
def test_pairs_at_risk_or_unscored_never_meet(data):
    risk = data.draw(risks(SIZE))
    policy, running, waiting = data.draw(moments(lambda _: RiskBelow("risk", risk, threshold=0.3)))
    chosen = policy.admit(Moment(running, waiting))
    for one in chosen:
        for other in {*running, *chosen} - {one}:
            assert risk[one, other] < 0.3
    left = [task for task in waiting if task not in chosen]
    for task in left:  # and nobody waits without a reason
        assert any(not risk[task, other] < 0.3 for other in (*running, *chosen))


def test_a_task_that_may_not_run_yet_is_passed_by():
    risk = np.zeros((4, 4))
    risk[0, 1] = risk[1, 0] = 0.3
    policy = RiskBelow("risk", risk, threshold=0.3)
    assert policy.admit(Moment([], [0, 1, 2, 3])) == [0, 2, 3]
    assert policy.admit(Moment([1], [0, 2, 3])) == [2, 3]
    assert policy.admit(Moment([2], [1, 0, 3])) == [1, 3]


def test_the_share_kept_apart_counts_every_pair_once():
    risk = np.full((4, 4), np.nan)
    for one, other in combinations(range(4), 2):
        risk[one, other] = risk[other, one] = 0.1
    assert RiskBelow("risk", risk, threshold=0.3).kept_apart == 0
    risk[0, 1] = risk[1, 0] = np.nan
    risk[2, 3] = risk[3, 2] = 0.3
    assert RiskBelow("risk", risk, threshold=0.3).kept_apart == pytest.approx(2 / 6)
    assert RiskBelow("risk", risk[:1, :1], threshold=0.3).kept_apart == 0


def test_a_schedule_is_followed_in_its_order():
    policy = Planned("plan", starts=[4, 0, 0], finishes=[6, 4, 5], kept_apart=0.0)
    assert policy.admit(Moment([], [0, 1, 2])) == [1, 2]
    assert policy.admit(Moment([1], [0, 2])) == [2]
    assert policy.admit(Moment([2], [0])) == [0]  # task 1 has landed; task 2 was to run beside it
