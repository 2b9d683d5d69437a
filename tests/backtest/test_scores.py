"""Risks of a batch: those of ``score``, from nothing that came later."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from taskpar_ml.backtest.scores import (
    BASELINES,
    FIXED,
    MENTIONED,
    baseline_scores,
    batch_memory,
    batch_tasks,
    seen_risk,
    told_pairs,
)
from taskpar_ml.backtest.truth import written_share
from taskpar_ml.backtest.weighed import SEEN_SHARES
from taskpar_ml.domain.landing import ChangeStatus, FileChange
from taskpar_ml.estimators.fixed_weights import FixedWeights
from taskpar_ml.history.batches import TaskBatch, task_batches
from taskpar_ml.history.landings import landings_until
from taskpar_ml.history.wordings import Wording
from taskpar_ml.predicting import chosen_predictor
from taskpar_ml.predictor import ConflictPredictor
from tests.conftest import Ran
from tests.support.grown_shop import TOPICS, grow
from tests.support.histories import History


@pytest.fixture
def shop(tmp_path: Path) -> History:
    return grow(tmp_path / "shop.git", rounds=6)


def batch_of(shop: History) -> TaskBatch:
    """Return eight tasks, two of every topic, with ten more after them."""
    return task_batches(landings_until(shop.place).landings, size=8, memory_only=8)[0]


def scores(shop: History, batch: TaskBatch, predictor: ConflictPredictor | None = None):
    return scored_at(shop.place, batch, predictor or ConflictPredictor(FixedWeights()))


def scored_at(place: Path, batch: TaskBatch, predictor: ConflictPredictor) -> np.ndarray:
    tasks = batch_tasks(batch, Wording.TITLE)
    return told_pairs(tasks, batch_memory(place, batch), predictor).risk


def test_tasks_of_one_topic_are_at_risk(shop):
    batch = batch_of(shop)
    risk = scores(shop, batch)
    topic = [
        next(name for name, paths in TOPICS.items() if set(each.paths) <= set(paths))
        for each in batch.tasks
    ]
    same = np.equal.outer(topic, topic) & ~np.eye(8, dtype=bool)
    other = np.not_equal.outer(topic, topic)
    assert risk[same].min() > risk[other].max()
    assert np.isnan(np.diag(risk)).all()
    np.testing.assert_array_equal(risk, risk.T)


@pytest.mark.parametrize("estimator", ["fixed-weights", "learned"])
def test_they_are_what_the_command_answers_at_the_base(
    shop, taskpar: Callable[..., Ran], tmp_path, estimator
):
    batch = batch_of(shop)
    rows = [{"id": f"n{row}", "title": each.title} for row, each in enumerate(batch.tasks)]
    tasks = tmp_path / "tasks.jsonl"
    tasks.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    options = ["--at", batch.base, "--estimator", estimator, "--json"]
    ran = taskpar("score", tasks, "--repo", shop.place, *options)
    assert ran.status == 0, ran.err
    told = json.loads(ran.out)["data"]
    predictor = chosen_predictor(estimator).predictor
    risk = scores(shop, batch, predictor)
    assert len(told) == 28
    for pair in told:
        row, column = (int(pair[side].removeprefix("n")) for side in ("task_a", "task_b"))
        assert risk[row, column] == pair["score"]


def test_nothing_from_after_the_base_is_read(shop):
    batch = batch_of(shop)
    before = scores(shop, batch)
    strange = (FileChange("strange.py", ChangeStatus.ADDED),)
    told_otherwise = tuple(
        replace(each, changes=strange, author="x", landed_at=7, reference=None, commits=("f" * 40,))
        for each in batch.tasks
    )
    np.testing.assert_array_equal(scores(shop, replace(batch, tasks=told_otherwise)), before)
    for each in batch.tasks:
        shop.commit(each.title, {"README.md": each.title, "src/auth/login.py": each.title})
    np.testing.assert_array_equal(scores(shop, batch), before)
    # and what came before does matter
    assert not np.array_equal(scores(shop, replace(batch, before=())), before, equal_nan=True)


def test_a_repository_that_ends_at_the_base_answers_the_same(shop, git, tmp_path):
    batch = batch_of(shop)
    shop.repository.references.create("refs/heads/here", batch.base)
    options = ["--bare", "--single-branch", "--branch", "here", "--no-tags"]
    git(tmp_path, "clone", "-q", *options, shop.place.as_uri(), "ends.git")
    ends = tmp_path / "ends.git"
    known = replace(batch, before=landings_until(ends).landings)
    assert batch.tasks[0].id not in git(ends, "rev-list", "--all")
    predictor = ConflictPredictor(FixedWeights())
    told = scored_at(ends, known, predictor)
    np.testing.assert_array_equal(told, scores(shop, batch))


def test_a_text_without_anything_known_has_no_score(shop):
    batch = batch_of(shop)
    silent = (replace(batch.tasks[0], title="zzz", body=""), *batch.tasks[1:])
    risk = scores(shop, replace(batch, tasks=silent))
    assert np.isnan(risk[0]).all()
    assert not np.isnan(risk[1, 2:]).any()


def test_probabilities_are_told_from_scores(shop):
    batch = batch_of(shop)
    tasks, memory = batch_tasks(batch, Wording.TITLE), batch_memory(shop.place, batch)
    for estimator, is_probability in (("fixed-weights", False), ("learned", True)):
        predictor = chosen_predictor(estimator).predictor
        assert told_pairs(tasks, memory, predictor).is_probability is is_probability


def test_baselines_are_those_of_the_evaluation(shop):
    batch = batch_of(shop)
    named = replace(batch.tasks[0], title="Change src/auth/login.py")
    other = replace(batch.tasks[1], title="Speed up src/auth/login.py")
    batch = replace(batch, tasks=(named, other, *batch.tasks[2:]))
    tasks, memory = batch_tasks(batch, Wording.TITLE), batch_memory(shop.place, batch)
    told = baseline_scores(tasks, memory)
    assert tuple(told) == BASELINES
    assert told[MENTIONED][0, 1] > 0
    assert np.nansum(told[MENTIONED]) == 2 * told[MENTIONED][0, 1]  # no other names a path
    np.testing.assert_allclose(told[FIXED], scores(shop, batch), equal_nan=True)


def test_what_has_been_seen_is_scored_beside_what_has_not(shop):
    batch = batch_of(shop)
    predictor = chosen_predictor("learned").predictor
    memory = batch_memory(shop.place, batch)
    seen = seen_risk(batch, memory, predictor, wording=Wording.TITLE, seed=3)
    assert seen.shape == (len(SEEN_SHARES), 8, len(SEEN_SHARES), 8)
    np.testing.assert_allclose(seen[0, :, 0], scores(shop, batch, predictor), rtol=1e-6)
    np.testing.assert_array_equal(seen, seen.transpose(2, 3, 0, 1))
    # Once all is known of both, those that changed one file stand out.
    shared = np.array(
        [[bool(set(one.paths) & set(other.paths)) for other in batch.tasks] for one in batch.tasks]
    )
    apart, off = ~shared, ~np.eye(8, dtype=bool)
    assert seen[-1, :, -1][shared & off].min() > seen[-1, :, -1][apart].max()
    # Nothing of a task is seen before it has written its first file.
    for row, landing in enumerate(batch.tasks):
        first = min(written_share(landing.id, path, seed=3) for path in landing.touched)
        for level, share in enumerate(SEEN_SHARES):
            beside = [np.delete(seen[each, row, 0], row) for each in (level, 0)]
            assert np.array_equal(*beside, equal_nan=True) or share >= first
