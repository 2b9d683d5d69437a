"""The laws of a store, on each kind of database."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from taskpar_ml.domain.position import Position
from taskpar_ml.errors import ContradictionError, UnknownLandingError
from tests.support.pasts import START, STEP, Past, contents, past, pieces

SEEDS = range(3)


def expected(told: Past) -> dict[str, object]:
    """What a history answers that was handed a past, worked out without a store."""
    order = [each.landing.id for each in told.landings]
    texts = sorted(told.texts, key=lambda each: (order.index(each.task), each.written_at))
    latest: dict[object, object] = {}
    for each in sorted(told.outcomes, key=lambda each: each.correction):
        latest[each.outcome.task, each.outcome.attempt, each.outcome.base] = each
    return {
        "landings": list(told.landings),
        "mined": frozenset(task.task for task in told.mined),
        "pairs": told.pairs,
        "texts": texts,
        "outcomes": sorted(
            latest.values(),
            key=lambda each: (
                each.recorded_at,
                each.outcome.task,
                each.outcome.attempt,
                each.outcome.base,
            ),
        ),
    }


def test_the_pasts_hold_what_may_occur():
    pairs = [pair for seed in SEEDS for pair in past(seed).pairs]
    landings = [each.landing for seed in SEEDS for each in past(seed).landings]
    assert {(bool(pair.files), bool(pair.items)) for pair in pairs} == {
        (files, items) for files in (False, True) for items in (False, True)
    }
    assert {None if pair.tips is None else bool(pair.tips) for pair in pairs} == {None, False, True}
    assert {len(landing.commits) for landing in landings} == {1, 2, 3}
    assert {landing.is_task for landing in landings} == {False, True}


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_read_is_what_was_written(shop, seed):
    told = past(seed)
    told.append_to(shop)
    shop.set_recipe('{"window": 20, "caf\udce9": 1}')
    found = contents(shop)
    assert found | expected(told) == found
    assert found["recipe"] == '{"window": 20, "caf\udce9": 1}'
    assert sorted(found["reports"], key=repr) == sorted(told.outcomes, key=repr)
    assert list(shop.landings()) == found["landings"]
    assert list(shop.pairs()) == found["pairs"]
    assert list(shop.texts()) == found["texts"]
    assert list(shop.outcomes()) == found["outcomes"]
    assert shop.mined() == found["mined"]
    assert shop.newest() == told.landings[-1]
    assert shop.placed_ids() == {each.landing.id: each.number for each in told.landings}
    shared = [pair for pair in told.pairs if pair.files]
    assert list(shop.pairs(shared_only=True)) == shared
    assert 0 < len(shared) < len(told.pairs)


@pytest.mark.parametrize("seed", SEEDS)
def test_neither_order_nor_batches_nor_repetition_change_the_content(store, seed):
    told, chance = past(seed), random.Random(seed)
    for number, size in enumerate((1, 3, 1_000)):
        history = store.history(f"order {number}", create=True)
        mixed = Past(
            *(
                tuple(chance.sample((*each, *each[:5]), len(each) + len(each[:5])))
                for each in (told.landings, told.mined, told.texts, told.outcomes)
            )
        )
        mixed.append_to(history, size=size)
        before = contents(history)
        assert before | expected(told) == before
        written = store.histories()
        told.append_to(history, size=2)
        assert contents(history) == before
        assert store.histories() == written  # nor when it was last written


def test_a_task_may_be_mined_in_parts_and_sorted_otherwise(shop):
    told = past(1)
    shop.append_landings(told.landings)
    for task in told.mined:
        shop.append_mined([replace(task, pairs=task.pairs[2:])])
        turned = tuple(
            replace(
                pair,
                files=pair.files[::-1],
                items=pair.items[::-1],
                tips=None if pair.tips is None else pair.tips[::-1],
            )
            for pair in task.pairs
        )
        shop.append_mined([replace(task, pairs=turned)])
    assert list(shop.pairs()) == told.pairs


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_told_that_was_not_known(store, seed):
    """Whoever asks before a position is told what he was told when nothing later existed."""
    told = past(seed)
    whole = store.history("whole", create=True)
    told.append_to(whole)
    chance = random.Random(seed)
    for place in chance.sample(range(len(told.landings)), 3):
        here = told.landings[place]
        before = Position(here.number, START + chance.randrange(-1, 14) * STEP)
        known = {each.landing.id for each in told.landings[:place]}
        then = store.history(f"until {place}", create=True)
        Past(
            told.landings[:place],
            tuple(task for task in told.mined if task.task in known),
            (),
            tuple(each for each in told.outcomes if each.recorded_at.timestamp() < before.time),
        ).append_to(then)
        assert list(whole.landings(before=before)) == list(then.landings())
        assert list(whole.pairs(before=before)) == list(then.pairs())
        assert list(whole.outcomes(before=before)) == list(then.outcomes())
        shared = list(whole.pairs(before=before, shared_only=True))
        assert shared == [pair for pair in then.pairs() if pair.files]
        texts = [text for text in whole.texts() if text.written_at < before.time]
        assert list(whole.texts(before=before)) == texts
        assert all(pair.later in known and pair.earlier in known for pair in then.pairs())


def test_histories_do_not_mix(store):
    one, other = past(1), past(2)  # the same commits, told otherwise
    assert {each.landing.id for each in one.landings} & {each.landing.id for each in other.landings}
    first, second = (store.history(name, create=True) for name in ("first", "sec\udce9nd"))
    one.append_to(first)
    alone = contents(first)
    other.append_to(second)
    assert contents(first) == alone
    assert contents(second) | expected(other) == contents(second)
    second.abandon([other.landings[0].landing.id])
    second.forget_mined()
    assert contents(first) == alone
    assert [each.name for each in store.histories()] == ["first", "sec\udce9nd"]


def test_what_contradicts_is_refused_with_its_batch(shop):
    told = past(3)
    told.append_to(shop)
    before = contents(shop)
    last = told.landings[-1]
    new = replace(last, landing=replace(last.landing, commits=("f" * 40,)), number=last.number + 1)
    for wrong in (
        replace(last, number=last.number + 1),
        replace(last, landing=replace(last.landing, title="other")),
    ):
        with pytest.raises(ContradictionError, match="stored already, but otherwise"):
            shop.append_landings([new, wrong])
    pair = told.pairs[0]
    (task,) = (each for each in told.mined if each.task == pair.later)
    changed = [replace(each, concurrent=not each.concurrent) for each in task.pairs]
    with pytest.raises(ContradictionError, match="pair is stored already"):
        shop.append_mined([replace(task, pairs=tuple(changed))])
    text = told.texts[0]
    with pytest.raises(ContradictionError, match="another wording"):
        shop.append_texts([replace(text, source="new"), replace(text, body="other")])
    assert contents(shop) == before


def test_a_contradiction_within_one_batch_is_refused(shop):
    told = past(3)
    first = told.landings[0]
    with pytest.raises(ContradictionError):
        shop.append_landings([first, replace(first, number=9_999)])
    shop.append_landings(told.landings)
    task = told.mined[-1]
    other = replace(task, pairs=(replace(task.pairs[0], concurrent=not task.pairs[0].concurrent),))
    with pytest.raises(ContradictionError):
        shop.append_mined([task, other])
    assert shop.mined() == frozenset()


def test_what_names_a_landing_that_is_not_stored_is_refused(shop):
    told = past(3)
    shop.append_landings(told.landings[:-1])
    missing = told.landings[-1].landing.id
    assert told.mined[-1].task == missing
    with pytest.raises(UnknownLandingError, match=f"shop: landing {missing}: it is not stored"):
        shop.append_mined(told.mined)
    text = replace(told.texts[0], task=missing)
    with pytest.raises(UnknownLandingError, match=missing):
        shop.append_texts([told.texts[0], text])
    assert contents(shop)["pairs"] == contents(shop)["texts"] == []


def test_reading_sees_one_moment_and_keeps_no_writer_waiting(shop):
    told = past(5, landings=300)
    early, late = told.landings[:250], told.landings[250:]
    shop.append_landings(early)
    reading = shop.landings()
    found = [next(reading)]
    shop.append_landings(late)
    shop.abandon([early[200].landing.id])
    assert [*found, *reading] == list(early)
    assert len(list(shop.landings())) == 299
    with shop.at_one_moment() as reader:
        before = list(reader.landings()), reader.mined()
        shop.append_mined(told.mined)
        shop.abandon([early[10].landing.id])
        assert (list(reader.landings()), reader.mined()) == before


@pytest.mark.parametrize("size", [1, 7])
def test_long_histories_are_read_in_pages(shop, size):
    told = past(6, landings=450, window=2)
    for piece in pieces(told.landings, 450 // size):
        shop.append_landings(piece)
    shop.append_mined(told.mined)
    assert list(shop.landings()) == list(told.landings)
    assert list(shop.pairs()) == told.pairs
