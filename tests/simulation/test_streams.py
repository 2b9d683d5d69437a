"""Streams of attempts: whoever reserves keeps his promise in every world, and nobody else does."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest

from taskpar_ml.planner.bank import Bank, Promise
from taskpar_ml.simulation.ledger import Ledger
from taskpar_ml.simulation.streams import MOST, Kind, Step, Stream, What


class BankGate:
    """A bank as a gate; ``extra`` is how many more it lets start than there is room for."""

    def __init__(self, b0, alpha, extra=0):
        self.bank = Bank(Promise.of(b0, alpha))
        self.extra = extra
        self.flying = set()

    @property
    def room(self):
        allowed = self.bank.promise.allowed(self.bank.landed) - self.bank.hits - self.bank.debits
        left = int(allowed) - len(self.bank.unhit) + self.extra
        return max(left, 0 if self.flying else 1) if self.extra else self.bank.room

    def start(self, attempt):
        self.flying.add(attempt)
        if self.bank.room:
            self.bank = self.bank.start(str(attempt))

    def tell(self, step, attempt):
        if str(attempt) in self.bank.in_flight:
            self.bank = step(str(attempt))

    def strike(self, attempt):
        self.tell(self.bank.strike, attempt)

    def land(self, attempt):
        self.flying.discard(attempt)
        self.tell(self.bank.land, attempt)

    def end(self, attempt):
        self.flying.discard(attempt)
        self.tell(self.bank.end, attempt)


def ledger_of(kind, seed, gate, *, b0, alpha, attempts=80):
    ledger = Ledger(Fraction(repr(b0)), Fraction(repr(alpha)))
    for step in Stream(kind, seed=seed, attempts=attempts).run(gate):
        ledger.add(step)
    return ledger


@pytest.mark.parametrize("kind", Kind)
def test_a_bank_keeps_its_promise_in_every_world(kind):
    hits = 0
    for seed in range(30):
        b0, alpha = [(0, 0.1), (2, 0.1), (1, 0.5), (20, 0)][seed % 4]
        gate = BankGate(b0, alpha)
        ledger = ledger_of(kind, seed, gate, b0=b0, alpha=alpha)
        assert (ledger.overdrawn, ledger.unreserved) == (0, 0)
        assert kind is Kind.PUSHED or not ledger.outside, "none of ours is hit on nothing"
        bank = gate.bank
        told = ledger.hits, ledger.outside, ledger.landed
        assert told == (bank.hits, bank.debits, bank.landed)
        hits += ledger.hits
    assert hits > 0, "the world is no calm one"


@pytest.mark.parametrize("kind", Kind)
def test_who_reserves_one_less_breaks_it(kind):
    broken = sum(
        ledger_of(kind, seed, BankGate(1, 0.1, extra=1), b0=1, alpha=0.1).overdrawn > 0
        for seed in range(10)
    )
    assert broken > 0


@pytest.mark.parametrize("kind", Kind)
def test_every_attempt_starts_and_ends_once_and_none_is_forgotten(kind):
    for seed in range(5):
        steps = list(Stream(kind, seed=seed, attempts=60).run(BankGate(50, 1)))
        assert steps == list(Stream(kind, seed=seed, attempts=60).run(BankGate(50, 1)))
        counts = Counter(steps)
        assert set(counts.values()) == {1}
        ends = {each.attempt for each in steps if each.what in (What.LAND, What.END)}
        starts = [each.attempt for each in steps if each.what is What.START]
        assert starts == list(range(60))
        assert ends == set(starts)
        flying = most = 0
        for what, _ in steps:
            flying += (what is What.START) - (what in (What.LAND, What.END))
            most = max(most, flying)
        assert most <= MOST
        assert kind is not Kind.DELAYED or most == MOST, "fifty are in flight"


def test_who_ran_alone_is_hit_by_pushes_only():
    def alone_and_hit(kind):
        steps = list(Stream(kind, seed=1, attempts=80).run(BankGate(1, 0)))
        hits = [each for each in steps if each.what is What.HIT]
        return len(hits)

    assert alone_and_hit(Kind.STATIONARY) == 0
    assert alone_and_hit(Kind.PUSHED) > 0


def test_a_ledger_counts_what_is_broken():
    ledger = Ledger(Fraction(1), Fraction(0))
    for step in (Step(What.START, 0), Step(What.START, 1)):
        ledger.add(step)
    assert ledger.unreserved == 1, "the second one started on nothing"
    ledger.add(Step(What.HIT, 0))
    assert (ledger.hits, ledger.overdrawn) == (1, 0)
    ledger.add(Step(What.HIT, 1))
    assert (ledger.hits, ledger.overdrawn) == (2, 1)
    alone = Ledger(Fraction(0), Fraction(0))
    for step in (Step(What.START, 0), Step(What.HIT, 0), Step(What.END, 0)):
        alone.add(step)
    assert (alone.hits, alone.outside, alone.overdrawn) == (0, 1, 0)
