"""The exact solver: what it proves is so."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskpar_ml.planner.exact import solve
from taskpar_ml.planner.problem import SchedulingProblem
from taskpar_ml.planner.schedule import Form, Schedule, broken_rules, measure
from taskpar_ml.planner.search import search_schedule
from tests.support.scheduling import FORMS, changed, least_cost, permuted, problems

FEW = settings(deadline=None, max_examples=12)
EITHER = pytest.mark.parametrize("form", FORMS)


def solved(problem, form):
    """Return what is solved from a hasty hint, so that the solver has something to do."""
    answer = solve(problem, form, hint=search_schedule(problem, form, effort=1), effort=20.0)
    assert answer.is_optimal
    assert answer.is_lightest
    assert not broken_rules(problem, answer.schedule)
    assert measure(problem, answer.schedule).cost == answer.cost
    assert answer.bound == measure(problem, answer.schedule).expected
    return answer


@FEW
@given(problems(most=5))
def test_no_waves_of_a_few_tasks_cost_less(problem):
    assert solved(problem, Form.WAVES).cost == least_cost(problem, Form.WAVES)


@FEW
@given(problems(most=4))
def test_no_starts_of_a_few_tasks_cost_less(problem):
    assert solved(problem, Form.CONTINUOUS).cost == least_cost(problem, Form.CONTINUOUS)


@EITHER
@FEW
@given(problem=problems(budgets=False), budgets=st.lists(st.floats(0, 4), min_size=2, max_size=2))
def test_a_smaller_budget_admits_no_more(form, problem, budgets):
    less, more = (solved(changed(problem, budget=each), form).cost for each in sorted(budgets))
    assert less.weight <= more.weight
    assert less.units >= more.units


@EITHER
@FEW
@given(problem=problems(), workers=st.integers(1, 5))
def test_one_more_worker_makes_nothing_slower(form, problem, workers):
    fewer, more = (
        solved(changed(problem, workers=each), form).bound for each in (workers, workers + 1)
    )
    assert more <= fewer + 1e-9


@EITHER
@FEW
@given(data=st.data(), problem=problems())
def test_the_order_of_the_input_changes_no_value(form, data, problem):
    order = data.draw(st.permutations(range(len(problem))))
    assert solved(permuted(problem, order), form).cost == solved(problem, form).cost


@EITHER
@FEW
@given(problem=problems())
def test_the_search_never_beats_what_is_proved(form, problem):
    searched = measure(problem, search_schedule(problem, form, effort=500)).cost
    assert solved(problem, form).cost <= searched


@FEW
@given(problem=problems(), one=st.integers(1, 9))
def test_waves_never_end_before_the_best_starts(problem, one):
    waves, starts = (solved(problem, form).cost for form in (Form.WAVES, Form.CONTINUOUS))
    assert starts.units <= waves.units


@FEW
@given(problems(), st.integers(1, 9))
def test_tasks_as_long_as_each_other_and_free_form_topological_generations(problem, minutes):
    free = SchedulingProblem.of([minutes] * len(problem), problem.before)
    graph = nx.DiGraph(problem.before.tolist())
    graph.add_nodes_from(range(len(problem)))
    generations = [set(each) for each in nx.topological_generations(graph)]
    assert [set(each) for each in solved(free, Form.WAVES).schedule.groups()] == generations
    searched = search_schedule(free, Form.WAVES, effort=500)
    assert [set(each) for each in searched.groups()] == generations


@EITHER
@FEW
@given(problem=problems())
def test_with_everything_apart_one_runs_at_a_time(form, problem):
    alone = changed(problem, apart=~np.eye(len(problem), dtype=bool), running=())
    for schedule in (solved(alone, form).schedule, search_schedule(alone, form, effort=500)):
        assert measure(alone, schedule).makespan == problem.work
        assert measure(alone, schedule).cost.weight == 0


@EITHER
def test_what_runs_already_is_first_in_what_the_solver_finds(form):
    problem = SchedulingProblem.of([9, 9, 9, 9, 4], workers=2, running=[4])
    poor = Schedule(form, (9, 18, 27, 36, 0) if form == Form.CONTINUOUS else (1, 2, 3, 4, 0))
    answer = solve(problem, form, hint=poor, effort=5.0)
    assert answer.is_optimal
    assert broken_rules(problem, answer.schedule) == []
    assert measure(problem, answer.schedule).makespan == 22


def hard(seed=3, size=16):
    random = np.random.default_rng(seed)
    chance = np.triu(random.beta(1, 8, (size, size)), 1)
    chance += chance.T
    minutes = np.rint(60 * np.exp(0.6 * random.standard_normal(size)))
    return SchedulingProblem.of(
        minutes, weight=chance, loss=40 * chance, workers=4, budget=0.02 * chance.sum()
    )


@EITHER
def test_the_same_each_time_and_never_worse_than_the_hint(form):
    problem = hard()
    hint = search_schedule(problem, form, effort=200)
    one, other = (solve(problem, form, hint=hint, effort=0.1) for _ in range(2))
    assert one == other
    assert one.cost <= measure(problem, hint).cost
    assert one.bound <= measure(problem, one.schedule).expected
    assert not broken_rules(problem, one.schedule)


@EITHER
def test_without_effort_the_hint_stands(form):
    problem = hard()
    hint = search_schedule(problem, form, effort=200)
    answer = solve(problem, form, hint=hint, effort=0.0)
    assert answer.cost <= measure(problem, hint).cost
    assert not answer.is_optimal


@EITHER
def test_no_tasks_need_no_schedule(form):
    answer = solve(SchedulingProblem.of([]), form)
    assert (answer.schedule.places, answer.bound, answer.is_optimal) == ((), 0.0, True)
