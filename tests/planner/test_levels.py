"""Levels open when bets have shown them safe, and close when bets have shown them unsafe."""

from __future__ import annotations

import pytest

from taskpar_ml.domain.levels import Level
from taskpar_ml.planner.admission import Admission
from taskpar_ml.planner.levels import CLOSES_AT, OPEN_AT_FIRST, Levels


def after(levels, level, *outcomes):
    for was_hit in outcomes:
        levels = levels.after(level, was_hit=was_hit)
    return levels


def test_before_anything_is_known_what_is_known_to_be_safe_is_open():
    cold = Levels.cold(0.1)
    assert {level for level in Level if level not in cold.closed} == OPEN_AT_FIRST
    assert list(cold.of) == list(Level)


@pytest.mark.parametrize("level", sorted(set(Level) - OPEN_AT_FIRST))
def test_a_level_opens_when_it_was_shown_to_be_safe_and_no_other_does(level):
    cold = Levels.cold(0.1)
    needed = cold.of[level].clean_until_open
    almost = after(cold, level, *[False] * (needed - 1))
    assert almost.closed == cold.closed
    assert almost.of[level].clean_until_open == 1
    opened = after(almost, level, False)
    assert set(cold.closed) - set(opened.closed) == {level}
    assert opened.of[level].clean_until_open == 0


def test_hits_make_it_wait():
    cold = Levels.cold(0.1)
    level = Level.AFFORDED
    needed = cold.of[level].clean_until_open
    told = after(cold, level, *[False] * (needed - 1), True)
    assert told.of[level].clean_until_open > needed // 2


def test_it_closes_at_once_when_evidence_turns_and_begins_anew():
    level = Level.AFFORDED
    cold = Levels.cold(0.1)
    opened = after(cold, level, *[False] * 200)
    assert level not in opened.closed
    seen = 0
    while level not in opened.closed:
        assert opened.of[level].unsafe.wealth < CLOSES_AT
        bets = opened.of[level].unsafe.after(was_hit=True)
        opened = after(opened, level, True)
        assert (level in opened.closed) == (bets.wealth >= CLOSES_AT)
        seen += 1
    assert seen <= 6, "hits one after the other"
    assert opened.of[level] == cold.of[level]


def test_even_what_is_known_to_be_safe_can_close():
    level = Level.DOCUMENTATION_AND_TESTS
    assert level in after(Levels.cold(0.1), level, *[True] * 10).closed


@pytest.mark.parametrize(("alpha", "rate"), [(0, 0.01), (0.05, 0.05), (1, 0.5)])
def test_levels_are_held_against_what_was_promised(alpha, rate):
    assert Admission.cold(alpha=alpha).levels.of[Level.LOW_RISK].safe.rate == rate


def test_an_attempt_teaches_of_whom_it_met():
    state = Admission.cold(b0=9, alpha=0.1).start("a").start("b", {"a": Level.AFFORDED})
    state = state.start("c", {"a": Level.LOW_RISK, "b": None})

    def known(state):
        return {
            level: (each.safe.clean, each.safe.hits)
            for level, each in state.levels.of.items()
            if each.safe.clean + each.safe.hits
        }

    assert known(state.land("a")) == {Level.AFFORDED: (1, 0), Level.LOW_RISK: (1, 0)}
    assert known(state.land("b")) == {Level.AFFORDED: (1, 0)}
    hit = state.strike("a")
    assert known(hit.end("a", hit_by=["c"])) == {Level.AFFORDED: (1, 0), Level.LOW_RISK: (0, 1)}
    assert known(hit.land("a")) == {Level.AFFORDED: (0, 1), Level.LOW_RISK: (0, 1)}
    assert known(hit.land("a", hit_by=["z"])) == known(hit.land("a")), "nobody knows who it was"
    # Who ended before is remembered by those that met it.
    assert known(hit.end("a", hit_by=["c"]).land("c")) == {
        Level.AFFORDED: (1, 0),
        Level.LOW_RISK: (1, 1),
    }


def test_another_promise_lets_levels_begin_anew():
    state = Admission.cold(alpha=0.1).learned([(Level.LOW_RISK, False)] * 60)
    assert Level.LOW_RISK not in state.levels.closed
    assert state.promising(3, 0.1).levels == state.levels
    stricter = state.promising(2, 0.02)
    assert stricter.levels == Levels.cold(0.02)
    assert stricter.threshold.aim == pytest.approx(0.014)
