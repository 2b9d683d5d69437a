"""Bets: whoever is right wins, whoever is not never wins much."""

from __future__ import annotations

from itertools import product
from math import log

import numpy as np
import pytest

from taskpar_ml.planner.betting import MoreThan, RarerThan


def wealth_after(bet, outcomes):
    for was_hit in outcomes:
        bet = bet.after(was_hit=was_hit)
    return bet.wealth


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.4])
def test_where_the_claim_is_just_true_the_bet_is_fair(rate):
    """The mean over all sequences, each as likely as it is, is what was there before."""
    for many in range(1, 8):
        chances = {
            outcomes: np.prod([rate if was_hit else 1 - rate for was_hit in outcomes])
            for outcomes in product([False, True], repeat=many)
        }
        assert sum(chances.values()) == pytest.approx(1)
        told = {each: (wealth_after(RarerThan(rate), each)) for each in chances}
        assert sum(chances[each] * told[each] for each in chances) == pytest.approx(1)
        # Whoever begins anew at every outcome has put in 1 at each.
        told = {each: wealth_after(MoreThan(rate), each) for each in chances}
        assert sum(chances[each] * told[each] for each in chances) == pytest.approx(many)
        assert min(told.values()) >= 0, "nobody bets more than he has"


@pytest.mark.parametrize("rate", [0.05, 0.1])
def test_no_bet_is_won_faster_than_is_honest(rate):
    """Without any hit, ``log(20) / -log(1 - rate)`` outcomes are the least for one in twenty."""
    least = int(np.ceil(log(20) / -log(1 - rate)))
    assert {0.05: 59, 0.1: 29}[rate] == least
    needed = RarerThan(rate).clean_until(20)
    assert least < needed <= least + log(2) / rate
    assert RarerThan(rate, clean=needed).wealth >= 20 > RarerThan(rate, clean=needed - 1).wealth
    assert RarerThan(rate, clean=10).clean_until(20) == needed - 10


def test_the_order_of_outcomes_does_not_count_for_safety():
    outcomes = [False] * 30 + [True] * 2
    once = wealth_after(RarerThan(0.1), outcomes)
    assert wealth_after(RarerThan(0.1), outcomes[::-1]) == once


def test_many_hits_ruin_who_bet_on_few():
    assert RarerThan(0.1, clean=100, hits=60).wealth < 1e-6
    assert RarerThan(0.1, clean=100_000).wealth > 1e300
    assert MoreThan(0.1).wealth == 0
    assert wealth_after(MoreThan(0.1), [True] * 2_000) > 1e300


@pytest.mark.parametrize(("rate", "seed"), [(0.05, 1), (0.1, 2), (0.3, 3)])
def test_who_claims_truly_loses_one_time_in_twenty_at_most(rate, seed):
    random = np.random.default_rng(seed)
    ever = 0
    for _ in range(400):
        bet = RarerThan(rate)
        for was_hit in random.random(300) < rate:
            bet = bet.after(was_hit=bool(was_hit))
            if bet.wealth >= 20:
                ever += 1
                break
    assert ever / 400 <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 400)
    assert ever > 0, "the bet is no toy"


@pytest.mark.parametrize("seed", range(3))
def test_a_change_for_the_worse_comes_to_light_and_a_calm_does_not(seed):
    random = np.random.default_rng(seed)

    def outcomes_until(rate, before):
        bet = MoreThan(0.1)
        for was_hit in random.random(before) < 0.05:
            bet = bet.after(was_hit=bool(was_hit))
        assert bet.wealth < 200
        for number, was_hit in enumerate(random.random(5_000) < rate):
            bet = bet.after(was_hit=bool(was_hit))
            if bet.wealth >= 200:
                return number
        return None

    waits = [outcomes_until(0.4, before=300) for _ in range(20)]
    assert None not in waits
    assert np.mean(waits) < 50
    alarms = [outcomes_until(0.1, before=0) for _ in range(20)]
    # On average 200 outcomes at least go by until an alarm that means nothing.
    assert np.mean([5_000 if each is None else each for each in alarms]) > 200
