"""Labels of a repository's own pairs: replayed, and observed where somebody saw it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import numpy as np
import pytest

from taskpar_ml.domain.labels import ConflictKind
from taskpar_ml.domain.mined import ItemFinding, PairFinding
from taskpar_ml.domain.moments import moment_of
from taskpar_ml.domain.outcome import Ending, Outcome, RecordedOutcome
from taskpar_ml.domain.position import Position
from taskpar_ml.history.replay.miner import mine
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.policy.labels import LabelPolicy
from taskpar_ml.training.own import own_past
from taskpar_ml.training.own_labels import OBSERVED_WEIGHT, OwnLabels
from taskpar_ml.training.pair_labels import PairLabels
from tests.support.grown_shop import grow


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return grow(tmp_path_factory.mktemp("shop") / "shop.git", rounds=62)


@pytest.fixture
def history(shop, tmp_path):
    with HistoryStore.open(str(tmp_path / "store.sqlite")) as store:
        history = store.history("shop", create=True)
        mine(shop.place, history)
        yield history


def labels(history, *, before=None):
    past = own_past(history, tasks=100)
    return past.batches, OwnLabels.of(
        history, past.batches, past.found, LabelPolicy(), before=before
    )


def name_of(landing) -> str:
    return f"T-{landing.id[:8]}"


def ran(landing, other, *, hit=False) -> RecordedOutcome:
    at = moment_of(landing.landed_at)
    outcome = Outcome(
        task=name_of(landing),
        base=landing.base,
        started_at=at - timedelta(hours=1),
        ended_at=at,
        beside=[name_of(other)],
        hit=hit,
        because_of=[name_of(other)] if hit else [],
        conflicts=["src/auth/login.py"] if hit else [],
        ending=Ending.RESOLVED if hit else Ending.MERGED,
        landed_as=landing.id,
        reported_by="t",
    )
    return RecordedOutcome(outcome=outcome, recorded_at=at)


def place_of(batch, *tasks) -> int:
    pairs = list(combinations([task.id for task in batch.tasks], 2))
    return pairs.index(tuple(task.id for task in tasks))


def test_without_outcomes_it_is_what_replaying_says(history):
    batches, found = labels(history)
    assert len(batches) == 2
    pairs = list(history.pairs())
    for row, batch in enumerate(batches):
        expected = PairLabels.of(batch.tasks, pairs, LabelPolicy()).counted
        assert np.array_equal(found.counted[row], expected, equal_nan=True)
    assert 0 < np.nansum(found.counted) < found.counted.size
    assert not found.observed.any()
    assert (found.weight == 1).all()


@pytest.mark.parametrize("hit", [True, False])
def test_what_was_seen_stands_in_place_of_what_was_replayed(history, hit):
    batches, replayed = labels(history)
    batch = batches[1]
    # The opposite of what the replay says of them.
    row = int(np.flatnonzero(replayed.counted[1] == (0 if hit else 1))[0])
    first, second = list(combinations(batch.tasks, 2))[row]
    history.append_outcomes([ran(first, second), ran(second, first, hit=hit)])
    _, found = labels(history)
    assert found.counted[1, row] == hit != replayed.counted[1, row]
    assert np.argwhere(found.observed).tolist() == [[1, row]]
    assert found.weight[1, row] == OBSERVED_WEIGHT
    others = ~found.observed
    assert np.array_equal(found.counted[others], replayed.counted[others], equal_nan=True)
    assert (found.weight[others] == 1).all()


def test_what_is_recorded_later_than_the_question_is_not_known(history):
    batches, _ = labels(history)
    first, second = batches[0].tasks[:2]
    history.append_outcomes([ran(first, second), ran(second, first, hit=True)])
    asked = history.position_of(first.id)
    _, found = labels(history, before=Position(asked.number, asked.time))
    assert not found.observed.any()
    _, found = labels(history)
    assert found.observed[0, place_of(batches[0], first, second)]
    assert found.observed.sum() == 1


def test_tasks_of_which_it_is_not_known_what_they_landed_as_say_nothing(history):
    batches, replayed = labels(history)
    first, second = batches[0].tasks[:2]
    for each in (ran(first, second), ran(second, first, hit=True)):
        unknown = each.outcome.model_copy(update={"landed_as": None})
        history.append_outcomes([each.model_copy(update={"outcome": unknown})])
    _, found = labels(history)
    assert not found.observed.any()
    assert np.array_equal(found.counted, replayed.counted, equal_nan=True)


def test_that_two_merged_takes_back_no_conflict_that_no_merge_shows(history):
    past = own_past(history, tasks=100)
    batch = past.batches[0]
    first, second = batch.tasks[:2]
    history.append_outcomes([ran(first, second), ran(second, first)])
    pair = PairFinding(
        earlier=first.id,
        later=second.id,
        items=(ItemFinding(ConflictKind.RESOURCE, "migration 7", "migrations-1"),),
    )
    row = place_of(batch, first, second)
    for found, counted, observed in (([pair], 1, False), ([replace(pair, items=())], 0, True)):
        others = [
            each for each in past.found if {each.earlier, each.later} != {first.id, second.id}
        ]
        told = OwnLabels.of(history, past.batches, [*others, *found], LabelPolicy())
        assert (told.counted[0, row], told.observed[0, row]) == (counted, observed)


def test_of_tasks_that_landed_as_one_any_conflict_counts(history):
    batches, _ = labels(history)
    first, second = batches[0].tasks[:2]
    hit = [ran(first, second), ran(second, first, hit=True)]
    other = ran(second, first).outcome.model_copy(update={"task": "Z-other"})
    beside = ran(first, second).outcome.model_copy(
        update={"beside": (name_of(second), "Z-other"), "attempt": 2}
    )
    history.append_outcomes(hit)
    history.append_outcomes(
        [hit[0].model_copy(update={"outcome": each}) for each in (other, beside)]
    )
    _, found = labels(history)
    assert found.counted[0, place_of(batches[0], first, second)] == 1
