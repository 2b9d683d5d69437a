"""One bank under many processes: never overdrawn, whoever is killed."""

from __future__ import annotations

import random
import time

import pytest

from taskpar_ml.admitting.book import AdmissionBook
from taskpar_ml.domain.growth import Attempt, Ended, Landed, Promised, Started, Struck
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.planner.growth import after
from tests.support.processes import start_python

SCHEDULER = """
import random, sys, time
from datetime import UTC, datetime
from taskpar_ml.admitting.book import AdmissionBook, Start
from taskpar_ml.domain.outcome import Outcome
from taskpar_ml.history.store.history_store import HistoryStore

url, name, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
chance, mine = random.Random(name), {}

def told(attempt, company):
    now = datetime.now(UTC)
    hit = chance.random() < (0.2 if company else 0.02)
    landed = ("resolved", "tests-failed") if hit else ("merged",)
    ending = chance.choice(landed if chance.random() < 0.8 else ("parked", "redone"))
    return Outcome(task=attempt.task, attempt=attempt.number, base="0" * 40, started_at=now,
                   ended_at=now, ending=ending, hit=hit, reported_by=name)

def choose(state):
    global company
    company = len(state.in_flight)
    count = min(state.admission.bank.room, chance.randint(1, 3))
    return [Start(f"{name}-{len(mine)}-{each}", {}) for each in range(count)]

with HistoryStore.open(url, create=False) as store:
    book = AdmissionBook(store.history("shop"))
    print("ready", flush=True)
    sys.stdin.readline()
    end, steps = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        if mine and chance.random() < 0.6:
            attempt, met = mine.pop(chance.choice(sorted(mine)))
            if met and chance.random() < 0.1:
                book.strike(attempt)
            book.settle([told(attempt, met)])
        else:
            for attempt in book.start(choose):
                mine[attempt.task] = attempt, company
        steps += 1
    print(steps, flush=True)
"""


def promise_is_kept(entries):
    """Walk through a journal by arithmetic alone; return hits, landings and who is in flight.

    Schedulers here report hits of attempts that ran alone as well, as if others pushed: who ran
    alone when nothing was left to reserve is hit outside of the promise.
    """
    b0 = alpha = alone = None
    hits = landed = debits = 0
    flying, hit = [], set()
    for entry in entries:
        step = entry.step
        if isinstance(step, Promised):
            b0, alpha = step.b0, step.alpha
            continue
        attempt = Attempt(step.task, step.number)
        if isinstance(step, Started):
            assert attempt not in flying
            flying.append(attempt)
            spent = hits + debits + len(set(flying) - hit)
            is_covered = spent <= b0 + alpha * landed + 1e-9
            assert is_covered or len(flying) == 1
            alone = None if is_covered else attempt
        else:
            assert attempt in flying
            if isinstance(step, Struck) or step.hit:
                hits += attempt not in hit and attempt != alone
                debits += attempt not in hit and attempt == alone
                hit.add(attempt)
            if isinstance(step, Landed | Ended):
                flying.remove(attempt)
                landed += isinstance(step, Landed)
        assert hits <= b0 + alpha * landed + 1e-9
    return hits, landed, set(flying)


def run(url, *, processes, seconds, killed):
    """Let schedulers share a bank, kill some of them in the middle, and check the journal."""
    with HistoryStore.open(url) as store:
        AdmissionBook(store.history("shop", create=True)).promise(b0=2, alpha=0.3)
    schedulers = [start_python(SCHEDULER, url, f"s{each}", seconds) for each in range(processes)]
    for each in schedulers:
        assert each.stdout.readline() == "ready\n"
    for each in schedulers:
        each.stdin.write("\n")
        each.stdin.flush()
    chance = random.Random(processes)
    for each in schedulers[:killed]:
        time.sleep(chance.uniform(0, seconds / (killed + 1)))
        each.kill()
    steps = 0
    for place, each in enumerate(schedulers):
        out, err = each.communicate(timeout=120)
        assert err == ""
        if place >= killed:
            assert each.returncode == 0
            steps += int(out)
    with HistoryStore.open(url) as store:
        shop = store.history("shop")
        entries = list(shop.bank_journals.entries("main"))
        assert [entry.number for entry in entries] == [*range(1, len(entries) + 1)]
        hits, landed, flying = promise_is_kept(entries)
        admission = None
        for entry in entries:
            admission = after(admission, entry.step)
        assert admission == AdmissionBook(shop).read().admission
        assert (admission.bank.hits, admission.bank.landed) == (hits, landed)
        assert admission.in_flight == {each.name for each in flying}
    assert hits > 0
    assert landed > 0
    assert steps > processes


def test_schedulers_that_share_a_bank_never_overdraw_it(url):
    run(url, processes=6, seconds=3, killed=2)


@pytest.mark.long
def test_fifty_schedulers_share_a_bank_for_a_minute(url):
    run(url, processes=50, seconds=60, killed=20)
