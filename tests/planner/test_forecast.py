"""What a plan comes to, where that is known."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from taskpar_ml.domain.watching import UNWATCHED, Watch, Watching
from taskpar_ml.planner.forecast import MOST_TASKS, OrderedStarts, forecast
from taskpar_ml.planner.starts import StartRules
from taskpar_ml.simulation.policies import Moment


def ask(minutes, *, edges=(), risk=0.0, apart=False, workers=2, watch=UNWATCHED, spread=0.0):
    size = len(minutes)
    ids = [f"t{row:04}" for row in range(size)]
    order = nx.DiGraph([(ids[one], ids[other]) for one, other in edges])
    order.add_nodes_from(ids)
    lengths = np.array(minutes, dtype=float)
    rules = StartRules(
        apart=np.full((size, size), apart),
        risk=np.full((size, size), risk),
        minutes=lengths,
        chain=lengths,
        threshold=0.9,
        watch=watch,
        spread=spread,
    )
    return forecast(order, ids=ids, rules=rules, workers=workers)


def told(expected):
    return expected.mean, expected.low, expected.high


def test_without_luck_and_risk_it_is_what_the_schedule_says():
    found = ask([4.0, 2.0, 2.0])
    assert told(found.makespan) == pytest.approx((4, 4, 4))
    assert told(found.speed_up) == pytest.approx((2, 2, 2))
    assert told(found.hits) == told(found.lost) == (0, 0, 0)


def test_tasks_wait_for_those_that_they_depend_on():
    assert ask([4.0, 2.0, 2.0], edges=[(0, 1), (1, 2)]).speed_up.mean == pytest.approx(1)
    assert ask([4.0, 2.0, 2.0], edges=[(0, 1)]).makespan.mean == pytest.approx(6)


def test_what_stays_apart_runs_one_after_the_other():
    assert ask([4.0, 2.0, 2.0], apart=True, workers=3).speed_up.mean == pytest.approx(1)


def test_a_pair_collides_as_often_as_its_risk_says():
    found = ask([1.0, 1.0], risk=0.3)
    assert found.runs == 50
    assert found.hits.mean * 2 == pytest.approx(0.3, abs=0.12)
    assert found.lost.mean == pytest.approx(found.hits.mean)
    assert found.hits.low == 0
    assert found.hits.high == 0.5


def test_luck_widens_the_interval_and_watching_loses_less():
    sure, unsure = (ask([1.0] * 12, workers=4, spread=spread) for spread in (0.0, 0.8))
    assert sure.speed_up.low == sure.speed_up.high
    assert unsure.speed_up.low < unsure.speed_up.mean < unsure.speed_up.high
    lost = [
        ask([1.0] * 12, risk=0.1, workers=4, spread=0.6, watch=Watch(mode)).lost.mean
        for mode in Watching
    ]
    assert lost == sorted(lost, reverse=True)


def test_the_unit_of_the_durations_changes_nothing_but_the_makespan():
    hours, days = (ask([3 * unit, 2 * unit, unit], risk=0.2, spread=0.5) for unit in (24.0, 1.0))
    assert told(hours.speed_up) == pytest.approx(told(days.speed_up))
    assert told(hours.makespan) == pytest.approx([24 * each for each in told(days.makespan)])


def test_the_same_plan_has_the_same_forecast():
    assert ask([3.0, 2.0, 1.0], risk=0.2, spread=0.5) == ask([3.0, 2.0, 1.0], risk=0.2, spread=0.5)


def test_nothing_is_forecast_of_no_tasks_and_of_very_many():
    assert ask([]) is None
    assert ask([1.0] * (MOST_TASKS + 1)) is None


def test_a_task_waits_while_what_it_depends_on_is_parked():
    rules = StartRules(np.zeros((3, 3), bool), np.zeros((3, 3)), np.ones(3), np.ones(3), 0.9)
    policy = OrderedStarts(rules, np.array([[0, 2]]))
    assert policy.admit(Moment([1], [2], {1: 4}, parked=[0])) == []
    assert policy.admit(Moment([1], [2], {1: 4})) == [2]


def test_of_many_that_wait_those_with_the_longest_chains_are_looked_at():
    size = 100
    chain = np.arange(size, dtype=float) + 1
    rules = StartRules(np.eye(size, dtype=bool), np.zeros((size, size)), np.ones(size), chain, 0.9)
    policy = OrderedStarts(rules, np.zeros((0, 2), dtype=int))
    assert policy.admit(Moment([], list(range(size)), free=2)) == [99, 98]


def test_both_sides_write_at_some_time_of_their_runs():
    found = ask([1.0, 1.0], risk=0.5, watch=Watch(Watching.TRIAL_MERGES))
    # Both have written after two thirds on average, and that is lost of one of two.
    assert found.lost.mean * 2 / (found.hits.mean * 2) == pytest.approx(2 / 3, abs=0.1)


@pytest.mark.parametrize("unit", [1e-320, 1e-200, 1e12])
def test_any_unit_will_do(unit):
    found = ask([4 * unit, 2 * unit, 2 * unit])
    assert found.speed_up.mean == pytest.approx(2, rel=0.01)
    assert found.makespan.mean == pytest.approx(4 * unit, rel=0.01)
