"""Merge bases of many commits at once."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from pathlib import Path

import pygit2
import pytest

from taskpar_ml.errors import MissingObjectError
from taskpar_ml.repo.merge_bases import merge_bases
from taskpar_ml.repo.objects import ObjectReader
from tests.support.commits import make_graph

Git = Callable[..., str]
Graph = Mapping[str, Sequence[str]]


@pytest.fixture
def repository(tmp_path: Path) -> pygit2.Repository:
    return pygit2.init_repository(tmp_path / "graph", bare=True)


def bases(
    repository: pygit2.Repository,
    graph: Graph,
    *groups: str,
    dates: Mapping[str, int] | None = None,
) -> dict[tuple[str, str], list[str]]:
    """Return the merge bases of groups, each the names of its commits."""
    made = make_graph(repository, graph, dates=dates)
    names = {oid: name for name, oid in made.items()}
    reader = ObjectReader(repository, place="graph")
    found = merge_bases(
        reader, [tuple(made[name] for name in group) for group in groups], place="graph"
    )
    return {(groups[a], groups[b]): [names[each] for each in met] for (a, b), met in found.items()}


def test_a_fork_meets_where_it_began(repository):
    graph = {"r": "", "f": "r", "a": "f", "b": "f", "c": "b"}
    assert bases(repository, graph, "a", "c") == {("a", "c"): ["f"]}


def test_an_ancestor_is_its_own_base(repository):
    graph = {"r": "", "a": "r", "b": "a"}
    assert bases(repository, graph, "a", "b") == {("a", "b"): ["a"]}
    assert bases(repository, graph, "b", "b") == {("b", "b"): ["b"]}


def test_pairs_of_many_tips_each_have_their_own(repository):
    graph = {"r": "", "a": "r", "m": "r", "b": "m", "n": "m", "c": "n", "d": "n"}
    assert bases(repository, graph, "a", "b", "c", "d") == {
        ("a", "b"): ["r"],
        ("a", "c"): ["r"],
        ("a", "d"): ["r"],
        ("b", "c"): ["m"],
        ("b", "d"): ["m"],
        ("c", "d"): ["n"],
    }


def test_a_criss_cross_has_two_newest_first(repository):
    graph = {"r": "", "a": "r", "b": "r", "x": "ab", "y": "ba", "s": "x", "t": "y"}
    assert bases(repository, graph, "s", "t") == {("s", "t"): ["b", "a"]}


def test_an_octopus_brings_all_its_parents(repository):
    graph = {"r": "", "a": "r", "b": "r", "c": "r", "o": "abc", "p": "c", "q": "ab"}
    found = bases(repository, graph, "o", "p", "q")
    assert found == {("o", "p"): ["c"], ("o", "q"): ["b", "a"], ("p", "q"): ["r"]}


def test_unrelated_histories_have_none(repository):
    assert bases(repository, {"r": "", "s": "", "a": "r", "b": "s"}, "a", "b") == {}


def test_a_group_stands_for_a_merge_of_its_commits(repository):
    graph = {"r": "", "a": "r", "b": "r", "c": "a", "d": "b", "e": "cd"}
    assert bases(repository, graph, "ab", "e") == {("ab", "e"): ["b", "a"]}
    assert bases(repository, graph, "", "e") == {}


def test_dates_that_run_backwards_do_not_mislead(repository):
    """The old base is by its date newer than all that came after it."""
    graph = {"r": "", "o": "r", "m": "o", "n": "m", "a": "no", "b": "no"}
    dates = {"r": 0, "o": 900, "m": 1, "n": 2, "a": 3, "b": 4}
    assert bases(repository, graph, "a", "b", dates=dates) == {("a", "b"): ["n"]}


@pytest.mark.parametrize("seed", range(12))
def test_random_graphs_have_the_bases_that_git_finds(repository, git, tmp_path, seed):
    chance = random.Random(seed)
    names = [f"c{number}" for number in range(24)]
    graph = {
        name: chance.sample(names[:at], min(at, chance.choice((1, 1, 2, 2, 3))))
        for at, name in enumerate(names)
    }
    # Every other history has dates that mean nothing.
    dates = {name: chance.randrange(100) if seed % 2 else at for at, name in enumerate(names)}
    made = make_graph(repository, graph, dates=dates)
    tips = list(made.values())[-6:]
    reader = ObjectReader(repository, place="graph")
    found = merge_bases(reader, [(tip,) for tip in tips], place="graph")
    for a, b in combinations(range(len(tips)), 2):
        told = git(
            tmp_path / "graph", "merge-base", "--all", str(tips[a]), str(tips[b]), codes=(0, 1)
        )
        assert sorted(map(str, found.get((a, b), ()))) == sorted(told.split())


def test_a_missing_commit_is_an_error_that_names_it(repository, tmp_path):
    made = make_graph(repository, {"r": "", "m": "r", "a": "m", "b": "r"})
    lost = str(made["m"])
    (tmp_path / "graph" / "objects" / lost[:2] / lost[2:]).unlink()
    reader = ObjectReader(pygit2.Repository(tmp_path / "graph"), place="graph")
    with pytest.raises(MissingObjectError, match=f"object {lost} is missing"):
        merge_bases(reader, [(made["a"],), (made["b"],)], place="graph")


def test_nothing_is_read_below_what_all_have_in_common(repository, tmp_path):
    made = make_graph(repository, {"r": "", "s": "r", "m": "s", "a": "m", "b": "m"})
    lost = str(made["r"])
    (tmp_path / "graph" / "objects" / lost[:2] / lost[2:]).unlink()
    reader = ObjectReader(pygit2.Repository(tmp_path / "graph"), place="graph")
    found = merge_bases(reader, [(made["a"],), (made["b"],)], place="graph")
    assert found == {(0, 1): (made["m"],)}


def test_grafts_that_lead_in_a_circle_end(repository, tmp_path):
    made = make_graph(repository, {"r": "", "a": "r", "b": "r"})
    grafts = tmp_path / "graph" / "info" / "grafts"
    grafts.parent.mkdir(exist_ok=True)
    grafts.write_text(f"{made['r']} {made['a']}\n{made['a']} {made['r']}\n")
    reader = ObjectReader(pygit2.Repository(tmp_path / "graph"), place="graph")
    groups = [(made["a"],), (made["b"],)]
    # Each descends from the other, so which of the two is the base has no answer.
    assert len(merge_bases(reader, groups, place="graph").get((0, 1), ())) <= 1
