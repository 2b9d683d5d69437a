"""Which tasks may start beside those that run."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml.planner.dispatch import Hold, dispatch
from taskpar_ml.planner.waves import schedule_waves
from tests.support.strategies import LAW

IDS = ["a", "b", "c", "d"]


def apart(*pairs):
    matrix = np.zeros((len(IDS), len(IDS)), dtype=bool)
    for one, other in pairs:
        first, second = IDS.index(one), IDS.index(other)
        matrix[first, second] = matrix[second, first] = True
    return matrix


def ask(*, edges=(), keep=(), running=(), workers=4, rank=None):
    order = nx.DiGraph(list(edges))
    order.add_nodes_from(IDS)
    ranked = rank or dict.fromkeys(IDS, (0.0,))
    return dispatch(
        order, ids=IDS, apart=apart(*keep), rank=ranked, running=running, workers=workers
    )


@pytest.mark.parametrize(
    ("question", "ready", "held"),
    [
        ({}, ["a", "b", "c", "d"], {}),
        ({"running": ["b"]}, ["a", "c", "d"], {}),
        ({"workers": 2}, ["a", "b"], {"c": Hold(), "d": Hold()}),
        ({"running": ["a", "b"], "workers": 2}, [], {"c": Hold(), "d": Hold()}),
        ({"running": ["a", "b", "c"], "workers": 2}, [], {"d": Hold()}),
        ({"edges": [("a", "b")]}, ["a", "c", "d"], {"b": Hold("a", ordered=True)}),
        (
            {"edges": [("a", "b")], "running": ["a"]},
            ["c", "d"],
            {"b": Hold("a", ordered=True)},
        ),
        ({"keep": [("a", "c")], "running": ["c"]}, ["b", "d"], {"a": Hold("c")}),
        ({"keep": [("a", "c")]}, ["a", "b", "d"], {"c": Hold("a")}),
        ({"rank": {"d": (0.0,), "c": (0.0,), "b": (1.0,), "a": (2.0,)}, "workers": 3},
         ["d", "c", "b"], {"a": Hold()}),
    ],
)  # fmt: skip
def test_tasks_start_in_turn_unless_something_holds_them(question, ready, held):
    assert ask(**question) == (ready, held)


PAIRS = [(one, other) for place, one in enumerate(IDS) for other in IDS[place + 1 :]]


@LAW
@given(
    edges=st.lists(st.sampled_from(PAIRS), unique=True),
    keep=st.lists(st.sampled_from(PAIRS), unique=True),
    workers=st.integers(1, 4),
)
def test_with_nothing_running_the_first_wave_starts(edges, keep, workers):
    ready, held = ask(edges=edges, keep=keep, workers=workers)
    order = nx.DiGraph(edges)
    order.add_nodes_from(IDS)
    waves = schedule_waves(
        order, ids=IDS, apart=apart(*keep), rank=dict.fromkeys(IDS, (0.0,)), workers=workers
    )
    assert ready == waves[0]
    assert sorted([*ready, *held]) == IDS
