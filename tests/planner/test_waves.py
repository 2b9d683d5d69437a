"""List scheduling, wave by wave."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from taskpar_ml.planner.waves import makespan, schedule_waves, shortest_waves, tail_durations
from tests.support.strategies import LAW

IDS = "abcdef"


@st.composite
def problems(draw):
    """Return a graph without cycles and which tasks are to be kept apart."""
    edges = draw(st.sets(st.sampled_from([(x, y) for x in IDS for y in IDS if x < y]), max_size=8))
    graph = nx.DiGraph(sorted(edges))
    graph.add_nodes_from(IDS)
    apart = draw(arrays(np.bool_, (len(IDS), len(IDS))))
    return graph, (apart | apart.T) & ~np.eye(len(IDS), dtype=bool)


def waves_of(graph, apart, *, workers=None, rank=None):
    return schedule_waves(
        graph, ids=IDS, apart=apart, rank=rank or dict.fromkeys(IDS, (0.0,)), workers=workers
    )


NONE = np.zeros((6, 6), dtype=bool)
ALL = ~np.eye(6, dtype=bool)


@LAW
@given(problems())
def test_with_nothing_apart_and_no_limit_waves_are_topological_generations(problem):
    graph, _ = problem
    generations = [set(each) for each in nx.topological_generations(graph)]
    assert [set(wave) for wave in waves_of(graph, NONE)] == generations


@LAW
@given(problems())
def test_with_everything_apart_waves_are_single_tasks_in_order(problem):
    graph, _ = problem
    waves = waves_of(graph, ALL)
    assert {len(wave) for wave in waves} == {1}
    place = {task: number for number, (task,) in enumerate(waves)}
    assert all(place[before] < place[after] for before, after in graph.edges)


@LAW
@given(problems(), st.integers(1, 6))
def test_every_task_has_one_place_that_respects_everything(problem, workers):
    graph, apart = problem
    waves = waves_of(graph, apart, workers=workers)
    place = {task: number for number, wave in enumerate(waves) for task in wave}
    assert sorted(task for wave in waves for task in wave) == list(IDS)
    assert all(0 < len(wave) <= workers for wave in waves)
    assert all(place[before] < place[after] for before, after in graph.edges)
    for x, y in zip(*np.nonzero(apart), strict=True):
        assert place[IDS[x]] != place[IDS[y]]


@LAW
@given(problems(), st.integers(1, 6))
def test_no_task_waits_without_need(problem, workers):
    graph, apart = problem
    waves = waves_of(graph, apart, workers=workers)
    place = {task: number for number, wave in enumerate(waves) for task in wave}
    for task, number in place.items():
        for earlier, wave in enumerate(waves[:number]):
            full = len(wave) == workers
            early = any(place[before] >= earlier for before in graph.predecessors(task))
            beside = any(apart[IDS.index(task), IDS.index(other)] for other in wave)
            assert full or early or beside


def shortest(graph, apart, *, tries, durations=None, workers=2):
    durations = durations or dict.fromkeys(IDS, 1.0)
    rank = {task: (0.0, -tail) for task, tail in tail_durations(graph, durations).items()}
    fields = {"ids": IDS, "apart": apart, "rank": rank, "workers": workers}
    return shortest_waves(graph, durations=durations, tries=tries, **fields)


@LAW
@given(problems(), st.lists(st.sampled_from([0.5, 1.0, 3.0, 8.0]), min_size=6, max_size=6))
def test_more_tries_give_no_longer_plan_and_respect_the_same(problem, lengths):
    graph, apart = problem
    durations = dict(zip(IDS, lengths, strict=True))
    first, best = (shortest(graph, apart, tries=n, durations=durations) for n in (1, 10))
    assert makespan(best, durations) <= makespan(first, durations)
    place = {task: number for number, wave in enumerate(best) for task in wave}
    assert sorted(place) == list(IDS)
    assert all(len(wave) <= 2 for wave in best)
    assert all(place[before] < place[after] for before, after in graph.edges)
    for x, y in zip(*np.nonzero(apart), strict=True):
        assert place[IDS[x]] != place[IDS[y]]


def test_of_equally_long_plans_that_of_the_rank_is_kept():
    graph = nx.empty_graph(IDS, create_using=nx.DiGraph)
    assert shortest(graph, NONE, tries=10) == shortest(graph, NONE, tries=1)


def test_another_order_may_be_shorter():
    graph = nx.empty_graph(IDS, create_using=nx.DiGraph)
    apart = NONE.copy()
    for one, other in ["af", "bc", "bf"]:
        apart[IDS.index(one), IDS.index(other)] = apart[IDS.index(other), IDS.index(one)] = True
    durations = dict(zip(IDS, [2.0, 4.0, 1.0, 2.0, 1.0, 4.0], strict=True))
    lengths = [
        makespan(shortest(graph, apart, tries=tries, durations=durations, workers=3), durations)
        for tries in (1, 40)
    ]
    assert lengths == [9.0, 8.0]


def test_the_rank_decides_and_ties_keep_the_order_of_its_keys():
    graph = nx.empty_graph(IDS, create_using=nx.DiGraph)
    rank = {**dict.fromkeys("fedcb", (1.0,)), "a": (2.0,)}
    assert waves_of(graph, NONE, workers=2, rank=rank) == [["f", "e"], ["d", "c"], ["b", "a"]]


def test_tasks_outside_are_ignored():
    graph = nx.DiGraph([("x", "a")])
    graph.add_nodes_from(IDS)
    assert set(waves_of(graph, NONE)[0]) == set(IDS)


def test_tails_are_the_longest_chains_of_durations():
    graph = nx.DiGraph([("a", "b"), ("b", "d"), ("a", "c"), ("c", "d")])
    durations = {"a": 1.0, "b": 5.0, "c": 2.0, "d": 1.5}
    assert tail_durations(graph, durations) == {"a": 7.5, "b": 6.5, "c": 3.5, "d": 1.5}


@pytest.mark.parametrize(("waves", "length"), [([], 0), ([["a"]], 2), ([["a", "b"], ["c"]], 8)])
def test_a_plan_is_as_long_as_the_longest_tasks_of_its_waves(waves, length):
    assert makespan(waves, {"a": 2, "b": 3, "c": 5}) == length
