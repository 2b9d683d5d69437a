"""Several schedules are never longer than the first, and the same every time."""

from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml.planner.waves import (
    makespan,
    schedule_waves,
    shortest_waves,
    tail_durations,
)


@st.composite
def problems(draw):
    ids = [f"t{number}" for number in range(draw(st.integers(1, 9)))]
    graph = nx.DiGraph()
    graph.add_nodes_from(ids)
    graph.add_edges_from(
        (first, second)
        for at, first in enumerate(ids)
        for second in ids[at + 1 :]
        if draw(st.integers(0, 5)) == 0
    )
    apart = np.zeros((len(ids), len(ids)), dtype=bool)
    for row in range(len(ids)):
        for column in range(row):
            apart[row, column] = apart[column, row] = draw(st.booleans())
    durations = {task: float(draw(st.integers(1, 5))) for task in ids}
    tails = tail_durations(graph, durations)
    return {
        "graph": graph,
        "ids": ids,
        "apart": apart,
        "rank": {task: (0.0, -tails[task], 2.0) for task in ids},
        "workers": draw(st.integers(1, 4)),
    }, durations


@given(problems())
def test_trying_more_never_makes_a_plan_longer(problem):
    arguments, durations = problem
    lengths = [
        makespan(shortest_waves(**arguments, durations=durations, tries=tries), durations)
        for tries in (1, 5, 20)
    ]
    assert lengths[0] == makespan(schedule_waves(**arguments), durations)
    assert lengths == sorted(lengths, reverse=True)


@given(problems())
def test_the_order_of_the_ids_changes_only_ties(problem):
    arguments, durations = problem
    turned = {**arguments, "ids": arguments["ids"][::-1], "apart": arguments["apart"][::-1, ::-1]}
    one = shortest_waves(**arguments, durations=durations, tries=5)
    other = shortest_waves(**turned, durations=durations, tries=5)
    assert [set(wave) for wave in one] == [set(wave) for wave in other]


def test_a_long_task_finds_its_fellow():
    """Two long tasks share a wave only if the short ones let them."""
    ids = ["a", "b", "c", "d"]
    apart = np.zeros((4, 4), dtype=bool)
    graph = nx.DiGraph()
    graph.add_nodes_from(ids)
    durations = {"a": 1.0, "b": 5.0, "c": 1.0, "d": 5.0}
    rank = dict.fromkeys(ids, (0.0, -1.0))  # a rank that knows nothing of durations
    found = {
        tries: makespan(
            shortest_waves(
                graph,
                ids=ids,
                apart=apart,
                rank=rank,
                workers=2,
                durations=durations,
                tries=tries,
            ),
            durations,
        )
        for tries in (1, 40)
    }
    assert found == {1: 10.0, 40: 6.0}
