"""Plans that survive change: old waves are kept where that costs little."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml.planner.problem import SchedulingProblem
from taskpar_ml.planner.replanning import TOLERANCE, kept_waves, moved_tasks
from taskpar_ml.planner.schedule import Form, Schedule, broken_rules, measure
from taskpar_ml.planner.search import search_schedule
from tests.support.scheduling import changed, matrix, problems
from tests.support.strategies import LAW


def waves_of(problem, effort=200):
    return search_schedule(problem, Form.WAVES, effort=effort)


def replanned(problem, old, fresh=None):
    return kept_waves(problem, old, fresh or waves_of(problem), rank=range(len(problem)))


@LAW
@given(st.data(), problems(most=9))
def test_whatever_the_old_plan_no_rule_is_broken_and_little_is_lost(data, problem):
    number = st.none() | st.integers(0, 12)
    old = data.draw(st.lists(number, min_size=len(problem), max_size=len(problem)))
    fresh = waves_of(problem)
    kept = replanned(problem, old, fresh)
    assert broken_rules(problem, kept) == []
    limit = measure(problem, fresh).cost.units * (1 + TOLERANCE)
    assert measure(problem, kept).cost.units <= limit


@LAW
@given(problems(most=9))
def test_where_nothing_changed_nobody_moves(problem):
    old = waves_of(problem)
    kept = replanned(problem, old.places, old)
    assert moved_tasks(old.places, kept.places) == []
    assert measure(problem, kept).cost.units <= measure(problem, old).cost.units


@LAW
@given(st.data(), problems(most=9))
def test_tasks_that_have_landed_leave_the_others_where_they_were(data, problem):
    """As long as what is left is not much longer than what a new plan would take."""
    old = waves_of(problem).places
    gone = data.draw(st.sets(st.sampled_from(range(len(problem))), max_size=3))
    left = [task for task in range(len(problem)) if task not in gone]
    place = {task: row for row, task in enumerate(left)}
    rest = SchedulingProblem.of(
        problem.minutes[left],
        [(place[a], place[b]) for a, b in problem.before.tolist() if a in place and b in place],
        apart=problem.apart[left][:, left],
        workers=problem.workers,
    )
    as_it_was = Schedule(Form.WAVES, tuple(old[task] for task in left))
    fresh = waves_of(rest)
    kept = replanned(rest, as_it_was.places, fresh)
    assert broken_rules(rest, kept) == []
    dense = sorted(set(as_it_was.places))
    same = Schedule(Form.WAVES, tuple(dense.index(each) for each in as_it_was.places))
    limit = measure(rest, fresh).cost.units * (1 + TOLERANCE)
    if measure(rest, same).cost.units <= limit:
        assert kept == same


def test_a_new_task_finds_a_place_and_moves_nobody():
    problem = SchedulingProblem.of([9, 9, 9, 9, 4], apart=matrix(5, [(0, 4)]), workers=3)
    kept = replanned(problem, [0, 0, 1, 1, None])
    assert kept.places == (0, 0, 1, 1, 1)
    assert moved_tasks([0, 0, 1, 1, None], kept.places) == []


def test_two_that_may_no_longer_share_a_wave_are_parted_and_the_more_urgent_stays():
    problem = SchedulingProblem.of([9, 9, 9, 9], apart=matrix(4, [(0, 1)]), workers=3)
    kept = replanned(problem, [0, 0, 1, 1])
    assert kept.places == (0, 1, 1, 1)
    assert moved_tasks([0, 0, 1, 1], kept.places) == [1]


def test_what_waits_for_a_task_goes_after_it():
    problem = SchedulingProblem.of([9, 9, 9], [(2, 0)], workers=1)
    kept = replanned(problem, [0, 1, None])
    assert kept.places == (1, 2, 0)
    assert moved_tasks([0, 1, None], kept.places) == []


def test_single_moves_come_before_a_new_plan():
    #  the long task 3 makes its wave of short ones long; it goes to the wave of the other long one
    problem = SchedulingProblem.of([20, 1, 1, 20], workers=2)
    kept = replanned(problem, [0, 1, 2, 2])
    assert kept.places == (0, 1, 2, 0)
    assert moved_tasks([0, 1, 2, 2], kept.places) == [3]


def test_a_plan_that_has_become_much_too_long_is_made_anew():
    problem = SchedulingProblem.of([9] * 6, workers=6)
    fresh = Schedule(Form.WAVES, (0,) * 6)
    far = [0, 1, 2, 3, 4, 5]
    assert measure(problem, replanned(problem, far, fresh)).makespan == 9


def test_a_smaller_budget_parts_only_as_many_as_it_must():
    weight = 1.0 * matrix(4, [(0, 1), (2, 3)])
    problem = SchedulingProblem.of([9] * 4, weight=weight, workers=3, budget=1.0)
    assert replanned(problem, [0, 0, 1, 1]).places == (0, 0, 1, 0)


def test_what_runs_comes_first_wherever_it_was():
    problem = SchedulingProblem.of([9, 9, 9], workers=1, running=[2])
    assert replanned(problem, [0, 1, 2]).places == (1, 2, 0)
    beside = SchedulingProblem.of([9, 9, 9], workers=2, running=[0])
    assert replanned(beside, [0, 0, 1]).places == (0, 0, 1)


def test_before_what_runs_already_nothing_can_land():
    problem = SchedulingProblem.of([9, 9, 9], [(2, 1)], workers=2, running=[0])
    kept = replanned(problem, [0, 0, None])
    assert broken_rules(problem, kept) == []
    assert kept.places[0] == 0 < kept.places[1]


@pytest.mark.parametrize(
    ("old", "new", "moved"),
    [
        ([0, 0, 1], [3, 3, 2], []),  # the numbers mean nothing
        ([0, 0, 0, 1], [0, 0, 1, 1], [2]),  # the smaller part has moved
        ([0, 0, 1, 1], [0, 0, 0, 0], [2, 3]),  # two waves became one
        ([None, 0], [0, 0], []),  # who is new moves nobody
    ],
)
def test_who_has_moved(old, new, moved):
    assert moved_tasks(old, new) == moved


@LAW
@given(problems(most=7), st.integers(1, 4))
def test_fewer_workers_break_no_rule(problem, workers):
    narrower = changed(problem, workers=workers)
    kept = replanned(narrower, waves_of(problem).places)
    assert broken_rules(narrower, kept) == []
