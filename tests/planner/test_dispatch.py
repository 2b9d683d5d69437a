"""Which tasks may start beside those that run, and what keeps the others."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml.planner.dispatch import Held, Hold, dispatch
from taskpar_ml.planner.starts import StartRules
from tests.support.strategies import LAW

IDS = ["a", "b", "c", "d"]


def matrix(values):
    square = np.zeros((len(IDS), len(IDS)))
    for (one, other), value in values.items():
        first, second = IDS.index(one), IDS.index(other)
        square[first, second] = square[second, first] = value
    return square


def ask(*, edges=(), keep=(), risk=None, running=(), workers=4, rank=None, minutes=None):
    order = nx.DiGraph(list(edges))
    order.add_nodes_from(IDS)
    lengths = np.array([(minutes or {}).get(name, 1.0) for name in IDS])
    rules = StartRules(
        apart=matrix(dict.fromkeys(keep, 1)).astype(bool),
        risk=matrix(risk or {}),
        minutes=lengths,
        chain=lengths,
        threshold=0.2,
        spread=0.1,
    )
    return dispatch(
        order,
        ids=IDS,
        rules=rules,
        rank=rank or dict.fromkeys(IDS, (0.0,)),
        running=dict(running) if isinstance(running, dict) else dict.fromkeys(running, 0.0),
        workers=workers,
    )


BUSY = Hold(Held.BUSY)
AFTER_A = Hold(Held.ORDER, "a")


@pytest.mark.parametrize(
    ("question", "ready", "held"),
    [
        ({}, ["a", "b", "c", "d"], {}),
        ({"running": ["b"]}, ["a", "c", "d"], {}),
        ({"workers": 2}, ["a", "b"], {"c": BUSY, "d": BUSY}),
        ({"running": ["a", "b"], "workers": 2}, [], {"c": BUSY, "d": BUSY}),
        ({"running": ["a", "b", "c"], "workers": 2}, [], {"d": BUSY}),
        ({"edges": [("a", "b")]}, ["a", "c", "d"], {"b": AFTER_A}),
        ({"edges": [("a", "b")], "running": ["a"]}, ["c", "d"], {"b": AFTER_A}),
        ({"keep": [("a", "c")], "running": ["c"]}, ["b", "d"], {"a": Hold(Held.APART, "c")}),
        ({"keep": [("a", "c")]}, ["a", "b", "d"], {"c": Hold(Held.APART, "a")}),
        ({"rank": {"d": (0.0,), "c": (0.0,), "b": (1.0,), "a": (2.0,)}, "workers": 3},
         ["d", "c", "b"], {"a": BUSY}),
        ({"minutes": {"c": 5.0, "b": 3.0}, "workers": 2}, ["c", "b"], {"a": BUSY, "d": BUSY}),
    ],
)  # fmt: skip
def test_tasks_start_in_turn_unless_something_holds_them(question, ready, held):
    assert ask(**question) == (ready, held)


def test_risks_that_add_up_name_the_riskiest():
    risk = {("a", "d"): 0.1, ("b", "d"): 0.15}
    ready, held = ask(risk=risk, running=["a", "b"])
    assert ready == ["c"]
    assert held["d"] == Hold(Held.RISK, "b", pytest.approx(1 - 0.9 * 0.85))


def test_who_would_make_others_lose_more_than_it_does_waits():
    minutes = {"a": 30.0, "b": 2.0}
    ready, held = ask(risk={("a", "b"): 0.1}, minutes=minutes, running={"a": 10.0})
    assert ready == ["c", "d"]
    assert held == {"b": Hold(Held.LOSS, "a", pytest.approx(0.1))}
    ready, _ = ask(risk={("a", "b"): 0.1}, minutes=minutes, running={"a": 50.0})
    assert "b" in ready


PAIRS = [(one, other) for place, one in enumerate(IDS) for other in IDS[place + 1 :]]


@LAW
@given(
    edges=st.lists(st.sampled_from(PAIRS), unique=True),
    keep=st.lists(st.sampled_from(PAIRS), unique=True),
    risk=st.dictionaries(st.sampled_from(PAIRS), st.sampled_from((0.05, 0.15, 0.3))),
    running=st.sets(st.sampled_from(IDS)),
    workers=st.integers(1, 4),
)
def test_every_task_runs_starts_or_is_told_why_not(edges, keep, risk, running, workers):
    ready, held = ask(edges=edges, keep=keep, risk=risk, running=sorted(running), workers=workers)
    assert sorted([*ready, *held, *running]) == IDS
    assert len(ready) <= max(workers - len(running), 0)
    assert ready or running
    for task, hold in held.items():
        assert (hold.by is None) == (hold.why is Held.BUSY)
        if hold.why is Held.ORDER:
            assert (hold.by, task) in edges
        elif hold.by is not None:
            assert hold.by in {*ready, *running}
        if hold.why is Held.RISK:
            assert hold.hit >= 0.2
    for task in ready:
        assert not any((before, task) in edges for before in IDS)
