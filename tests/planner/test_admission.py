"""Who may start: a threshold that follows what happens, within what the bank allows."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest

from taskpar_ml.errors import AdmissionError
from taskpar_ml.planner.adaptive_threshold import LOWEST, AdaptiveThreshold
from taskpar_ml.planner.admission import Admission


def test_a_hit_lowers_the_threshold_by_more_than_a_landing_raises_it():
    begun = AdaptiveThreshold(0.2, aim=0.07, step=0.1)
    assert begun.after(was_hit=True).value == pytest.approx(0.2 * exp(-0.093))
    assert begun.after(was_hit=False).value == pytest.approx(0.2 * exp(0.007))


def test_it_stays_within_its_bounds():
    low = AdaptiveThreshold(LOWEST, aim=0.1, step=0.5).after(was_hit=True)
    assert low.value == LOWEST
    high = AdaptiveThreshold(0.99, aim=0.5, step=0.5).after(was_hit=False)
    assert high.value == 1


def test_where_the_bank_binds_only_hits_count():
    begun = AdaptiveThreshold(0.2, aim=0.07, step=0.1)
    assert begun.after(was_hit=False, is_bound=True) == begun
    assert begun.after(was_hit=True, is_bound=True).value < begun.value


@pytest.mark.parametrize("drift", [1.0, 2.0, 0.5])
def test_as_many_are_hit_as_is_aimed_at_though_the_model_is_wrong(drift):
    """Attempts are hit ``drift`` times as often as the model says, from the middle on."""
    random = np.random.default_rng(0)
    threshold = AdaptiveThreshold(0.05, aim=0.07, step=0.25)
    hits = []
    for number in range(20_000):
        told = random.beta(0.5, 3)
        if told < threshold.value:
            was_hit = random.random() < min(told * (drift if number > 10_000 else 1), 1)
            hits.append(was_hit)
            threshold = threshold.after(was_hit=was_hit)
    assert np.mean(hits) == pytest.approx(0.07, abs=0.01)


def test_a_hit_takes_a_fifth_off_the_usual_threshold():
    usual = Admission.cold(alpha=0.1).threshold
    assert usual.value == 0.05
    assert usual.after(was_hit=True).value == pytest.approx(0.05 * 0.793, rel=1e-3)
    assert usual.after(was_hit=False).value == pytest.approx(0.05 * (1 + 1 / 57), rel=1e-3)


def test_the_threshold_aims_at_less_than_is_promised():
    assert Admission.cold(alpha=0.1).threshold.aim == pytest.approx(0.07)


def test_who_runs_alone_teaches_nothing():
    alone = Admission.cold().start("a")
    assert alone.land("a").threshold == alone.threshold
    both = Admission.cold().start("a").start("b")
    assert both.land("a").threshold.value == both.threshold.value, "two reserve all that there is"
    assert both.strike("a").end("a").threshold.value < both.threshold.value


def test_who_began_alone_and_was_joined_teaches_as_well():
    joined = Admission.cold(b0=5).start("a").start("b")
    assert joined.land("a").threshold.value > joined.threshold.value


def test_a_clean_past_earns_width_and_hits_spend_it():
    state = Admission.cold(b0=2, alpha=0.1)
    for number in range(20):
        state = state.start(f"{number}").land(f"{number}")
    assert state.bank.width == 4
    state = state.start("x").start("y").strike("x").end("x")
    assert (state.bank.width, state.in_flight) == (3, {"y"})
    with pytest.raises(AdmissionError):
        state.land("x")


def test_who_has_ended_is_forgotten_when_all_who_met_it_have():
    state = Admission.cold(b0=5).start("a").start("b").land("a")
    assert {each.attempt for each in state.met} == {"b"}
    assert state.land("b").met == frozenset()
