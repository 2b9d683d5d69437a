"""How far providers are believed: the honest, the half-honest, who guesses, and who lies."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from taskpar_ml.footprints.predictor import FIXED_RULE
from taskpar_ml.footprints.reliability import (
    ENOUGH_FOR_LOSS,
    ENOUGH_TASKS,
    MOST_GAIN,
    MOST_LOSS,
    Reliability,
    corrected,
    ranking,
    rankings,
)
from tests.support.provided import past, trial


def learned(trials, provider="planner", model=FIXED_RULE):
    return Reliability.learned(provider, model, trials)


def judged(kind, *, taught=60, tasks=200):
    """Return what is believed of a provider, and rankings of other tasks with and without it."""
    known = learned(past(kind, tasks=taught))
    return known, *ranking(past(kind, tasks=tasks, seed=1), known)


def test_an_honest_provider_improves_the_ranking_of_other_tasks():
    known, without, beside = judged("honest")
    assert known.named > 2
    assert known.unnamed > 0.5
    assert beside.recall > without.recall + 0.15
    assert beside.gain > without.gain + 0.15


def test_half_an_honest_provider_is_worth_less_and_something():
    honest, *_ = judged("honest")
    known, without, beside = judged("half")
    assert 0.5 < known.named < honest.named
    assert beside.recall > without.recall + 0.05


def test_who_names_anything_changes_nothing_to_speak_of():
    known, without, beside = judged("random")
    assert known.named < 0.5
    assert known.unnamed == 0
    assert beside.recall == pytest.approx(without.recall, abs=0.02)
    assert beside.gain == pytest.approx(without.gain, abs=0.02)


def test_who_lies_never_makes_a_ranking_worse():
    known, without, beside = judged("liar")
    assert (known.named, known.unnamed) == (0, 0)
    assert beside == without


def test_a_ranker_that_is_off_is_no_merit_of_the_provider():
    """Everything is half as likely as predicted, whoever names what: a guess learns nothing."""
    guesses = [
        each.model_copy(update={"gained": tuple(gain + 3 for gain in each.gained)})
        for each in past("random", tasks=200)
    ]
    known = learned(guesses)
    assert known.unnamed == 0
    assert known.named < 0.5


def test_before_enough_tasks_nothing_counts_and_a_loss_needs_more():
    few = learned(past("honest", tasks=ENOUGH_TASKS - 1))
    assert not few.counts
    some = past("honest", tasks=ENOUGH_FOR_LOSS - 1)
    assert learned(some).counts
    assert learned(some).unnamed == 0
    assert learned(past("honest", tasks=ENOUGH_FOR_LOSS)).unnamed > 0
    (one,) = past("honest", tasks=1)
    assert corrected(one, few).tolist() == list(one.gained)


def test_what_is_learned_is_bounded():
    sure = [
        trial(number, gained=(0.0, 0.0), predicted=0, named=(0, 1), touched=(0, 1), changed=2)
        for number in range(2_000)
    ]
    assert learned(sure).named == MOST_GAIN
    high = [
        trial(number, gained=(6.0, 6.0), predicted=2, named=(0,), touched=(0,), changed=1)
        for number in range(2_000)
    ]
    assert learned(high).unnamed == MOST_LOSS


def test_never_tried_is_never_believed():
    known = learned([])
    assert (known.named, known.unnamed, known.created, known.tasks) == (0, 0, 0, 0)
    assert math.isnan(known.precision)


def test_trials_of_others_and_of_other_rankers_do_not_count():
    own = past("honest", tasks=20)
    others = past("liar", tasks=50, seed=3, provider="other")
    elsewhere = [each.model_copy(update={"model": "general-2"}) for each in past("liar", tasks=50)]
    assert learned([*others, *own, *elsewhere]) == learned(own)


def test_the_order_of_trials_changes_no_bit():
    trials = past("half", tasks=40)
    first = learned(trials)
    for seed in range(3):
        random.Random(seed).shuffle(trials)
        assert learned(trials) == first


def test_tasks_count_alike_whatever_their_size():
    """One task with hundreds of rows in which the provider is wrong outvotes nobody."""
    trials = past("honest", tasks=40)
    wide = trial(
        7,
        gained=(1.0,) * 2_000,
        predicted=2_000,
        named=tuple(range(1_000)),
        touched=(),
        changed=0,
    )
    alone = learned(trials)
    assert learned([*trials, wide]).named > 0.6 * alone.named


def test_precision_recall_and_new_files():
    trials = [
        trial(1, named=(1, 2), touched=(2,), changed=4, new=3, made=2),
        trial(2, named=(0,), touched=(0,), changed=1),
        trial(3, named=(), touched=(), changed=0),
    ]
    known = learned(trials)
    assert (known.files, known.right, known.tasks) == (3, 2, 3)
    assert known.precision == pytest.approx((0.5 + 1) / 2)
    assert known.recall == pytest.approx((0.25 + 1) / 2)
    assert known.created == pytest.approx(2 / 13)


def test_rankings_by_hand():
    one = trial(1, gained=(2.0, 1.0, 0.0), predicted=2, named=(2,), touched=(2,), changed=2)
    known = Reliability("planner", FIXED_RULE, tasks=50, named=3.0, unnamed=1.5)
    assert corrected(one, known).tolist() == [0.5, 0.0, 3.0]
    discount = 1 / np.log2([2, 3, 4])
    best = discount[:2].sum()
    (row,) = rankings([one], known)
    assert row == pytest.approx([0.5, discount[2] / best, 0.5, discount[0] / best])
    deep = trial(1, gained=(*(1.0,) * 10, 0.5), predicted=11, named=(), touched=(10,), changed=1)
    assert rankings([deep], known)[0, 0] == 0
    assert len(rankings([trial(1, changed=0, touched=())], known)) == 0
    assert math.isnan(ranking([])[0].recall)


def test_what_is_learned_for_a_half_comes_from_the_other():
    """Rankings without a given belief judge no task by what that task taught."""
    trials = sorted(past("honest", tasks=60), key=lambda each: each.landing)
    halves = [learned(trials[1::2]), learned(trials[0::2])]
    found = rankings(trials)
    for place, each in enumerate(trials):
        assert found[place] == pytest.approx(rankings([each], halves[place % 2])[0])
