"""What a mined history knows of conflicts in files, at a commit."""

from __future__ import annotations

import pytest

from taskpar_ml.history.conflict_rates import ConflictRates
from taskpar_ml.history.known_rates import rates_at
from taskpar_ml.history.past_rates import PastRates
from taskpar_ml.history.replay.miner import mine
from taskpar_ml.history.replay.recipe import MiningRecipe
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.repo.git import open_repository
from tests.support.histories import History
from tests.support.mined import grow_crowded


@pytest.fixture(scope="module")
def crowded(tmp_path_factory) -> History:
    return grow_crowded(tmp_path_factory.mktemp("crowd") / "repo.git", landings=280)


@pytest.fixture(scope="module")
def store(crowded, tmp_path_factory):
    with HistoryStore.open(str(tmp_path_factory.mktemp("store") / "s.sqlite")) as opened:
        mine(crowded.place, opened.history("crowd", create=True))
        yield opened


def ids(history) -> list[str]:
    return list(history.placed_ids())


def rates(store, crowded, commit: str) -> ConflictRates | None:
    return rates_at(store.history("crowd"), open_repository(crowded.place), commit)


def test_a_commit_knows_the_pairs_whose_later_task_landed_by_then(store, crowded):
    history = store.history("crowd")
    landed = ids(history)
    with history.at_one_moment() as reader:
        pairs = list(reader.pairs(shared_only=True))
    for place in (5, 230, len(landed) - 1):
        own = set(landed[: place + 1])
        found = rates(store, crowded, landed[place])
        assert found is not None
        expected = sum(len(pair.files) for pair in pairs if pair.later in own)
        assert found.together.total() == expected
    assert expected > 100


def test_the_task_of_the_commit_itself_counts(store, crowded):
    landed = ids(store.history("crowd"))
    counts = [rates(store, crowded, commit).together.total() for commit in landed[230:240]]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


def test_a_commit_after_the_mined_line_knows_all_of_it(store, crowded):
    newest = ids(store.history("crowd"))[-1]
    after = crowded.commit("later", {"new.py": "1"}, parents=[newest], onto=None)
    assert rates(store, crowded, after) == rates(store, crowded, newest)


def test_nothing_is_known_of_a_commit_of_another_line(store, crowded):
    strange = crowded.commit("strange", {"new.py": "1"}, parents=[], onto=None)
    assert rates(store, crowded, strange) is None


def test_nothing_is_known_where_nothing_was_mined(crowded, tmp_path):
    with HistoryStore.open(str(tmp_path / "s.sqlite")) as opened:
        history = opened.history("empty", create=True)
        assert rates_at(history, open_repository(crowded.place), crowded.head) is None


def test_the_window_with_which_it_was_mined_is_handed_on(crowded, tmp_path):
    with HistoryStore.open(str(tmp_path / "s.sqlite")) as opened:
        history = opened.history("narrow", create=True)
        mine(crowded.place, history, recipe=MiningRecipe(window=7))
        known = rates_at(history, open_repository(crowded.place), ids(history)[-1])
        assert known is not None
        assert known.replayed is not None
        assert known.replayed.window == PastRates.read(history).window == 7
