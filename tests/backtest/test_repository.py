"""The past of a made-up shop, replayed from its repository."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import combinations
from pathlib import Path

import pytest

from taskpar_ml.backtest.durations import imagined_minutes
from taskpar_ml.backtest.repository import Past, Planner, ReplayOptions, backtest
from taskpar_ml.domain.backtest import Backtest
from taskpar_ml.domain.mined import DecidedBy, FileFinding, FileVerdict, PairFinding
from taskpar_ml.domain.watching import Watching
from taskpar_ml.estimators.constant import ConstantEstimator, always_conflict, never_conflict
from taskpar_ml.estimators.fixed_weights import FixedWeights
from taskpar_ml.history.batches import TaskBatch, task_batches
from taskpar_ml.history.landings import landings_until
from taskpar_ml.history.wordings import Wording
from taskpar_ml.planner.durations import Durations
from taskpar_ml.policy.labels import LabelPolicy
from taskpar_ml.predictor import ConflictPredictor
from taskpar_ml.sizing import SizedTasks
from tests.support.grown_shop import grow
from tests.support.histories import Memory


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return grow(tmp_path_factory.mktemp("shop") / "shop.git", rounds=6).place


@pytest.fixture(scope="module")
def batches(place: Path) -> list[TaskBatch]:
    return task_batches(landings_until(place).landings, size=8, memory_only=8)


@pytest.fixture(scope="module")
def findings(batches):
    """Return the finding that tasks conflict in the files that both changed; one is unknown."""
    found = [
        PairFinding(
            one.id,
            other.id,
            tuple(
                FileFinding(path, FileVerdict.CONFLICT)
                for path in sorted(set(one.paths) & set(other.paths))
            ),
        )
        for batch in batches
        for one, other in combinations(batch.tasks, 2)
    ]
    unknown = FileFinding("x.py", FileVerdict.UNKNOWN, DecidedBy.NOTHING)
    return [replace(found[0], files=(unknown,)), *found[1:]]


def replayed(place, batches, findings, **given) -> Backtest:
    predictor = given.pop("predictor", ConflictPredictor(FixedWeights()))
    cache = given.pop("cache", Memory())
    options = ReplayOptions(
        **{
            "workers": (2, 3),
            "wording": Wording.TITLE,
            "watching": (Watching.NEVER,),
            "thresholds": (0.3,),
            **given,
        }
    )
    past = Past(place, batches, findings, LabelPolicy())
    return backtest(past, Planner(predictor), options, cache=cache)


def row(found: Backtest, policy: str, workers: int = 2):
    (result,) = (each for each in found.results if (each.policy, each.workers) == (policy, workers))
    return result


def test_everything_is_told(place, batches, findings):
    found = replayed(place, batches, findings)
    assert [(each.policy, each.workers) for each in found.results] == [
        (policy, workers)
        for workers in (2, 3)
        for policy in (
            "sequential",
            "all-parallel",
            "mentioned paths",
            "fixed-weights-1 < 0.3",
            "fixed-weights-1 at 0.3",
            "fixed-weights-1 growing",
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


def test_large_changes_take_long(place, batches, findings, git):
    lines = {}
    for task in (task for batch in batches for task in batch.tasks):
        told = git(place, "diff", "--numstat", task.base, task.id).split("\n")
        lines[task.id] = sum(int(each) for row in told for each in row.split("\t")[:2])
    assert len(set(lines.values())) > 1
    minutes = imagined_minutes(lines, seed=5)
    found = replayed(place, batches, findings, seed=5)
    assert [each.work for each in found.batches] == [
        sum(minutes[task.id] for task in batch.tasks) for batch in batches
    ]


def test_scores_keep_apart_what_conflicts(place, batches, findings):
    found = replayed(place, batches, findings, workers=(8,), thresholds=(0.02,))
    risky = row(found, "fixed-weights-1 at 0.02", 8)
    assert row(found, "all-parallel", 8).measures.redone.mean == 4 / 8  # one of every pair
    assert risky.measures.redone.mean == 0
    assert risky.kept_apart == found.conflicts


def test_the_bounds_of_estimators_are_those_of_dispatch(place, batches, findings):
    never = replayed(place, batches, findings, predictor=ConflictPredictor(never_conflict()))
    always = replayed(place, batches, findings, predictor=ConflictPredictor(always_conflict()))
    for workers in (2, 3):
        free = row(never, "never-1 at 0.3", workers)
        assert free.makespans == row(never, "all-parallel", workers).makespans
        serial = row(always, "always-1 at 0.3", workers)
        assert serial.makespans == row(always, "sequential", workers).makespans
        assert (free.kept_apart, serial.kept_apart) == (0.0, 1.0)


def test_a_replay_is_the_same_each_time_and_by_any_cache(place, batches, findings):
    cache = Memory()
    first = replayed(place, batches, findings, cache=cache)
    assert cache.learned
    assert replayed(place, batches, findings, cache=cache) == first
    assert replayed(place, batches, findings) == first


def test_a_batch_replays_by_itself_but_for_the_usual_size_of_a_change(place, batches, findings):
    both = replayed(place, batches, findings)
    alone = replayed(place, batches[1:], findings)
    assert len(alone.batches) == 1
    assert alone.batches[0].base == both.batches[1].base
    assert alone.batches[0].unscored == both.batches[1].unscored
    assert row(alone, "oracle").measures.speed_up.low is None


def test_other_seeds_are_other_durations(place, batches, findings):
    one, other = (replayed(place, batches, findings, seed=seed) for seed in (0, 1))
    assert [each.work for each in one.batches] != [each.work for each in other.batches]
    assert one.conflicts == other.conflicts


def test_every_threshold_is_a_policy_of_its_own(place, batches, findings):
    found = replayed(place, batches, findings, workers=(8,), thresholds=(0.02, 2.0, 0.02))
    names = [each.policy for each in found.results][4:-2]
    assert names[:-1] == ["fixed-weights-1 at 0.02", "fixed-weights-1 at 2"]
    loose = row(found, names[1], 8)
    assert loose.kept_apart < row(found, names[0], 8).kept_apart


def test_every_way_to_watch_is_replayed(place, batches, findings):
    ways = (Watching.NEVER, Watching.CHECKPOINTS)
    found = replayed(place, batches, findings, workers=(8,), watching=ways)
    assert found.watching == ways
    parallel = {each.watching: each for each in found.results if each.policy == "all-parallel"}
    assert list(parallel) == list(ways)
    lost = [parallel[way].measures.lost.mean for way in ways]
    assert lost[0] > lost[1] > 0
    assert {each.policy for each in found.results if each.watching is None} == {
        "sequential",
        "perfect forecast",
        "oracle",
    }
    for way in ways:
        assert parallel[way].beside_all_parallel.lost.mean == 0


def test_watching_costs_what_it_is_said_to_cost(place, batches, findings):
    given = {"workers": (8,), "watching": (Watching.CHECKPOINTS,)}
    free, synced, kept = (
        replayed(place, batches, findings, **given, **costs)
        for costs in ({}, {"sync_cost": 0.5}, {"lost_share": 0.5})
    )
    assert (synced.sync_cost, kept.lost_share) == (0.5, 0.5)
    one, slow, spared = (row(each, "all-parallel", 8).measures for each in (free, synced, kept))
    assert one.speed_up.mean > slow.speed_up.mean
    assert one.lost.mean > spared.lost.mean > 0


def test_where_sizes_do_not_matter_all_take_as_long_but_for_luck(place, batches, findings):
    found = replayed(place, batches, findings, sized=False)
    minutes = imagined_minutes({task.id: 1 for batch in batches for task in batch.tasks}, seed=0)
    assert sum(each.work for each in found.batches) == sum(minutes.values())


def test_who_says_how_long_tasks_take_is_listened_to(place, batches, findings):
    """A forecaster that knows the truth, as the oracle does, is faster than equal guesses."""
    guess = Past(place, batches, findings, LabelPolicy())
    options = ReplayOptions(workers=(3,), wording=Wording.TITLE, watching=(Watching.NEVER,))
    never = ConflictPredictor(never_conflict())
    asked = []

    def efforts(tasks):
        asked.append([task.title for task in tasks])
        lengths = {task.id: place + 1.0 for place, task in enumerate(tasks)}
        return SizedTasks(predicted=Durations(lengths, 0.5))

    told = backtest(guess, Planner(never, efforts), options, cache=Memory())
    plain = backtest(guess, Planner(never), options, cache=Memory())
    assert asked == [[task.title for task in batch.tasks] for batch in batches]
    assert row(told, "never-1 at 0.3", 3).makespans != row(plain, "never-1 at 0.3", 3).makespans


@pytest.mark.parametrize("unit", [1e-3, 3_600.0])
def test_the_unit_of_the_estimates_does_not_matter(place, batches, findings, unit):
    """Whoever runs is timed by the clock of the replay, whatever estimates are counted in."""
    past = Past(place, batches, findings, LabelPolicy())
    options = ReplayOptions(workers=(3,), wording=Wording.TITLE, watching=(Watching.NEVER,))
    risky = ConflictPredictor(ConstantEstimator("risky-1", 0.02))

    def efforts(tasks, unit=1.0):
        lengths = {task.id: unit * (place + 1.0) for place, task in enumerate(tasks)}
        return SizedTasks(predicted=Durations(lengths, 0.5))

    found = [
        backtest(past, Planner(risky, each), options, cache=Memory())
        for each in (efforts, partial(efforts, unit=unit))
    ]
    assert found[0] == found[1]
    assert row(found[0], "risky-1 at 0.3", 3).measures.speed_up.mean > 1.2
