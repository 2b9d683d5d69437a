"""What must come before what."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given

from taskpar_ml.domain.plan import SuggestedDependency
from taskpar_ml.domain.taskset import Barrier
from taskpar_ml.planner.graph import (
    EdgeKind,
    chain_between,
    dependency_graph,
    held_tasks,
    order_matrix,
    with_suggestions,
)
from tests.support.strategies import LAW, task_lists
from tests.support.workspaces import task, workspace


def edges(*tasks, **fields):
    graph = workspace(*tasks, **fields).declared_order
    return {(a, b): data["kind"] for a, b, data in graph.edges(data=True)}


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        ({}, {"depends_on": ["a"]}, EdgeKind.DEPENDS_ON),
        ({}, {"depends_on_completion": ["a"]}, EdgeKind.COMPLETION),
        ({"blocks": ["b"]}, {}, EdgeKind.BLOCKS),
        # Of several the strongest.
        ({"blocks": ["b"]}, {"depends_on": ["a"]}, EdgeKind.DEPENDS_ON),
        ({}, {"depends_on": ["a"], "depends_on_completion": ["a"]}, EdgeKind.COMPLETION),
    ],
)
def test_every_kind_of_dependency_is_an_edge(first, second, kind):
    assert edges(task("a", **first), task("b", **second)) == {("a", "b"): kind}


def test_settled_tasks_hold_nobody_back():
    assert edges(task("a", status="done"), task("b", depends_on=["a"])) == {}
    assert edges(task("a", status="cancelled"), task("b", depends_on=["a"])) == {}


def test_a_barrier_puts_all_before_all():
    barrier = Barrier(("a", "b"), ("c", "d"), "phase 2 after phase 1")
    found = workspace(*(task(id) for id in "abcd"), barriers=[barrier]).declared_order
    assert set(found.edges) == {("a", "c"), ("a", "d"), ("b", "c"), ("b", "d")}
    assert found.edges["a", "c"] == {"kind": EdgeKind.BARRIER, "why": "phase 2 after phase 1"}


def test_groups_follow_each_other_and_sequences_are_kept():
    groups = [{"parallel": ["a", "b"]}, {"sequential": ["c", "d"]}, {"parallel": ["e"]}]
    found = edges(*(task(id) for id in "abcdex"), groups=groups)
    expected = {("a", "c"), ("a", "d"), ("b", "c"), ("b", "d"), ("c", "d"), ("c", "e"), ("d", "e")}
    assert found == dict.fromkeys(expected, EdgeKind.GROUP)


def test_a_group_whose_tasks_are_all_done_leaves_no_gap():
    groups = [{"parallel": ["a"]}, {"parallel": ["b"]}, {"parallel": ["c"]}]
    found = edges(task("a"), task("b", status="done"), task("c"), groups=groups)
    assert set(found) == {("a", "c")}


def test_what_waits_for_a_deferred_task_is_held():
    asked = workspace(
        task("a", status="deferred"),
        task("b", depends_on=["a"]),
        task("c", "C", depends_on=["b"]),
        task("d", depends_on=["a"], status="done"),
        task("e"),
        task("f", depends_on=["a"], status="deferred"),
    )
    held = held_tasks(asked.declared_order, asked.task_set)
    assert set(held) == {"b", "c"}
    assert (held["c"].title, held["c"].why) == ("C", "waits for a, which is deferred")


@LAW
@given(task_lists())
def test_the_order_matrix_is_the_transitive_closure(chosen):
    graph = workspace(*chosen).declared_order
    ids = sorted(graph)
    found = order_matrix(graph, ids)
    closure = nx.transitive_closure_dag(graph)
    expected = [[closure.has_edge(x, y) for y in ids] for x in ids]
    assert np.array_equal(found, np.array(expected, dtype=bool).reshape(len(ids), len(ids)))


def test_the_order_is_carried_on_by_tasks_that_were_not_asked_for():
    graph = nx.DiGraph(pairwise("abc"))
    assert order_matrix(graph, ["c", "a", "z"]).tolist() == [
        [False, False, False],
        [True, False, False],
        [False, False, False],
    ]


def test_a_chain_is_the_shortest_in_either_direction():
    graph = nx.DiGraph([*pairwise("abcd"), ("a", "c")])
    assert chain_between(graph, "a", "d") == chain_between(graph, "d", "a") == ("a", "c", "d")
    assert chain_between(graph, "a", "z") == ()
    graph.add_node("z")
    assert chain_between(graph, "a", "z") == ()


def test_suggestions_that_would_close_a_cycle_are_not_followed():
    suggestions = [
        SuggestedDependency(
            before=x, after=y, surface="file", item="f", why="seems to create f", followed=False
        )
        for x, y in ["bc", "ca", "ba"]
    ]
    graph = nx.DiGraph([("a", "b")])
    graph.add_node("c")
    extended, answered = with_suggestions(graph, suggestions)
    assert [each.followed for each in answered] == [True, False, False]
    assert set(extended.edges) == {("a", "b"), ("b", "c")}
    assert extended.edges["b", "c"] == {"kind": EdgeKind.SUGGESTED, "why": "seems to create f"}
    assert set(graph.edges) == {("a", "b")}


def test_every_open_task_is_a_node():
    tasks = [task("a"), task("b", status="deferred"), task("c", status="done")]
    assert list(dependency_graph(workspace(*tasks).task_set)) == ["a", "b"]
