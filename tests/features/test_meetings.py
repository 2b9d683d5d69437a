"""Likely meetings and the items named as reasons, against slow and obvious computations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse

from taskpar_ml.domain.footprint import Surface, TouchMatrix
from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.features import shared
from taskpar_ml.features.meetings import both_write
from taskpar_ml.features.shared import SharedItemFinder
from tests.support.strategies import LAW

STEPS = st.sampled_from([0, 0, 0, 32, 96, 192, 256])


@st.composite
def matrices(draw):
    shape = draw(st.integers(2, 5)), draw(st.integers(1, 5))
    steps = arrays(np.int64, shape, elements=STEPS)
    touch = draw(steps)
    write = np.minimum(draw(steps), touch)
    reach = np.where(
        touch == 0, draw(arrays(np.int64, shape, elements=st.sampled_from([0, 256]))), 0
    )
    return matrix_of(touch / 256, write / 256, reach / 256)


def matrix_of(touch, write, reach):
    return TouchMatrix(
        items=tuple(f"item {number}" for number in range(touch.shape[1])),
        size=np.ones(touch.shape[1]),
        touch=sparse.csr_array(touch),
        write=sparse.csr_array(write),
        reach=sparse.csr_array(reach),
        known=touch.any(axis=1),
        writes_known=write.any(axis=1),
    )


def pairs_of(matrix):
    return PairTable.of([f"t{number}" for number in range(matrix.touch.shape[0])])


def dense(matrix):
    return matrix.touch.toarray(), matrix.write.toarray(), matrix.reach.toarray()


@LAW
@given(matrices(), st.sampled_from([0.1, 0.5, 0.5625, 1.0]))
def test_a_meeting_is_one_item_that_both_write(matrix, at_least):
    _, write, reach = dense(matrix)
    before = matrix.write.toarray()
    found = both_write(pairs_of(matrix), matrix, at_least=at_least)
    for meets, a, b in zip(found, pairs_of(matrix).a, pairs_of(matrix).b, strict=True):
        both = np.concatenate([write[a] * write[b], write[a] * reach[b], reach[a] * write[b]])
        assert meets == bool(both.max() >= at_least)
    assert np.array_equal(matrix.write.toarray(), before)


@LAW
@given(matrices())
def test_the_reason_is_the_item_in_which_a_pair_most_probably_collides(matrix):
    touch, write, reach = dense(matrix)
    found = SharedItemFinder(Surface.FILE, matrix).of(pairs_of(matrix))
    for row, (a, b) in enumerate(zip(pairs_of(matrix).a, pairs_of(matrix).b, strict=True)):
        strength = write[a] * touch[b] + touch[a] * write[b] - write[a] * write[b]
        strength += touch[a] * reach[b] + reach[a] * touch[b]
        if strength.max() > 0:
            best = int(strength.argmax())
            assert found.top[row] == best
            assert found.p_a[row] == max(touch[a][best], reach[a][best])
            assert found.p_b[row] == max(touch[b][best], reach[b][best])
        else:
            assert (found.top[row], found.p_a[row], found.p_b[row]) == (-1, 0, 0)


@pytest.mark.parametrize("at_once", [1, 5, 1000])
def test_the_work_may_be_cut_into_any_pieces(monkeypatch, at_once):
    chance = np.random.default_rng(1)
    touch = (chance.random((9, 12)) > 0.5) * 0.75
    matrix = matrix_of(touch, touch, np.zeros_like(touch))
    whole = SharedItemFinder(Surface.FILE, matrix).of(pairs_of(matrix))
    monkeypatch.setattr(shared, "_MEETINGS_AT_ONCE", at_once)
    cut = SharedItemFinder(Surface.FILE, matrix).of(pairs_of(matrix))
    assert np.array_equal(whole.top, cut.top)
    assert np.array_equal(whole.p_a, cut.p_a)


def test_crowded_items_are_named_by_each_task_only_where_they_are_its_likeliest(monkeypatch):
    monkeypatch.setattr(shared, "_CROWD", 2)
    monkeypatch.setattr(shared, "_PER_TASK", 1)
    # All three tasks are in items 0 and 1, and likelier in 1; the first two alone in item 2.
    touch = np.array([[0.5, 1.0, 0.25], [0.5, 1.0, 0.25], [0.5, 1.0, 0.0]])
    matrix = matrix_of(touch, touch, np.zeros_like(touch))
    assert SharedItemFinder(Surface.FILE, matrix).of(pairs_of(matrix)).top.tolist() == [1, 1, 1]
    rest = matrix_of(touch * [1, 0, 1], touch * [1, 0, 1], np.zeros_like(touch))
    monkeypatch.setattr(shared, "_PER_TASK", 0)
    assert SharedItemFinder(Surface.FILE, rest).of(pairs_of(rest)).top.tolist() == [2, -1, -1]
