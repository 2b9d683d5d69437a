"""A batch from event to event: examples worked out by hand, and laws of every run."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml.errors import ReplayError, SettingsError
from taskpar_ml.simulation.policies import AllParallel, RiskBelow, Sequential
from taskpar_ml.simulation.simulator import simulate
from taskpar_ml.simulation.timeline import Run
from tests.support.strategies import LAW
from tests.support.traces import risks, trace_of, traces

WORKERS = st.integers(1, 5)


def test_a_task_that_ends_after_a_conflicting_one_landed_is_redone():
    #  worker 1: a a a a a a a a a a | a a a a a a a a a a
    #  worker 2: b b b b c c c c c c
    ran = simulate(trace_of([10, 4, 6], {(0, 1)}), AllParallel(), workers=2)
    assert ran.runs == (Run(1, 0, 4), Run(0, 0, 10, (1,)), Run(2, 4, 10), Run(0, 10, 20))
    assert (ran.makespan, ran.hits, ran.redone) == (20, 1, 1)
    assert ran.lost == 10 / 20
    assert ran.speed_up == 20 / 20


def test_a_redone_task_goes_before_all_that_never_ran():
    #  worker 1: a a c c c c c
    #  worker 2: b b b|b b b d
    ran = simulate(trace_of([2, 3, 5, 1], {(0, 1)}), AllParallel(), workers=2)
    assert ran.runs == (Run(0, 0, 2), Run(1, 0, 3, (0,)), Run(1, 3, 6), Run(2, 2, 7), Run(3, 6, 7))
    assert ran.makespan == 7


def test_of_two_that_end_in_one_minute_the_first_to_arrive_lands():
    ran = simulate(trace_of([5, 5], {(0, 1)}), AllParallel(), workers=2)
    assert ran.runs == (Run(0, 0, 5), Run(1, 0, 5, (0,)), Run(1, 5, 10))


def test_a_task_that_starts_when_another_lands_has_it_in_its_base():
    ran = simulate(trace_of([3, 4], {(0, 1)}), Sequential(), workers=2)
    assert ran.runs == (Run(0, 0, 3), Run(1, 3, 7))


def test_several_redone_at_once_go_in_order_of_arrival_and_may_be_hit_again():
    #  c lands first and hits a and b, which conflict: b lands first and hits a again
    ran = simulate(trace_of([4, 4, 3], {(0, 1), (0, 2), (1, 2)}), AllParallel(), workers=3)
    assert ran.runs == (
        Run(2, 0, 3),
        Run(0, 0, 4, (2,)),
        Run(1, 0, 4, (2,)),
        Run(0, 4, 8),
        Run(1, 4, 8, (0,)),
        Run(1, 8, 12),
    )
    assert (ran.hits, ran.redone) == (3, 2)
    assert ran.lost == 12 / 11


def test_one_run_may_be_hit_by_several_and_is_lost_once():
    ran = simulate(trace_of([9, 2, 1], {(0, 1), (0, 2)}), AllParallel(), workers=3)
    assert ran.runs[2] == Run(0, 0, 9, (2, 1))
    assert (ran.hits, ran.redone, ran.makespan) == (1, 1, 18)


class OneAfterAll:
    """Starts everything at once, and later one at a time."""

    name = "one after all"
    kept_apart = 0.0

    def __init__(self):
        self.asked = []

    def admit(self, moment):
        self.asked.append((list(moment.running), list(moment.waiting)))
        first = len(self.asked) == 1
        return moment.waiting if first else moment.waiting[:1] if not moment.running else ()


def test_redone_tasks_that_are_held_back_wait_in_order_of_arrival():
    policy = OneAfterAll()
    ran = simulate(trace_of([5, 3, 1, 2], {(0, 2), (1, 2)}), policy, workers=3)
    assert policy.asked == [
        ([], [0, 1, 2, 3]),
        ([0, 1], [3]),  # c has landed
        ([0], [1, 3]),  # b was hit
        ([], [0, 1, 3]),  # a was hit
        ([], [1, 3]),
        ([], [3]),
    ]
    assert ran.runs[3:] == (Run(0, 5, 10), Run(1, 10, 13), Run(3, 13, 15))


def test_an_empty_batch_takes_no_time():
    ran = simulate(trace_of([]), AllParallel(), workers=2)
    assert (ran.runs, ran.makespan, ran.speed_up, ran.lost) == ((), 0, 1.0, 0.0)


@st.composite
def runs(draw):
    """Return a trace, a policy and a number of workers."""
    trace = draw(traces())
    risk = draw(risks(len(trace)))
    policies = (Sequential(), AllParallel(), RiskBelow("risk", risk, threshold=0.3))
    return trace, draw(st.sampled_from(policies)), draw(WORKERS)


@LAW
@given(runs())
def test_every_task_lands_once_and_only_lost_runs_are_repeated(given_run):
    trace, policy, workers = given_run
    ran = simulate(trace, policy, workers=workers)
    assert sorted(run.task for run in ran.runs if not run.hit_by) == list(range(len(trace)))
    for task in range(len(trace)):
        mine = [run for run in ran.runs if run.task == task]
        assert all(run.minutes == trace.minutes[task] for run in mine)
        assert all(run.hit_by for run in mine[:-1])
        assert all(one.finish <= other.start for one, other in pairwise(mine))


@LAW
@given(runs())
def test_a_run_is_hit_by_what_landed_while_it_ran_and_by_nothing_else(given_run):
    trace, policy, workers = given_run
    ran = simulate(trace, policy, workers=workers)
    landed = {run.task: run.finish for run in ran.runs if not run.hit_by}
    for run in ran.runs:
        inside = {
            other
            for other in np.flatnonzero(trace.conflicts[run.task]).tolist()
            if run.start < landed[other] < run.finish
        }
        assert inside <= set(run.hit_by)
        for other in set(run.hit_by) - inside:  # both ended in the same minute
            assert landed[other] == run.finish
        again = [each for each in ran.runs if each.task == run.task and each.start > run.start]
        assert all(landed[other] <= each.start for other in run.hit_by for each in again)


@LAW
@given(runs())
def test_no_more_run_at_once_than_there_are_workers_and_none_is_idle_for_nothing(given_run):
    trace, policy, workers = given_run
    ran = simulate(trace, policy, workers=workers)
    for moment in range(ran.makespan):
        beside = [run.task for run in ran.runs if run.start <= moment < run.finish]
        assert 1 <= len(beside) <= workers
        if isinstance(policy, RiskBelow):
            assert not any(policy.apart[pair] for pair in combinations(beside, 2))
    assert ran.makespan >= max(*trace.minutes, -(-trace.work // workers))


@LAW
@given(traces(), WORKERS)
def test_one_after_the_other_takes_all_the_time_and_loses_nothing(trace, workers):
    ran = simulate(trace, Sequential(), workers=workers)
    assert (ran.makespan, ran.hits, ran.speed_up) == (trace.work, 0, 1.0)
    alone = simulate(trace, AllParallel(), workers=1)
    assert alone.runs == ran.runs


@LAW
@given(st.lists(st.integers(1, 9), min_size=1, max_size=8), WORKERS)
def test_where_nothing_conflicts_nothing_is_redone(minutes, workers):
    ran = simulate(trace_of(minutes), AllParallel(), workers=workers)
    assert (ran.hits, ran.redone, ran.lost) == (0, 0, 0.0)
    wide = simulate(trace_of(minutes), AllParallel(), workers=len(minutes))
    assert wide.makespan == max(minutes)


@LAW
@given(traces(), WORKERS)
def test_who_keeps_the_truth_apart_redoes_nothing(trace, workers):
    policy = RiskBelow("truth", trace.conflicts.astype(float), threshold=0.5)
    assert simulate(trace, policy, workers=workers).hits == 0


@LAW
@given(runs())
def test_the_same_batch_runs_the_same_way(given_run):
    trace, policy, workers = given_run
    assert simulate(trace, policy, workers=workers) == simulate(trace, policy, workers=workers)


class Stuck:
    """Breaks the contract."""

    name = "stuck"
    kept_apart = 0.0

    def __init__(self, answer):
        self.answer = answer

    def admit(self, moment):
        return self.answer


@pytest.mark.parametrize("answer", [[], [0, 0], [2], [-1]])
def test_a_policy_that_breaks_its_contract_is_named(answer):
    with pytest.raises(ReplayError, match=r"^stuck: the policy starts"):
        simulate(trace_of([1, 1]), Stuck(answer), workers=2)


def test_without_workers_nothing_runs():
    with pytest.raises(SettingsError, match=r"^workers: must be at least 1\. Got 0\."):
        simulate(trace_of([1]), AllParallel(), workers=0)
