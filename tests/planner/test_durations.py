"""How long tasks are expected to take, whatever says so."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml.domain.task import Task
from taskpar_ml.errors import ModelError
from taskpar_ml.planner.durations import (
    ASSUMED_SPREAD,
    Durations,
    DurationSource,
    ExpectedDuration,
    estimated_durations,
)
from tests.support.strategies import LAW

LENGTHS = st.floats(1e-6, 1e6)
"""Of anything: from moments to years in any unit."""


def task(id: str, *, estimate: float | None = None, complexity: float | None = None) -> Task:
    return Task(id=id, title=f"Do {id}", estimate=estimate, complexity=complexity)


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Task], Durations | None, Durations | None]:
    """Return tasks of which every source may speak or not, and what the two that are handed say."""
    ids = [str(number) for number in range(draw(st.integers(1, 9)))]
    tasks = [
        task(
            id,
            estimate=draw(st.none() | LENGTHS),
            complexity=draw(st.none() | st.floats(0, 11)),
        )
        for id in ids
    ]
    some = st.dictionaries(st.sampled_from([*ids, "another"]), LENGTHS)
    handed = st.none() | st.builds(Durations, some, st.floats(0, 2))
    return tasks, draw(handed), draw(handed)


@LAW
@given(cases())
def test_every_task_has_a_positive_finite_duration_and_what_is_declared_is_kept(case):
    tasks, recorded, predicted = case
    found = estimated_durations(tasks, recorded=recorded, predicted=predicted)
    assert list(found.of) == [each.id for each in tasks]
    for each in tasks:
        said = found.of[each.id]
        assert 0 < said.expected < math.inf
        assert 0 <= said.spread < math.inf
        assert (said.source == DurationSource.DECLARED) == (each.estimate is not None)
        if each.estimate is not None:
            assert said.expected == each.estimate


@LAW
@given(cases(), st.randoms())
def test_the_order_of_the_input_changes_nothing(case, chance):
    tasks, recorded, predicted = case
    shuffled = chance.sample(tasks, len(tasks))
    again = estimated_durations(shuffled, recorded=_turned(recorded), predicted=_turned(predicted))
    found = estimated_durations(tasks, recorded=recorded, predicted=predicted)
    assert dict(again.of) == dict(found.of)
    assert again.unit == found.unit


def _turned(durations: Durations | None) -> Durations | None:
    if durations is None:
        return None
    return Durations(dict(reversed(durations.expected.items())), durations.spread)


@LAW
@given(cases(), st.floats(1e-3, 1e3))
def test_another_unit_of_estimates_is_another_unit_of_everything(case, factor):
    tasks, recorded, predicted = case
    if all(each.estimate is None for each in tasks):
        tasks = [*tasks, task("declared", estimate=3)]
    scaled = [
        each.model_copy(update={"estimate": each.estimate and each.estimate * factor})
        for each in tasks
    ]
    before = estimated_durations(tasks, recorded=recorded, predicted=predicted)
    after = estimated_durations(scaled, recorded=recorded, predicted=predicted)
    for id, said in before.of.items():
        assert after.of[id].expected == pytest.approx(said.expected * factor, rel=1e-9)
        assert after.of[id].source == said.source


@LAW
@given(cases(), st.floats(1e-3, 1e3))
def test_in_which_unit_predictions_are_changes_nothing_beside_estimates(case, factor):
    tasks, recorded, predicted = case
    tasks = [*tasks, task("declared", estimate=3)]
    handed = predicted or Durations()
    scaled = Durations({id: value * factor for id, value in handed.expected.items()})
    before = estimated_durations(tasks, recorded=recorded, predicted=handed)
    after = estimated_durations(tasks, recorded=recorded, predicted=scaled)
    assert after.expected == pytest.approx(before.expected, rel=1e-9)


def test_where_nothing_speaks_every_task_takes_one():
    found = estimated_durations([task("a"), task("b")])
    assert found.expected == {"a": 1, "b": 1}
    assert found.unit == found.of["a"].source == DurationSource.USUAL
    assert estimated_durations([]).expected == {}


def test_the_strongest_source_speaks():
    tasks = [task("a", estimate=5, complexity=4), task("b", complexity=4), task("c"), task("d")]
    found = estimated_durations(
        tasks,
        recorded=Durations({"a": 60.0, "b": 60.0, "c": 120.0}, 0.7),
        predicted=Durations(dict.fromkeys("abcd", 1.0), 0.9),
    )
    assert {id: each.source.value for id, each in found.of.items()} == {
        "a": "declared",
        "b": "complexity",
        "c": "recorded",
        "d": "predicted",
    }
    # Of the first task all four speak: 5 hours are 4 points, 60 seconds, and a usual task.
    assert found.expected == pytest.approx({"a": 5, "b": 5, "c": 10, "d": 5})
    spreads = [each.spread for each in found.of.values()]
    assumed = [
        ASSUMED_SPREAD[each] for each in (DurationSource.DECLARED, DurationSource.COMPLEXITY)
    ]
    assert spreads == [*assumed, 0.7, 0.9]


def test_one_absurd_estimate_does_not_rule_the_unit():
    told = {"a": 1.0, "b": 2.0, "c": 1.0, "d": 3.0}
    tasks = [task("a", estimate=2), task("b", estimate=4), task("c", estimate=9_999), task("d")]
    assert estimated_durations(tasks, predicted=Durations(told)).expected["d"] == pytest.approx(6)


def test_sources_that_speak_of_no_common_task_are_compared_by_their_middles():
    tasks = [task("a", estimate=4), task("b", complexity=2), task("c", complexity=8)]
    found = estimated_durations(tasks).expected
    assert found["c"] / found["b"] == pytest.approx(4)
    assert math.sqrt(found["b"] * found["c"]) == pytest.approx(4)


@pytest.mark.parametrize("score", [0, -1, 0.5, 11, math.nan, math.inf])
def test_a_score_of_another_scale_says_nothing(score):
    found = estimated_durations([task("a", estimate=3), task("b", complexity=score)])
    assert found.of["b"].source == DurationSource.USUAL


def test_a_task_of_which_nothing_speaks_is_as_long_as_the_others():
    tasks = [task("a", estimate=2), task("b", estimate=8), task("c")]
    assert estimated_durations(tasks).expected["c"] == pytest.approx(4)


def test_without_estimates_recorded_durations_give_the_unit():
    tasks = [task("a", complexity=4), task("b")]
    found = estimated_durations(tasks, recorded=Durations({"a": 60.0, "b": 90.0}))
    assert found.unit == DurationSource.RECORDED
    assert found.expected == pytest.approx({"a": 60, "b": 90})


def test_durations_at_the_edge_of_numbers_stay_finite():
    tasks = [task("a", estimate=1e9), task("b", estimate=1e-6), task("c"), task("d")]
    told = Durations({"a": 1e-300, "b": 1e-300, "c": 1e300, "d": 1e-300})
    assert all(
        0 < each < math.inf for each in estimated_durations(tasks, predicted=told).expected.values()
    )


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_what_is_no_duration_is_refused_by_its_task(value):
    with pytest.raises(ModelError, match="task a"):
        Durations({"a": value})


@pytest.mark.parametrize("spread", [-0.1, math.nan, math.inf])
def test_what_is_no_spread_is_refused(spread):
    with pytest.raises(ModelError, match="spread"):
        Durations({}, spread)


def test_the_mean_lies_above_the_middle_as_far_as_luck_reaches():
    sure = ExpectedDuration(2.0, DurationSource.DECLARED, 0.0)
    unsure = ExpectedDuration(2.0, DurationSource.DECLARED, 0.8)
    luck = np.exp(0.8 * np.random.default_rng(0).standard_normal(200_000))
    assert sure.mean == 2.0
    assert unsure.mean == pytest.approx(2.0 * luck.mean(), rel=0.02)
