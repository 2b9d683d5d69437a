"""Predictions are kept once each, as they were first recorded, whoever writes when."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from taskpar_ml.domain.prediction import (
    AS_WRITTEN,
    PredictedPair,
    PredictedTask,
    Prediction,
    PredictionKind,
    ShadowStart,
)
from taskpar_ml.history.store.history_store import HistoryStore
from tests.support.pasts import past as landed
from tests.support.stores import take_back

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def said(*ids: str, risk: float | None = 0.1, after: float = 0, **fields: object) -> Prediction:
    names = ids or ("a", "b")
    told = {
        "kind": PredictionKind.BEFOREHAND,
        "model": "general-2",
        "text": AS_WRITTEN,
        "threshold": 0.05,
        "is_probability": True,
        "base": "0" * 40,
        "recorded_at": NOW + timedelta(seconds=after),
        "tasks": [PredictedTask(id=name, title=name, text="words") for name in names],
        "pairs": [PredictedPair(a=0, b=1, risk=risk, together=risk is not None and risk < 0.05)],
    }
    return Prediction.model_validate({**told, **fields})


def all_of(history):
    with history.at_one_moment() as reader:
        return list(reader.predictions())


def test_they_come_back_to_the_last_character(shop):
    odd = said("Rôle \0 日本", "café; --", risk=0.1 + 0.2)
    unscored = said(risk=None)
    assert shop.append_predictions([odd, unscored]) == 2
    assert sorted(all_of(shop), key=str) == sorted([odd, unscored], key=str)


def test_what_was_recorded_first_stays(shop, store):
    first = said(risk=0.1)
    assert shop.append_predictions([first, said(risk=0.2)]) == 1
    stamp = store.histories()[0].written_at
    assert shop.append_predictions([said(risk=0.9, after=10, base="1" * 40)]) == 0
    assert store.histories()[0].written_at == stamp
    assert all_of(shop) == [first]


def test_another_model_threshold_text_or_kind_says_something_of_its_own(shop):
    others = [
        said(model="other"),
        said(threshold=0.1),
        said(kind=PredictionKind.AS_OF),
        said(kind=PredictionKind.AS_OF, base="1" * 40),
        said(kind=PredictionKind.AS_OF, since="2" * 40),
        said(tasks=[PredictedTask(id=name, text="other words") for name in "ab"]),
    ]
    assert shop.append_predictions([said(), *others]) == 7
    assert shop.append_predictions([said(), *others]) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"pairs": [{"a": 1, "b": 1, "risk": None, "together": False}]},
        {"pairs": [{"a": 0, "b": 2, "risk": None, "together": False}]},
        {"pairs": [{"a": 0, "b": 1, "risk": float("inf"), "together": False}]},
        {"tasks": [{"id": "a" * 1_001}, {"id": "b"}]},
        {"tasks": [{"id": "a", "title": "t" * 301}, {"id": "b"}]},
        {"model": "m" * 1_001},
        {"threshold": 0},
        {"recorded_at": datetime(2026, 1, 1)},
        {"pairs": [{"a": 0, "b": 1, "risk": None, "together": False}] * 20_001},
    ],
)
def test_what_is_out_of_bounds_is_no_prediction(wrong):
    with pytest.raises(ValidationError):
        said(**wrong)


def test_where_a_shadow_began_is_noted_once(shop, store):
    def starts():
        with shop.at_one_moment() as reader:
            return reader.shadows()

    first, second = (
        ShadowStart(commit=word * 40, started_at=NOW + timedelta(hours=n))
        for n, word in enumerate("ab")
    )
    shop.begin_shadow(first, only_first=True)
    shop.begin_shadow(second, only_first=True)
    assert starts() == [first]
    shop.begin_shadow(second)
    shop.begin_shadow(second.model_copy(update={"started_at": NOW + timedelta(days=1)}))
    assert starts() == [first, second]
    with store.history("other", create=True).at_one_moment() as reader:
        assert reader.shadows() == []


def test_they_outlast_what_was_mined_and_histories_do_not_mix(shop, store):
    landed(1).append_to(shop)
    shop.append_predictions([said()])
    shop.begin_shadow(ShadowStart(commit="a" * 40, started_at=NOW))
    shop.forget_mined()
    assert len(all_of(shop)) == 1
    with shop.at_one_moment() as reader:
        assert len(reader.shadows()) == 1
    assert all_of(store.history("other", create=True)) == []


def test_two_writers_lose_nothing(url):
    def write(model):
        with HistoryStore.open(url) as store:
            shop = store.history("shop", create=True)
            for number in range(20):
                shop.append_predictions([said("a", f"t{number}", model=model)])
                shop.append_predictions([said("a", f"t{number}", model="both")])

    writers = [threading.Thread(target=write, args=(name,)) for name in ("one", "two")]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    with HistoryStore.open(url) as store:
        assert len(all_of(store.history("shop"))) == 60


def test_a_file_of_the_second_version_is_brought_up_with_all_that_it_holds(tmp_path):
    place = tmp_path / "history.sqlite"
    with HistoryStore.open(str(place)) as store:
        told = landed(1)
        told.append_to(store.history("shop", create=True))
        take_back(store, "0002")
    with HistoryStore.open(str(place)) as store:
        shop = store.history("shop")
        assert [each.landing for each in shop.landings()] == [
            each.landing for each in told.landings
        ]
        shop.append_predictions([said()])
        assert all_of(shop) == [said()]
