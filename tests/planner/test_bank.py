"""The bank: every interleaving of a few attempts, and the laws of any sequence."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml.errors import AdmissionError, SettingsError
from taskpar_ml.planner.bank import Bank, Promise
from tests.support.strategies import LAW

PROMISES = [(0, 0), (0, 0.5), (1, 0), (1, 0.1), (2, 0.1), (2, 0.5), (0.5, 0.5), (3, 1)]


def steps(bank, beside, *, started, pushed=False):
    """Yield every state that may come next; an attempt that ran alone is hit by a push only."""
    flying = bank.unhit | bank.hit
    if bank.room:
        name = f"a{started}"
        together = beside | flying | {name} if flying else beside
        yield bank.start(name), together, started + 1
    for name in flying:
        # Others push too: they may hit whoever runs, also one that runs alone.
        if name in bank.unhit and (name in beside or pushed):
            yield bank.strike(name), beside, started
        yield bank.land(name), beside - {name}, started
        yield bank.end(name), beside - {name}, started


@pytest.mark.parametrize("pushed", [False, True], ids=["ours", "pushes"])
@pytest.mark.parametrize(("b0", "alpha"), PROMISES)
def test_in_every_interleaving_of_six_attempts_the_promise_is_kept(b0, alpha, pushed):
    begin = (Bank(Promise.of(b0, alpha)), frozenset(), 0)
    seen, open_, most = set(), [begin], 0
    while open_:
        bank, beside, started = state = open_.pop()
        # Attempts are alike, but for what they reserve and whom they have met.
        told = [
            (name in bank.unhit, name in beside, name == bank.uncovered) for name in bank.in_flight
        ]
        key = (bank.hits, bank.debits, bank.landed, tuple(sorted(told)), started)
        if key in seen:
            continue
        seen.add(key)
        assert bank.is_kept
        assert bank.room or bank.unhit | bank.hit, "there is always progress"
        most = max(most, bank.hits)
        assert pushed or not bank.debits, "none of ours hits what is not reserved for"
        follow = steps(*state[:2], started=started, pushed=pushed)
        open_ += [each for each in follow if each[2] == started or started < 6]
    assert most <= b0 + 6 * alpha
    if not pushed:
        assert (most > 0) == (b0 + 5 * alpha >= 2), "what is allowed can be spent by two that meet"


@LAW
@given(
    b0=st.sampled_from([0, 0.5, 1, 2, 4]),
    alpha=st.sampled_from([0, 0.02, 0.1, 0.3, 1]),
    data=st.data(),
)
def test_whoever_starts_only_where_there_is_room_keeps_the_promise(b0, alpha, data):
    bank, beside, started = Bank(Promise.of(b0, alpha)), frozenset(), 0
    pushed = data.draw(st.booleans())
    for _ in range(60):
        choices = list(steps(bank, beside, started=started, pushed=pushed))
        if data.draw(st.integers(0, 9)) == 0:
            bank = bank.debit()
            continue
        bank, beside, started = choices[data.draw(st.integers(0, len(choices) - 1))]
        assert bank.hits <= Fraction(repr(b0)) + Fraction(repr(alpha)) * bank.landed
        assert bank.is_kept


def test_reserving_one_less_would_break_the_promise():
    """An attempt that was resolved and landed hits the next one: each of both has to be paid."""
    bank = Bank(Promise.of(2, 0)).start("a").start("b")
    assert bank.room == 0
    bank = bank.strike("a").land("a").strike("b")
    assert (bank.hits, bank.is_kept, bank.room) == (2, True, 0)
    assert bank.land("b").room == 1, "alone"


def test_a_tenth_is_a_tenth():
    bank = Bank(Promise.of(0, 0.1), landed=30)
    assert (bank.width, bank.room) == (3, 3)
    assert Bank(Promise.of(0, 0.3), landed=10).width == 3
    assert (Bank(Promise.of(0, 0)).width, Bank(Promise.of(0, 0)).room) == (1, 1)
    assert not Bank(Promise.of(0, 0.1), hits=4, landed=39).is_kept


def test_who_is_hit_twice_pays_once_and_reserves_nothing():
    bank = Bank(Promise.of(4, 0)).start("a").start("b").strike("a")
    assert bank.strike("a") == bank
    assert (bank.hits, bank.room) == (1, 2)


def test_what_cannot_be_is_refused():
    bank = Bank(Promise.of(1, 0)).start("a")
    with pytest.raises(AdmissionError, match="a: it is in flight"):
        bank.start("a")
    with pytest.raises(AdmissionError, match="b: 1 attempts in flight reserve all"):
        bank.start("b")
    for step in (bank.strike, bank.land, bank.end):
        with pytest.raises(AdmissionError, match="b: it is not in flight"):
            step("b")


@pytest.mark.parametrize(
    ("b0", "alpha"), [(-1, 0), (float("nan"), 0), (float("inf"), 0), (1e7, 0), (0, -0.1), (0, 1.1)]
)
def test_a_promise_that_means_nothing_is_refused(b0, alpha):
    with pytest.raises(SettingsError, match="Got"):
        Promise.of(b0, alpha)


def test_who_runs_alone_on_nothing_is_hit_outside_of_the_promise():
    """Only somebody else who pushes can hit it; it costs width all the same."""
    bank = Bank(Promise.of(0, 0.5)).start("a")
    assert bank.uncovered == "a"
    struck = bank.strike("a")
    assert (struck.hits, struck.debits, struck.is_kept) == (0, 1, True)
    assert struck.strike("a") == struck
    landed = struck.land("a")
    assert (landed.uncovered, landed.left) == (None, Fraction(-1, 2))


def test_who_is_joined_is_reserved_for():
    bank = Bank(Promise.of(0.5, 0.5)).start("a")
    assert (bank.uncovered, bank.room) == ("a", 0)
    joined = bank.promising(Promise.of(2, 0)).start("b")
    assert (joined.uncovered, joined.strike("a").hits) == (None, 1)


def test_a_late_report_costs_width_and_breaks_no_promise():
    bank = Bank(Promise.of(2, 0.1), landed=10).debit().debit()
    assert (bank.width, bank.is_kept, bank.hits) == (1, True, 0)
    assert bank.debit().debit().room == 1, "there is always progress"


def test_a_promise_may_change_where_what_is_spent_and_reserved_fits():
    bank = Bank(Promise.of(2, 0.1)).start("a").start("b").strike("a")
    assert bank.promising(Promise.of(2, 0)).room == 0
    assert bank.promising(Promise.of(5, 0)).room == 3
    with pytest.raises(AdmissionError, match="it allows 1 hits, and 2 are spent or reserved"):
        bank.promising(Promise.of(1, 0.1))
    alone = Bank(Promise.of(0, 0.5)).start("a")
    assert alone.promising(Promise.of(0, 0)).is_kept, "nothing is reserved for who runs alone"


def test_what_is_taken_back_earns_nothing_any_more_and_breaks_no_promise():
    bank = Bank(Promise.of(0, 1), landed=3, hits=3)
    assert bank.revoke().is_kept, "it had landed then"
    assert (bank.left, bank.revoke().left) == (0, -1)
    assert bank.credit().left == 1
