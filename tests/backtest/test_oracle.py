"""The oracle: exact on what can be tried out, and never beaten."""

from __future__ import annotations

import random
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml.backtest.oracle import oracle_plan
from taskpar_ml.simulation.policies import AllParallel, RiskBelow, Sequential
from taskpar_ml.simulation.simulator import simulate
from tests.support.strategies import LAW
from tests.support.traces import risks, trace_of, traces

WORKERS = st.integers(1, 5)


def shortest(trace, workers):
    """Return the makespan of the best of all schedules that start tasks as early as they can.

    One of those is optimal, whatever the order in which they are placed.
    """
    best = trace.work
    for order in permutations(range(len(trace))):
        placed = {}
        for task in order:
            length = trace.minutes[task]
            ends = [start + trace.minutes[other] for other, start in placed.items()]
            for start in sorted({0, *ends}):
                beside = [
                    other
                    for other, begin in placed.items()
                    if begin < start + length and start < begin + trace.minutes[other]
                ]
                crowd = max(
                    (
                        sum(placed[o] <= moment < placed[o] + trace.minutes[o] for o in beside)
                        for moment in range(start, start + length)
                    ),
                    default=0,
                )
                if crowd < workers and not trace.conflicts[task, beside].any():
                    placed[task] = start
                    break
        best = min(best, max(start + trace.minutes[task] for task, start in placed.items()))
    return best


@LAW
@given(traces(most=5, longest=6), st.integers(1, 3))
def test_nothing_is_shorter_among_all_schedules_of_a_few_tasks(trace, workers):
    plan = oracle_plan(trace, workers=workers)
    assert plan.is_proved
    assert plan.makespan == plan.bound == shortest(trace, workers)


@pytest.mark.parametrize("seed", range(4))
def test_nor_among_those_of_six_longer_ones(seed):
    chance = random.Random(seed)
    pairs = [(one, other) for other in range(6) for one in range(other) if chance.random() < 0.3]
    trace = trace_of([chance.randint(1, 40) for _ in range(6)], pairs)
    assert oracle_plan(trace, workers=3).makespan == shortest(trace, 3)


@LAW
@given(traces(), WORKERS)
def test_the_schedule_runs_as_planned_and_nothing_is_redone(trace, workers):
    plan = oracle_plan(trace, workers=workers)
    ran = simulate(trace, plan.policy, workers=workers)
    assert (ran.makespan, ran.hits) == (plan.makespan, 0)
    assert plan.kept_apart == pytest.approx(trace.conflicts.sum() / 2 / max(trace.pairs, 1))


@LAW
@given(st.data(), traces(), WORKERS)
def test_no_policy_ends_earlier_even_where_tasks_are_redone(data, trace, workers):
    plan = oracle_plan(trace, workers=workers)
    assert plan.is_proved
    risk = RiskBelow("risk", data.draw(risks(len(trace))), threshold=0.3)
    truth = RiskBelow("truth", trace.conflicts.astype(float), threshold=0.5)
    for policy in (Sequential(), AllParallel(), risk, truth):
        assert simulate(trace, policy, workers=workers).makespan >= plan.makespan


@LAW
@given(traces(), WORKERS)
def test_another_worker_never_hurts(trace, workers):
    fewer, more = (oracle_plan(trace, workers=each).makespan for each in (workers, workers + 1))
    assert more <= fewer


@LAW
@given(st.lists(st.integers(1, 9), min_size=1, max_size=7), WORKERS)
def test_where_all_conflict_or_none_the_answer_is_known(minutes, workers):
    size = len(minutes)
    all_pairs = {(one, other) for other in range(size) for one in range(other)}
    assert oracle_plan(trace_of(minutes, all_pairs), workers=workers).makespan == sum(minutes)
    assert oracle_plan(trace_of(minutes), workers=size).makespan == max(minutes)


def hard_trace():
    chance = np.random.default_rng(5)
    minutes = np.rint(60 * np.exp(0.6 * chance.standard_normal(20))).astype(int).tolist()
    return trace_of(minutes, {(0, 5), (3, 9), (9, 12), (4, 17), (2, 11)})


def test_twenty_tasks_are_proved_and_the_same_each_time():
    plan = oracle_plan(hard_trace(), workers=4)
    assert plan.is_proved
    assert plan == oracle_plan(hard_trace(), workers=4)


def test_without_effort_a_schedule_stands_though_it_may_not_be_the_shortest():
    best = oracle_plan(hard_trace(), workers=4)
    quick = oracle_plan(hard_trace(), workers=4, effort=0.0)
    assert quick.bound <= best.makespan <= quick.makespan
    assert quick.makespan <= 1.1 * best.makespan
    assert simulate(hard_trace(), quick.policy, workers=4).hits == 0


def test_no_tasks_need_no_schedule():
    plan = oracle_plan(trace_of([]), workers=3)
    assert (plan.starts, plan.makespan, plan.bound, plan.is_proved) == ((), 0, 0, True)
