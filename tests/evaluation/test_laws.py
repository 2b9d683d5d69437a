"""What holds for every baseline of pairs whose files are known."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.evaluation.cone import cone_rule
from taskpar_ml.evaluation.git_features import git_features
from taskpar_ml.evaluation.own_work import OwnCommit, OwnWork
from taskpar_ml.evaluation.shared_files import (
    shared_file_count,
    shared_file_jaccard,
    two_shared_files,
)
from taskpar_ml.history.batches import TaskBatch
from taskpar_ml.history.changed_lines import LineCounts
from tests.support.landings import landing

RANDOM = np.random.default_rng(5)
FILES = [f"src/f{number}.py" for number in range(8)]
TASKS = tuple(
    landing(
        f"task {number}", *RANDOM.choice(FILES, size=RANDOM.integers(5), replace=False), number=at
    )
    for number, at in enumerate(range(101, 112))
)
BEFORE = tuple(landing("past", FILES[number], number=number + 1) for number in range(5))
WORKS = {
    task.id: OwnWork(
        tuple(
            OwnCommit(f"author {who}", int(RANDOM.integers(10**7)), "Fix it" * who)
            for who in RANDOM.integers(1, 5, size=RANDOM.integers(1, 4))
        ),
        LineCounts(*RANDOM.integers(50, size=2).tolist()),
    )
    for task in TASKS
}


def features(batch: TaskBatch) -> np.ndarray:
    return git_features(batch, WORKS)


BASELINES = [shared_file_count, shared_file_jaccard, two_shared_files, cone_rule, features]
each_baseline = pytest.mark.parametrize("baseline", BASELINES, ids=lambda each: each.__name__)


def batch_of(tasks) -> TaskBatch:
    return TaskBatch(base="0" * 40, tasks=tuple(tasks), before=BEFORE)


def by_pair(baseline, tasks) -> dict[frozenset[str], list[float]]:
    """Return what is said of each pair, by its tasks."""
    said = np.asarray(baseline(batch_of(tasks)))
    pairs = PairTable.of(f"t{row:06}" for row in range(len(tasks)))
    assert len(said) == len(pairs)
    return {
        frozenset((tasks[one].id, tasks[two].id)): np.atleast_1d(row).tolist()
        for one, two, row in zip(pairs.a, pairs.b, said, strict=True)
    }


@each_baseline
def test_which_task_comes_first_changes_nothing(baseline):
    there = by_pair(baseline, TASKS)
    assert by_pair(baseline, TASKS[::-1]) == there
    assert len({tuple(each) for each in there.values()}) > 1, "says something"


@each_baseline
def test_other_tasks_change_nothing(baseline):
    there = by_pair(baseline, TASKS)
    for pair in combinations(TASKS, 2):
        alone = by_pair(baseline, pair)
        assert list(alone.values()) == [there[frozenset(task.id for task in pair)]]


@each_baseline
def test_nothing_is_unknown_or_negative(baseline):
    assert (baseline(batch_of(TASKS)) >= 0).all()


@each_baseline
def test_what_is_no_work_of_the_tasks_does_not_count(baseline):
    """Ids, bases and references of landings are known only afterwards."""
    others = [replace(task, base="f" * 40, landed_at=9, reference="#1") for task in TASKS]
    assert by_pair(baseline, others) == by_pair(baseline, TASKS)


@each_baseline
@pytest.mark.parametrize("size", [0, 1])
def test_a_batch_without_pairs_has_no_scores(baseline, size):
    assert len(baseline(batch_of(TASKS[:size]))) == 0
