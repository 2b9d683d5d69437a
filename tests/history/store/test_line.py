"""Landings that leave the line and come back, and where commits stand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from taskpar_ml.domain.mined import MinedTask, PairFinding
from taskpar_ml.domain.position import Position
from taskpar_ml.errors import StoreError, UnknownHistoryError, UnknownLandingError
from tests.support.pasts import commit_id, contents, past


@pytest.fixture
def told():
    return past(7, landings=30)


@pytest.fixture
def filled(shop, told):
    told.append_to(shop)
    shop.set_recipe("{}")
    return shop


def without(told, gone):
    return [pair for pair in told.pairs if not {pair.earlier, pair.later} & gone]


def test_what_is_abandoned_is_not_returned_nor_its_pairs_and_comes_back(filled, told):
    before = contents(filled)
    gone = {each.landing.id for each in told.landings[10:14]} | {told.landings[-1].landing.id}
    for _ in range(2):
        filled.abandon(gone)
        kept = [each for each in told.landings if each.landing.id not in gone]
        assert list(filled.landings()) == kept
        assert list(filled.pairs()) == without(told, gone)
        assert filled.newest() == told.landings[-2]
        assert filled.mined() == before["mined"] - gone
        assert filled.placed_ids() == {each.landing.id: each.number for each in kept}
        assert {text.task for text in filled.texts()}.isdisjoint(gone)
    with pytest.raises(UnknownLandingError):
        filled.position_of(told.landings[10].landing.id)
    filled.append_landings(told.landings)
    assert contents(filled) == before


def test_what_comes_back_elsewhere_has_lost_its_pairs(filled, told):
    moved = {
        each.landing.id: replace(each, number=each.number + 500) for each in told.landings[-5:]
    }
    filled.abandon(moved)
    filled.append_landings(list(moved.values()))
    assert list(filled.landings()) == [*told.landings[:-5], *moved.values()]
    assert list(filled.pairs()) == without(told, moved.keys())
    assert not filled.mined() & moved.keys()


def test_an_old_landing_that_changes_takes_its_pairs_even_where_its_row_is_used_again(shop, told):
    shop.append_landings(told.landings[::-1])  # SQLite gives the last row away again
    shop.append_mined(told.mined)
    first = told.landings[0]
    assert {pair.later for pair in told.pairs if pair.earlier == first.landing.id}
    shop.abandon([first.landing.id])
    changed = replace(first, landing=replace(first.landing, title="joined otherwise"))
    shop.append_landings([changed])
    assert list(shop.pairs()) == without(told, {first.landing.id})
    assert shop.newest() == told.landings[-1]
    assert next(shop.landings()) == changed


def test_pairs_of_a_landing_that_another_process_abandoned_are_kept(shop, told):
    shop.append_landings(told.landings)
    gone = told.landings[5].landing.id
    shop.abandon([gone])
    shop.append_mined(told.mined)
    assert list(shop.pairs()) == without(told, {gone})
    shop.append_landings(told.landings)
    assert list(shop.pairs()) == told.pairs


def test_only_stored_landings_are_abandoned(filled, told):
    before = contents(filled)
    with pytest.raises(UnknownLandingError, match="it is not stored"):
        filled.abandon([told.landings[0].landing.id, "f" * 40])
    assert contents(filled) == before


def test_forgetting_leaves_texts_and_outcomes(filled, told):
    before = contents(filled)
    filled.forget_mined()
    found = contents(filled)
    assert found["landings"] == found["pairs"] == found["texts"] == []
    assert (found["mined"], found["recipe"]) == (frozenset(), None)
    assert found["reports"] == before["reports"]
    filled.append_landings(told.landings)
    assert contents(filled)["texts"] == before["texts"]
    filled.append_mined(told.mined)
    filled.set_recipe("{}")
    assert contents(filled) == before


def test_a_commit_stands_where_its_landing_says(filled, told):
    earlier = Position(0, 0)
    several = 0
    for each in told.landings:
        commits = each.landing.commits
        here = Position(each.number, each.landing.landed_at)
        assert filled.position_of(commits[-1]) == here
        for back, commit in enumerate(reversed(commits[:-1]), start=1):
            several += 1
            assert filled.position_of(commit) == Position(each.number - back, earlier.time)
        earlier = here
    assert several > 5


def test_a_commit_that_was_joined_later_keeps_the_place_it_had(shop, told):
    """A push is a landing until the next one joins it."""
    alone = replace(told.landings[-1].landing, commits=("a" * 40,))
    both = replace(alone, commits=("a" * 40, "b" * 40), landed_at=alone.landed_at + 60)
    shop.append_landings([replace(told.landings[-1], number=5, landing=alone)])
    first = shop.position_of("a" * 40)
    shop.append_landings([replace(told.landings[-1], number=6, landing=both)])
    assert shop.position_of("a" * 40) == first == Position(5, alone.landed_at)
    shop.abandon(["a" * 40])
    assert shop.position_of("a" * 40).number == 5
    assert shop.position_of("b" * 40) == Position(6, both.landed_at)


@pytest.mark.parametrize("commit", ["f" * 40, "", "HEAD~1", "caf\udce9", "nul\0"])
def test_an_unknown_commit_says_what_to_do(filled, commit):
    with pytest.raises(UnknownLandingError, match=r"no part of a landing.* Mine the history up to"):
        filled.position_of(commit)


def test_a_pair_that_does_not_belong_to_its_task_is_refused(shop, told):
    shop.append_landings(told.landings)
    first, second, third = (each.landing.id for each in told.landings[:3])
    for pair in (PairFinding(second, third), PairFinding(third, first), PairFinding(first, first)):
        task = MinedTask(pair.later if pair.later == first else second, (pair,))
        with pytest.raises(StoreError, match="no pair of"):
            shop.append_mined([task])
    assert shop.mined() == frozenset()


def test_an_empty_history_answers(shop):
    found = contents(shop)
    assert (found.pop("recipe"), found.pop("mined")) == (None, frozenset())
    assert set(map(repr, found.values())) == {"[]"}
    assert shop.newest() is None
    for append in (
        shop.append_landings,
        shop.append_mined,
        shop.append_texts,
        shop.append_outcomes,
        shop.abandon,
    ):
        append([])
    assert shop.placed_ids() == {}


def test_summaries_count_what_is_on_the_line(store, told):
    assert store.histories() == []
    names = [f"b{number}" for number in range(20)]
    for name in [*names, "a"]:
        store.history(name, create=True)
    filled = store.history("a")
    told.append_to(filled)
    filled.abandon([told.landings[-1].landing.id])
    first, *others = store.histories()
    kept = told.landings[:-1]
    assert (first.name, first.landings, first.newest) == ("a", len(kept), kept[-1].landing.id)
    assert first.tasks == first.mined == sum(each.landing.is_task for each in kept)
    assert first.written_at is not None
    assert {(each.landings, each.newest, each.written_at) for each in others} == {(0, None, None)}
    with pytest.raises(UnknownHistoryError, match=r"Known: a, b0, b1, b10, .* and 9 more\."):
        store.history("c")


@pytest.mark.parametrize("name", ["", "x" * 201])
def test_a_history_is_called_something(store, name):
    with pytest.raises(StoreError, match="a name has 1 to 200 characters"):
        store.history(name, create=True)


def test_a_store_without_histories_says_so(store):
    with pytest.raises(UnknownHistoryError, match="It holds none; mine one first"):
        store.history("shop")


def test_ids_of_other_lengths_are_ids(shop, told):
    landing = replace(told.landings[0].landing, commits=(commit_id(1) + "0" * 24,))
    shop.append_landings([replace(told.landings[0], landing=landing)])
    assert [each.landing for each in shop.landings()] == [landing]
