"""What is known of the tasks of a batch."""

from __future__ import annotations

import numpy as np
import pytest

from taskpar_ml.domain.footprint import EvidenceLevel
from taskpar_ml.history.batches import task_batches
from taskpar_ml.history.landings import landings_until
from taskpar_ml.history.wordings import Wording
from taskpar_ml.repo.git import open_repository
from taskpar_ml.training.tellings import ALL_SEEN, SOME_SEEN, TELLINGS, seen_early, tellings
from tests.support.grown_shop import grow
from tests.support.histories import History
from tests.support.landings import landing


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> History:
    return grow(tmp_path_factory.mktemp("shop") / "shop.git", rounds=9)


@pytest.fixture(scope="module")
def batch(shop):
    return task_batches(landings_until(shop.place).landings, size=20, memory_only=10)[0]


@pytest.fixture(scope="module")
def told(shop, batch):
    return {each.name: each for each in tellings(shop.place, batch)}


def test_every_telling_comes_once_with_all_tasks_in_their_order(told, batch):
    assert tuple(told) == TELLINGS
    for each in told.values():
        ids = [task.id for task in each.tasks]
        assert len(ids) == len(batch.tasks)
        assert ids == sorted(ids)


def test_nothing_is_seen_of_tasks_that_are_only_worded(told):
    assert not any(told[each.value].observed for each in Wording)
    assert not any(task.description for task in told[Wording.TITLE.value].tasks)


def test_all_that_was_changed_is_seen_where_all_is_seen(told, batch):
    seen = told[ALL_SEEN].observed
    assert [seen[task.id].paths for task in told[ALL_SEEN].tasks] == [
        frozenset(task.touched) for task in batch.tasks
    ]
    assert all(each.final for each in seen.values())


def test_where_some_is_seen_there_are_tasks_of_every_kind_and_none_says_too_much(told, batch):
    some = told[SOME_SEEN]
    levels = [
        some.observed[task.id].level if task.id in some.observed else None for task in some.tasks
    ]
    assert set(levels) == {None, EvidenceLevel.PARTIAL, EvidenceLevel.OBSERVED}
    for task, past in zip(some.tasks, batch.tasks, strict=True):
        if task.id in some.observed:
            assert some.observed[task.id].paths <= set(past.touched)


def test_chance_depends_on_the_batch_alone(told, shop, batch):
    again = {each.name: each for each in tellings(shop.place, batch)}
    assert again == told


def test_of_a_branch_its_early_commits_are_seen(tmp_path):
    history = History(tmp_path / "repo.git")
    root = history.commit("begin", {"a.py": "1", "b.py": "1", "c.py": "1"})
    first = history.commit("first", {"a.py": "2"}, parents=[root], onto=None)
    second = history.commit("second", {"b.py": "2"}, parents=[first], onto=None)
    history.commit("Merge branch 'work'", {"a.py": "2", "b.py": "2"}, parents=[root, second])
    (task,) = [each for each in landings_until(history.place).landings if each.base is not None]
    git = open_repository(history.place)
    seen = {tuple(seen_early(git, task, np.random.default_rng(seed))) for seed in range(9)}
    assert seen == {("a.py",)}


def test_names_of_any_encoding_are_seen(tmp_path):
    history = History(tmp_path / "repo.git")
    name = b"caf\xe9.py".decode("utf-8", "surrogateescape")
    root = history.commit("begin", {name: "1", "b.py": "1"})
    first = history.commit("first", {name: "2"}, parents=[root], onto=None)
    second = history.commit("second", {"b.py": "2"}, parents=[first], onto=None)
    history.commit("Merge branch 'work'", {name: "2", "b.py": "2"}, parents=[root, second])
    (task,) = [each for each in landings_until(history.place).landings if each.base is not None]
    git = open_repository(history.place)
    assert seen_early(git, task, np.random.default_rng(0)) == [name]


def test_of_a_branch_that_the_clone_lacks_some_files_are_seen(tmp_path):
    history = History(tmp_path / "repo.git")
    history.commit("begin", {"a.py": "1"})
    git = open_repository(history.place)
    lost = landing("lost", "a.py", "b.py", number=7)
    for seed in range(5):
        seen = seen_early(git, lost, np.random.default_rng(seed))
        assert set(seen) <= {"a.py", "b.py"}
        assert seen


def test_what_came_in_from_the_main_line_is_none_of_the_branch(tmp_path):
    history = History(tmp_path / "repo.git")
    root = history.commit("begin", {"a.py": "1", "b.py": "1", "c.py": "1"})
    first = history.commit("first", {"a.py": "2"}, parents=[root], onto=None)
    main = history.commit("meanwhile", {"c.py": "2"}, parents=[root])
    merged = history.commit("Merge main", {"c.py": "2"}, parents=[first, main], onto=None)
    second = history.commit("second", {"b.py": "2"}, parents=[merged], onto=None)
    history.commit("Merge branch 'work'", {"a.py": "2", "b.py": "2"}, parents=[main, second])
    task = landings_until(history.place).landings[-1]
    git = open_repository(history.place)
    seen = {tuple(seen_early(git, task, np.random.default_rng(seed))) for seed in range(9)}
    assert seen == {("a.py",)}
