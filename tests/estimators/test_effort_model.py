"""Sizes of changes, told by texts: learning, adapting, and the file of a model."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml.domain.task import Task
from taskpar_ml.errors import ModelError, ModelFileError
from taskpar_ml.estimators.effort_file import packed_effort, rounded, unpacked_effort
from taskpar_ml.estimators.effort_model import (
    LEAST_OWN,
    LUCK,
    EffortLesson,
    EffortModel,
    learned_effort,
)
from taskpar_ml.estimators.effort_terms import BUCKETS, COLUMNS, EffortText, effort_columns
from tests.support.strategies import LAW

SMALL, LARGE = ("typo", "comment", "bump"), ("rewrite", "engine", "migrate")
PLACES = ("parser", "router", "cache", "docs", "login")


def lesson(number: int, *, seed: int = 0, words=(SMALL, LARGE)) -> EffortLesson:
    """Return tasks whose size hangs on one word of the title."""
    chance = np.random.default_rng(seed)
    texts, sizes = [], []
    for _ in range(number):
        large = int(chance.integers(2))
        texts.append(EffortText(f"{chance.choice(words[large])} {chance.choice(PLACES)}"))
        sizes.append(2.0 * large - 1 + chance.normal(0, 0.3))
    return EffortLesson(texts, np.array(sizes))


@pytest.fixture(scope="module")
def model() -> EffortModel:
    facts = {"repositories": {"a/b": {"commit": None, "tasks": 300}}}
    return rounded(learned_effort("made-1", [lesson(300)], spread=1.25, facts=facts))


def test_words_that_stood_for_large_changes_do_so_again(model):
    small, large = model.log_sizes([EffortText("Typo in the cache"), EffortText("Rewrite login")])
    assert small < 0 < large


def test_a_duration_goes_with_the_square_root_of_the_size(model):
    task = Task(id="7", title="Rewrite the engine", acceptance_criteria=["It is fast."])
    (size,) = model.log_sizes([EffortText("Rewrite the engine", "It is fast.")])
    assert model.durations([task]) == {"7": pytest.approx(math.exp(size / 2))}
    assert model.duration_spread == pytest.approx(math.hypot(1.25 / 2, LUCK))
    assert model.durations([]) == {}


@LAW
@given(st.lists(st.tuples(st.text(max_size=40), st.text(max_size=200)), min_size=1, max_size=5))
def test_a_text_is_answered_alike_whatever_stands_beside_it(texts):
    model = EffortModel("any", np.linspace(-1, 1, COLUMNS), 0.5, 1.0, {})
    told = [EffortText(*text) for text in texts]
    together = model.log_sizes(told)
    assert np.isfinite(together).all()
    assert together.tolist() == [model.log_sizes([text])[0] for text in told]


def test_columns_hold_words_of_length_one_and_counts():
    columns = effort_columns([EffortText("Fix app.py", "- one\n- two"), EffortText("", "")])
    assert columns.shape == (2, COLUMNS)
    words = columns[:, :BUCKETS].toarray()
    assert (words**2).sum(axis=1).tolist() == pytest.approx([1, 0])
    counts = columns[:, BUCKETS:].toarray() / 0.3
    assert np.exp(counts[0]).round().astype(int).tolist()[:6] == [11, 3, 1, 2, 1, 1]
    assert counts[1].tolist() == [0] * 12 + [pytest.approx(1)]


def test_columns_are_the_same_wherever_they_are_computed():
    found = effort_columns([EffortText("Add retries")])[:, :BUCKETS].nonzero()[1]
    assert sorted(found.tolist()) == [77, 326, 2490, 5095, 6915, 6920]


def test_lone_surrogates_and_endless_texts_are_borne():
    texts = [EffortText("\udce9 a", "\ud800"), EffortText("a" * 10**6, "\n" * 10**6)]
    assert np.isfinite(effort_columns(texts).data).all()


def test_the_past_of_a_repository_teaches_its_own_words(model):
    own = lesson(200, seed=1, words=(("zig", "zag"), ("flip", "flop")))
    adapted = model.adapted(own)
    fresh = [EffortText("zig parser"), EffortText("flop parser")]
    assert np.ptp(model.log_sizes(fresh)) < 0.5
    small, large = adapted.log_sizes(fresh)
    assert small < 0 < large
    assert (adapted.name, adapted.spread) == (model.name, model.spread)


def test_too_short_a_past_changes_nothing(model):
    assert model.adapted(lesson(LEAST_OWN - 1)) is model


def test_the_solution_is_that_of_the_normal_equations():
    taught = lesson(60)
    found = learned_effort("any", [taught], spread=1, facts={}, penalty=2.0)
    columns = effort_columns(taught.texts).toarray()
    middle = columns - columns.mean(axis=0)
    kernel = middle @ middle.T + 2.0 * np.eye(60)
    expected = middle.T @ np.linalg.solve(kernel, taught.log_sizes - taught.log_sizes.mean())
    assert found.weights == pytest.approx(expected, abs=1e-4)


def test_what_cannot_be_learned_from_is_refused():
    with pytest.raises(ModelError, match="no task"):
        learned_effort("any", [EffortLesson([], np.empty(0))], spread=1, facts={})
    with pytest.raises(ModelError, match="Got 2 for 1"):
        EffortLesson([EffortText("a")], np.zeros(2))
    with pytest.raises(ModelError, match="not finite"):
        EffortLesson([EffortText("a")], np.array([np.nan]))


def test_what_is_unpacked_says_the_same_to_the_bit(model):
    packed = packed_effort(model)
    again = unpacked_effort(packed, "here")
    assert again.weights.tobytes() == model.weights.tobytes()
    assert (again.name, again.intercept, again.spread) == ("made-1", model.intercept, 1.25)
    assert again.facts == model.facts
    assert packed_effort(again) == packed


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": 0}, "format must be 2. Got 0"),
        ({"terms": None}, "terms must be"),
        ({"weights": [0]}, "weights"),
        ({"weights": [0.5] * COLUMNS}, "weights.0"),
        ({"weights": [10**400] * COLUMNS}, "weights.0"),
        ({"weights": [0] * (COLUMNS - 1) + [-(10**6)]}, f"weights.{COLUMNS - 1}"),
        ({"intercept": 10**6}, "intercept"),
        ({"intercept": 1e999}, "intercept"),
        ({"spread": 0}, "spread"),
        ({"more": 1}, "more"),
    ],
)
def test_what_describes_no_model_is_refused(model, change, said):
    packed = {**json.loads(packed_effort(model)), **change}
    with pytest.raises(ModelFileError, match=rf"here: .*{said}"):
        unpacked_effort(json.dumps(packed).encode(), "here")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "does not describe"),
    ],
)
def test_what_is_no_model_is_refused(content, said):
    with pytest.raises(ModelFileError, match=said):
        unpacked_effort(content, "here")
