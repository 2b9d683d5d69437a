"""Answers of providers and trials of them, kept: once each, as they were, whoever writes when."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from taskpar_ml.domain.position import Position
from taskpar_ml.errors import ContradictionError
from taskpar_ml.history.store.history_store import HistoryStore
from tests.support.pasts import past as landed
from tests.support.provided import NOW, answer, trial
from tests.support.stores import take_back

ODD = "caf\udce9 \0 日本.py"


def test_answers_come_back_to_the_last_character(shop):
    told = answer("Rôle \0 日本", ODD, new=["src/日本.py"], description="a\nb\0c", context="'; --")
    shop.append_answers([told])
    assert list(shop.answers()) == [told]
    made = trial(gained=(0.1 + 0.2, 1e-9, 5.0), landing="f" * 40)
    shop.append_trials([made])
    assert list(shop.trials()) == [made]


def test_appending_twice_is_appending_once_in_any_order(shop, store):
    told = [answer("a", "x"), answer("b", "y"), answer("a", "x", provider="other")]
    made = [trial(1), trial(2), trial(1, model="another")]
    shop.append_answers([*told, told[0]])
    stamp = store.histories()[0].written_at
    shop.append_answers(told[::-1])
    assert store.histories()[0].written_at == stamp
    shop.append_trials(made)
    shop.append_trials([*made, made[1]])
    other = store.history("other", create=True)
    for each in told[::-1]:
        other.append_answers([each])
    for each in made[::-1]:
        other.append_trials([each])
    assert list(other.answers()) == list(shop.answers())
    assert list(other.trials()) == list(shop.trials())
    assert len(list(shop.answers())) == len(list(shop.trials())) == 3


def test_the_newest_answer_to_a_text_at_a_commit_counts(shop):
    first, second = answer("a", "x"), answer("a", "y", after=1)
    elsewhere = answer("a", "z", commit="1" * 40)
    shop.append_answers([second, elsewhere])
    shop.append_answers([first])
    assert list(shop.answers()) == [elsewhere, second]
    old, new = trial(1, named=()), trial(1, asked_at=NOW + timedelta(seconds=1))
    shop.append_trials([new])
    shop.append_trials([old])
    assert list(shop.trials()) == [new]


def test_answers_are_known_from_when_they_were_given(shop):
    shop.append_answers([answer("a", "x", after=10), answer("a", "y", after=20)])
    start = int(NOW.timestamp())
    known = [
        [each.files for each in shop.answers(before=Position(1, start + seconds))]
        for seconds in (10, 11, 21)
    ]
    assert known == [[], [("x",)], [("y",)]]


def test_another_answer_of_the_same_moment_is_refused_with_its_batch(shop):
    shop.append_answers([answer("a", "x")])
    with pytest.raises(ContradictionError, match=r"shop: planner: another answer of 2026"):
        shop.append_answers([answer("b", "x"), answer("a", "y")])
    with pytest.raises(ContradictionError):
        shop.append_answers([answer("c", "x"), answer("c", "y")])
    shop.append_trials([trial(1)])
    with pytest.raises(ContradictionError):
        shop.append_trials([trial(2), trial(1, named=())])
    assert [each.told.title for each in shop.answers()] == ["a"]
    assert len(list(shop.trials())) == 1


def test_they_outlast_what_was_mined_and_histories_do_not_mix(shop, store):
    landed(1).append_to(shop)
    shop.append_answers([answer("a", "x")])
    shop.append_trials([trial(1)])
    shop.forget_mined()
    assert len(list(shop.answers())) == len(list(shop.trials())) == 1
    assert list(store.history("other", create=True).answers()) == []


def test_two_writers_lose_nothing(url):
    def write(provider):
        with HistoryStore.open(url) as store:
            shop = store.history("shop", create=True)
            for number in range(20):
                shop.append_answers([answer(f"t{number}", "x", provider=provider)])
                shop.append_answers([answer(f"t{number}", "x", provider="both")])

    writers = [threading.Thread(target=write, args=(name,)) for name in ("one", "two")]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    with HistoryStore.open(url) as store:
        assert len(list(store.history("shop").answers())) == 60


def test_a_file_of_the_first_version_is_brought_up_with_all_that_it_holds(tmp_path):
    place = tmp_path / "history.sqlite"
    with HistoryStore.open(str(place)) as store:
        told = landed(1)
        told.append_to(store.history("shop", create=True))
        take_back(store, "0001")
    with HistoryStore.open(str(place)) as store:
        shop = store.history("shop")
        assert [each.landing for each in shop.landings()] == [
            each.landing for each in told.landings
        ]
        shop.append_answers([answer("a", "x")])
        assert len(list(shop.answers())) == 1
