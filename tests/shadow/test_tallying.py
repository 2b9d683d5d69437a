"""Predictions held against what happened."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml.shadow.expected import expected_conflicts
from taskpar_ml.shadow.tallying import JudgedPair, tally_of
from tests.support.landings import landing
from tests.support.strategies import LAW

NAN = float("nan")


def pair(number, risk, truth, *, together=None, group=0, minutes=10, is_probability=True):
    """Return a pair of two tasks of its own."""
    first, second = (landing(f"Task {number}{side}", number=2 * number + 1) for side in "ab")
    second = landing(f"Task {number}b", number=2 * number + 2)
    runs = risk < 0.2 if together is None else together
    return JudgedPair(first, second, risk, is_probability, runs, truth, group, minutes)


def test_every_pair_is_counted_where_it_belongs():
    tally = tally_of(
        [
            pair(0, 0.5, True),  # kept apart, and rightly
            pair(1, 0.1, True),  # let through
            pair(2, 0.4, False),  # for nothing
            pair(3, 0.1, False),
            pair(4, NAN, True),  # could not be told, so kept apart
            pair(5, 0.3, None),  # could not be decided
        ]
    )
    assert (tally.sets, tally.tasks, tally.pairs, tally.unknown) == (1, 12, 5, 1)
    assert (tally.conflicts, tally.kept_apart, tally.let_through) == (3, 2, 1)
    assert (tally.for_nothing, tally.unscored) == (1, 1)
    assert [each.risk for each in tally.misses] == [0.1]
    assert [each.risk for each in tally.false_alarms] == [0.4]


def test_probabilities_alone_are_held_against_what_came():
    tally = tally_of([pair(0, 0.5, True), pair(1, 0.1, False), pair(2, NAN, True)])
    assert tally.expected.mean == pytest.approx(0.6)
    assert tally.expected.seen == 1
    assert tally.brier == pytest.approx((0.25 + 0.01) / 2)
    scores = tally_of([pair(0, 1.2, True, is_probability=False), pair(1, 0.1, False)])
    assert scores.expected.mean == pytest.approx(0.1)
    none = tally_of([pair(0, 1.2, True, is_probability=False)])
    assert (none.expected, none.brier, none.auc) == (None, None, None)


def test_what_cannot_be_told_counts_as_the_riskiest():
    order = [pair(0, NAN, True), pair(1, 0.9, False), pair(2, 0.1, False)]
    assert tally_of(order).auc.mean == 1
    assert tally_of([order[0]._replace(truth=False), order[1]._replace(truth=True)]).auc.mean == 0


def test_an_interval_wants_several_predictions():
    one = [pair(number, 0.1 * number, number > 2) for number in range(6)]
    assert tally_of(one).auc.low is None
    several = [
        pair(number, risk, truth, group=number // 3)
        for number, (risk, truth) in enumerate(
            itertools.islice(itertools.cycle([(0.5, True), (0.1, False), (0.6, False)]), 30)
        )
    ]
    auc = tally_of(several).auc
    assert auc.low <= auc.mean <= auc.high


def test_the_safest_misses_and_the_dearest_alarms_are_shown_five_at_most():
    misses = [pair(number, 0.1 - 0.01 * number, True) for number in range(7)]
    alarms = [pair(9 + number, 0.5, False, minutes=10 * number) for number in range(7)]
    tally = tally_of([*misses, *alarms])
    assert (tally.let_through, tally.for_nothing) == (7, 7)
    assert [each.risk for each in tally.misses] == pytest.approx([0.04, 0.05, 0.06, 0.07, 0.08])
    assert [each.minutes for each in tally.false_alarms] == [60, 50, 40, 30, 20]


@LAW
@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_the_interval_is_that_of_all_outcomes(chances):
    """Every outcome of a few pairs, one by one."""
    counts = np.zeros(len(chances) + 1)
    for outcome in itertools.product((0, 1), repeat=len(chances)):
        likely = np.prod([p if came else 1 - p for p, came in zip(chances, outcome, strict=True)])
        counts[sum(outcome)] += likely
    found = expected_conflicts(np.array(chances), np.array(chances) > 2)
    assert found.mean == pytest.approx(sum(chances))
    assert found.seen == 0
    below = np.cumsum(counts)
    # Where a tail ends exactly at the bound, rounding may tell on which side.
    assert below[found.low] >= 0.025 - 1e-9
    assert found.low == 0 or below[found.low - 1] < 0.025 + 1e-9
    assert below[found.high] >= 0.975 - 1e-9
    assert found.high == 0 or below[found.high - 1] < 0.975 + 1e-9
