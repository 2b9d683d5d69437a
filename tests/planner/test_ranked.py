"""Waves in the order that people want, at no cost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml.planner.problem import SchedulingProblem
from taskpar_ml.planner.ranked import ranked_waves
from taskpar_ml.planner.schedule import Form, Schedule, broken_rules, measure
from taskpar_ml.planner.search import search_schedule
from tests.support.scheduling import matrix, problems
from tests.support.strategies import LAW


@LAW
@given(st.data(), problems(most=9))
def test_ranking_breaks_no_rule_and_costs_nothing(data, problem):
    rank = data.draw(st.permutations(range(len(problem))))
    waves = search_schedule(problem, Form.WAVES, effort=50)
    ranked = ranked_waves(problem, waves, rank)
    assert broken_rules(problem, ranked) == []
    now, before = measure(problem, ranked), measure(problem, waves)
    assert now.cost.units <= before.cost.units
    assert now.cost.weight <= before.cost.weight


@LAW
@given(st.data(), st.integers(1, 9), st.integers(1, 4))
def test_tasks_that_are_alike_run_in_order_of_rank(data, size, workers):
    problem = SchedulingProblem.of([5] * size, workers=workers)
    rank = data.draw(st.permutations(range(size)))
    waves = ranked_waves(problem, search_schedule(problem, Form.WAVES, effort=50), rank)
    by_rank = sorted(range(size), key=rank.__getitem__)
    assert [waves.places[task] for task in by_rank] == [place // workers for place in range(size)]


def test_a_free_wave_comes_before_one_of_a_worse_rank_and_after_what_it_waits_for():
    problem = SchedulingProblem.of([9, 9, 9], [(1, 2)], workers=1)
    waves = Schedule(Form.WAVES, (0, 1, 2))
    assert ranked_waves(problem, waves, [2, 1, 0]).places == (2, 0, 1)
    assert ranked_waves(problem, waves, [0, 1, 2]).places == (0, 1, 2)


def test_what_runs_already_stays_first_whatever_its_rank():
    problem = SchedulingProblem.of([9, 9], workers=1, running=[0])
    assert ranked_waves(problem, Schedule(Form.WAVES, (0, 1)), [1, 0]).places == (0, 1)


def test_an_exchange_that_would_cost_something_is_left():
    #  the short task of the best rank takes its wave along, not a place beside a long one
    problem = SchedulingProblem.of([9, 9, 1, 1], workers=2)
    waves = ranked_waves(problem, Schedule(Form.WAVES, (0, 0, 1, 1)), [3, 2, 0, 1])
    assert measure(problem, waves).makespan == 10
    assert waves.places == (1, 1, 0, 0)
    #  beside 1 the best one would lose something, beside 0 it does not
    loss = 2.0 * matrix(3, [(1, 2)])
    risky = SchedulingProblem.of([9, 9, 9], loss=loss, workers=2)
    assert ranked_waves(risky, Schedule(Form.WAVES, (0, 0, 1)), [1, 2, 0]).places == (0, 1, 0)
    assert ranked_waves(risky, Schedule(Form.WAVES, (0, 1, 0)), [0, 2, 1]).places == (0, 1, 0)
