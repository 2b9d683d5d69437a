"""The past of a made-up shop, replayed from its repository."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from taskpar_ml.backtest.durations import imagined_minutes
from taskpar_ml.backtest.repository import ReplayOptions, backtest
from taskpar_ml.domain.backtest import Backtest
from taskpar_ml.estimators.constant import always_conflict, never_conflict
from taskpar_ml.history.batches import TaskBatch, task_batches
from taskpar_ml.history.landings import landings_until
from taskpar_ml.history.wordings import Wording
from taskpar_ml.predictor import ConflictPredictor
from tests.support.grown_shop import grow
from tests.support.histories import Memory


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return grow(tmp_path_factory.mktemp("shop") / "shop.git", rounds=6).place


@pytest.fixture(scope="module")
def batches(place: Path) -> list[TaskBatch]:
    return task_batches(landings_until(place).landings, size=8, memory_only=8)


@pytest.fixture(scope="module")
def truth(batches):
    """Return the truth that tasks conflict if they changed a file in common; one is unknown."""
    told = {
        frozenset((one.id, other.id)): bool(set(one.paths) & set(other.paths))
        for batch in batches
        for one, other in combinations(batch.tasks, 2)
    }
    told[frozenset((batches[0].tasks[0].id, batches[0].tasks[1].id))] = None
    return told


def replayed(place, batches, truth, **given) -> Backtest:
    predictor = given.pop("predictor", None)
    cache = given.pop("cache", Memory())
    options = ReplayOptions(**{"workers": (2, 3), "wording": Wording.TITLE, **given})
    return backtest(place, batches, truth=truth, options=options, predictor=predictor, cache=cache)


def row(found: Backtest, policy: str, workers: int = 2):
    (result,) = (each for each in found.results if (each.policy, each.workers) == (policy, workers))
    return result


def test_everything_is_told(place, batches, truth):
    found = replayed(place, batches, truth)
    assert [(each.policy, each.workers) for each in found.results] == [
        (policy, workers)
        for workers in (2, 3)
        for policy in (
            "sequential",
            "all-parallel",
            "fixed-weights-1 < 0.3",
            "perfect forecast",
            "oracle",
        )
    ]
    assert (found.tasks, found.pairs, found.text, found.seed) == (16, 56, "title", 0)
    assert found.conflicts == 8 / 56  # each of four topics twice per batch
    assert found.unknown == 1 / 56
    assert [each.base for each in found.batches] == [batch.base for batch in batches]
    assert [each.unknown for each in found.batches] == [1, 0]
    assert [each.proved for each in found.oracle] == [2, 2]
    assert row(found, "sequential").makespans == tuple(each.work for each in found.batches)
    assert Backtest.model_validate_json(found.model_dump_json()) == found


def test_large_changes_take_long(place, batches, truth, git):
    lines = {}
    for task in (task for batch in batches for task in batch.tasks):
        told = git(place, "diff", "--numstat", task.base, task.id).split("\n")
        lines[task.id] = sum(int(each) for row in told for each in row.split("\t")[:2])
    assert len(set(lines.values())) > 1
    minutes = imagined_minutes(lines, seed=5)
    found = replayed(place, batches, truth, seed=5)
    assert [each.work for each in found.batches] == [
        sum(minutes[task.id] for task in batch.tasks) for batch in batches
    ]


def test_scores_keep_apart_what_conflicts(place, batches, truth):
    found = replayed(place, batches, truth, workers=(8,), thresholds=(0.02,))
    risky = row(found, "fixed-weights-1 < 0.02", 8)
    assert row(found, "all-parallel", 8).measures.redone.mean == 4 / 8  # one of every pair
    assert risky.measures.redone.mean == 0
    assert risky.kept_apart == found.conflicts


def test_the_bounds_of_estimators_are_those_of_dispatch(place, batches, truth):
    never = replayed(place, batches, truth, predictor=ConflictPredictor(never_conflict()))
    always = replayed(place, batches, truth, predictor=ConflictPredictor(always_conflict()))
    for workers in (2, 3):
        free = row(never, "never-1 < 0.5", workers)
        assert free.makespans == row(never, "all-parallel", workers).makespans
        serial = row(always, "always-1 < 0.5", workers)
        assert serial.makespans == row(always, "sequential", workers).makespans
        assert (free.kept_apart, serial.kept_apart) == (0.0, 1.0)


def test_a_replay_is_the_same_each_time_and_by_any_cache(place, batches, truth):
    cache = Memory()
    first = replayed(place, batches, truth, cache=cache)
    assert cache.learned
    assert replayed(place, batches, truth, cache=cache) == first
    assert replayed(place, batches, truth) == first


def test_a_batch_replays_by_itself_but_for_the_usual_size_of_a_change(place, batches, truth):
    both = replayed(place, batches, truth)
    alone = replayed(place, batches[1:], truth)
    assert len(alone.batches) == 1
    assert alone.batches[0].base == both.batches[1].base
    assert alone.batches[0].unscored == both.batches[1].unscored
    assert row(alone, "oracle").measures.speed_up.low is None


def test_other_seeds_are_other_durations(place, batches, truth):
    one, other = (replayed(place, batches, truth, seed=seed) for seed in (0, 1))
    assert [each.work for each in one.batches] != [each.work for each in other.batches]
    assert one.conflicts == other.conflicts


def test_every_threshold_is_a_policy_of_its_own(place, batches, truth):
    found = replayed(place, batches, truth, workers=(8,), thresholds=(0.02, 2.0, 0.02))
    names = [each.policy for each in found.results][2:-2]
    assert names == ["fixed-weights-1 < 0.02", "fixed-weights-1 < 2"]
    loose = row(found, names[1], 8)
    assert loose.kept_apart < row(found, names[0], 8).kept_apart
