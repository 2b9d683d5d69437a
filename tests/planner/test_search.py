"""The search: schedules that break no rule, the same each time, for any number of tasks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml.planner.cliques import clique_cover, heavy_cliques, lowest_makespan
from taskpar_ml.planner.event_list import Manner, listed_starts, listed_waves
from taskpar_ml.planner.problem import SchedulingProblem
from taskpar_ml.planner.schedule import Form, Schedule, broken_rules, measure
from taskpar_ml.planner.search import search_schedule, settled
from taskpar_ml.planner.wave_packing import Packing, Taste
from tests.support.scheduling import FORMS, problems
from tests.support.strategies import LAW

EITHER = pytest.mark.parametrize("form", FORMS)
MANNERS = st.builds(Manner, st.floats(0.01, 10), st.floats(0, 2), st.floats(0, 10))


@EITHER
@LAW
@given(problem=problems(most=12), effort=st.integers(1, 2_000))
def test_no_rule_is_broken_however_hasty(form, problem, effort):
    schedule = search_schedule(problem, form, effort=effort)
    assert broken_rules(problem, schedule) == []
    assert schedule == search_schedule(problem, form, effort=effort)


@LAW
@given(problems(most=12), MANNERS)
def test_lists_break_no_rule_and_know_what_they_cost(problem, manner):
    starts, cost = listed_starts(problem, manner)
    schedule = Schedule(Form.CONTINUOUS, tuple(starts))
    assert broken_rules(problem, schedule) == []
    assert measure(problem, schedule).cost == cost
    waves = Schedule(Form.WAVES, tuple(listed_waves(problem, manner)))
    assert broken_rules(problem, waves) == []


@LAW
@given(problems(most=12), MANNERS)
def test_settling_costs_nothing_and_comes_to_rest(problem, manner):
    starts = Schedule(Form.CONTINUOUS, tuple(listed_starts(problem, manner)[0]))
    waves = Schedule(Form.WAVES, tuple(listed_waves(problem, manner)))
    for schedule in (starts, waves):
        early = settled(problem, schedule)
        assert broken_rules(problem, early) == []
        assert measure(problem, early).cost.units <= measure(problem, schedule).cost.units
        assert measure(problem, early).cost.weight <= measure(problem, schedule).cost.weight


@LAW
@given(st.data(), problems(most=12, budgets=False))
def test_taking_and_putting_keeps_count(data, problem):
    packing = Packing.of(problem, search_schedule(problem, Form.WAVES, effort=1).places)
    tasks = [task for task in range(len(problem)) if not problem.running[task]]
    taken = data.draw(st.lists(st.sampled_from(tasks), unique=True)) if tasks else []
    packing.take(taken)
    for task in taken:
        packing.put(task, Taste(later=data.draw(st.floats(0, 1))))
    schedule = Schedule(Form.WAVES, tuple(packing.numbers))
    assert broken_rules(problem, schedule) == []
    assert measure(problem, schedule).cost == packing.cost


def test_no_wave_comes_before_what_runs_already():
    problem = SchedulingProblem.of([9, 9], workers=1, running=[1])
    packing = Packing(problem)
    packing.put(0, Taste(later=0.0))
    assert packing.numbers == [1, 0]


@LAW
@given(problems(most=12))
def test_cliques_hold_every_pair_that_never_overlaps_and_no_other(problem):
    cover = clique_cover(problem.never, problem.minutes)
    held = np.zeros_like(problem.never)
    for clique in cover:
        for task in clique:
            held[task, [each for each in clique if each != task]] = True
    assert np.array_equal(held, problem.never)


@LAW
@given(problems(most=12), st.integers(1, 5))
def test_heavy_cliques_hold_only_pairs_that_never_overlap_and_bound_the_makespan(problem, most):
    found = heavy_cliques(problem.never, problem.minutes, most=most)
    assert len(found) == min(most, len(problem))
    for clique in found:
        pairs = problem.never[np.ix_(clique, clique)]
        assert pairs.sum() == len(clique) * (len(clique) - 1)
    schedule = search_schedule(problem, Form.CONTINUOUS, effort=50)
    assert lowest_makespan(problem, found) <= measure(problem, schedule).makespan


def test_the_heaviest_clique_is_found_where_it_is_plain():
    kept = np.zeros((6, 6), dtype=bool)
    kept[:4, :4] = ~np.eye(4, dtype=bool)
    kept[4, 5] = kept[5, 4] = True
    found = heavy_cliques(kept, np.array([5, 5, 5, 5, 9, 9]), most=1)
    assert found == [(0, 1, 2, 3)]


@EITHER
def test_two_thousand_tasks_break_no_rule(form):
    random = np.random.default_rng(1)
    size = 2_000
    kept = np.triu(random.random((size, size)) < 0.01, 1)
    edges = [(one, int(random.integers(one + 1, size))) for one in range(0, size - 1, 3)]
    problem = SchedulingProblem.of(
        random.integers(1, 300, size), edges, apart=kept | kept.T, workers=16
    )
    schedule = search_schedule(problem, form)
    assert broken_rules(problem, schedule) == []
    assert measure(problem, schedule).makespan < 2.2 * problem.work / 16


def test_nothing_is_searched_where_the_first_waves_reach_a_bound(monkeypatch):
    def refuse(*given):
        raise AssertionError("searched on")

    monkeypatch.setattr("taskpar_ml.planner.wave_search._ruined", refuse)
    minutes = np.array([3, 5, 2, 4])
    alone = SchedulingProblem.of(minutes, apart=~np.eye(4, dtype=bool), workers=3)
    assert len(set(search_schedule(alone, Form.WAVES).places)) == 4
    free = SchedulingProblem.of(minutes, workers=4)
    assert set(search_schedule(free, Form.WAVES).places) == {0}
    chain = SchedulingProblem.of(minutes, [(0, 1), (1, 2), (2, 3)], workers=3)
    assert search_schedule(chain, Form.WAVES).places == (0, 1, 2, 3)
    with pytest.raises(AssertionError, match="searched on"):
        search_schedule(SchedulingProblem.of(minutes, workers=2), Form.WAVES)
