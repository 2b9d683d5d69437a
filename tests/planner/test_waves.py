"""Chains of tasks, and how long waves take."""

from __future__ import annotations

import networkx as nx
import pytest

from taskpar_ml.planner.waves import makespan, tail_durations


def test_tails_are_the_longest_chains_of_durations():
    graph = nx.DiGraph([("a", "b"), ("b", "d"), ("a", "c"), ("c", "d")])
    durations = {"a": 1.0, "b": 5.0, "c": 2.0, "d": 1.5}
    assert tail_durations(graph, durations) == {"a": 7.5, "b": 6.5, "c": 3.5, "d": 1.5}


@pytest.mark.parametrize(("waves", "length"), [([], 0), ([["a"]], 2), ([["a", "b"], ["c"]], 8)])
def test_a_plan_is_as_long_as_the_longest_tasks_of_its_waves(waves, length):
    assert makespan(waves, {"a": 2, "b": 3, "c": 5}) == length
