"""Problems of scheduling: whole units, and errors that say what is wrong."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from taskpar_ml.errors import SchedulingError, SettingsError
from taskpar_ml.planner.problem import SchedulingProblem
from taskpar_ml.planner.schedule import Form, Schedule, broken_rules, measure
from tests.support.strategies import LAW

BOTH = np.array([[0.0, 0.5], [0.5, 0.0]])


def test_edges_and_matrices_dense_or_sparse_say_the_same():
    order = np.array([[False, True], [False, False]])
    ways = [[(0, 1)], order, csr_array(order)]
    before = [SchedulingProblem.of([1, 2], way).before.tolist() for way in ways]
    assert before == [[[0, 1]]] * 3
    sparse = SchedulingProblem.of([1, 2], weight=csr_array(BOTH))
    assert sparse.weight.tolist() == [[0, 500_000], [500_000, 0]]


def test_order_reaches_through_others_and_costs_nothing_where_two_cannot_overlap():
    weight = np.full((3, 3), 0.5)
    problem = SchedulingProblem.of([5, 6, 7], [(0, 1), (1, 2)], weight=weight, loss=weight)
    assert problem.reach[0, 2]
    assert not problem.weight.any()
    assert not problem.loss.any()
    assert (problem.chain, problem.tails.tolist(), problem.heads.tolist()) == (
        18,
        [18, 13, 7],
        [0, 5, 11],
    )


@LAW
@given(st.lists(st.floats(0, 20), min_size=1, max_size=20), st.floats(0, 100))
def test_what_fits_in_units_fits_in_floats(weights, budget):
    size = len(weights) + 1
    weight = np.zeros((size, size))
    weight[0, 1:] = weight[1:, 0] = weights
    problem = SchedulingProblem.of([1] * size, weight=weight, budget=budget)
    if problem.weight[0].sum() <= problem.budget:
        assert sum(weights) <= budget + 1e-9


def test_the_expected_makespan_shares_what_is_lost_among_the_workers():
    problem = SchedulingProblem.of([10, 20, 30], loss=np.full((3, 3), 4.0), workers=2)
    found = measure(problem, Schedule(Form.CONTINUOUS, (0, 0, 10)))
    assert (found.makespan, found.lost, found.expected) == (40, 8.0, 44.0)
    found = measure(problem, Schedule(Form.WAVES, (0, 0, 1)))
    assert (found.makespan, found.lost, found.expected) == (50, 4.0, 52.0)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"minutes": [1, 0]}, "minutes of task 1: must be whole, from 1"),
        ({"minutes": [1, 1.5]}, "Got 1.5"),
        ({"minutes": [[1]]}, "one row of numbers"),
        ({"before": [(0, 2)]}, "names tasks from 0 to 1"),
        ({"before": [(0, 1), (1, 0)]}, "wait for each other in a circle"),
        ({"before": [(0, 0)]}, "wait for each other in a circle"),
        ({"before": [(0, 1, 1)]}, "must be edges"),
        ({"apart": [[False, True], [False, False]]}, "apart of tasks 0 and 1: must be the same"),
        ({"weight": [[0.0]]}, "must have shape (2, 2)"),
        ({"weight": BOTH * np.nan}, "Got nan"),
        ({"weight": -BOTH}, "weight of tasks 0 and 1: must be in [0, 2,147]. Got -0.5"),
        ({"loss": np.triu(BOTH)}, "loss of tasks 0 and 1: must be the same both ways"),
        ({"running": [2]}, "running: names tasks from 0 to 1. Got 2"),
        ({"running": [0, 1], "workers": 1}, "2 tasks run for 1 workers"),
        ({"running": [1], "before": [(0, 1)]}, "running task 1: waits for task 0"),
    ],
)
def test_what_is_wrong_is_said(fields, says):
    with pytest.raises(SchedulingError) as error:
        SchedulingProblem.of(**{"minutes": [1, 1]} | fields)
    assert says in str(error.value)


@pytest.mark.parametrize("fields", [{"workers": 0}, {"budget": -0.1}, {"budget": float("nan")}])
def test_limits_are_checked(fields):
    with pytest.raises(SettingsError):
        SchedulingProblem.of([1], **fields)


def test_what_runs_together_already_costs_nothing_and_stays():
    kept = [[False, True, True], [True, False, False], [True, False, False]]
    problem = SchedulingProblem.of(
        [5, 5, 5], apart=kept, loss=1.0 - np.eye(3), weight=1.0 - np.eye(3), running=[0, 1]
    )
    assert not problem.apart[0, 1]
    assert problem.apart[0, 2]
    assert problem.loss[0, 1] == problem.weight[0, 1] == 0 < problem.loss[1, 2]
    late = Schedule(Form.WAVES, (0, 1, 1))
    assert broken_rules(problem, late) == ["1 runs already and starts again"]


def test_broken_rules_are_named():
    problem = SchedulingProblem.of(
        [2, 2, 2, 2],
        [(0, 1)],
        apart=[[False] * 4, [False, False, True, False], [False, True, False, False], [False] * 4],
        weight=1.0 - np.eye(4),
        workers=2,
        budget=1.0,
    )
    assert broken_rules(problem, Schedule(Form.CONTINUOUS, (0, 1, 1, 1))) == [
        "1 starts before 0 has landed",
        "1 and 2 overlap",
        "4 tasks at once for 2 workers",
        "weight 4000000 is above the budget 1000000",
    ]
    assert broken_rules(problem, Schedule(Form.CONTINUOUS, (0,))) == ["1 places for 4 tasks"]
