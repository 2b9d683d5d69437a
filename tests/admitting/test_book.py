"""The bank that schedulers share: a journal, and nothing but what it comes to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import reduce

import pytest

from taskpar_ml.admitting.book import AdmissionBook, Settled, Start
from taskpar_ml.admitting.journal_state import JournalState
from taskpar_ml.domain.growth import (
    Attempt,
    Corrected,
    Found,
    Landed,
    Promised,
    Started,
    Struck,
)
from taskpar_ml.domain.levels import Level
from taskpar_ml.domain.outcome import Outcome, RecordedOutcome
from taskpar_ml.errors import AdmissionError, SettingsError, StoreError, UnusableStoreError
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.planner.growth import after
from tests.support.stores import take_back

AT = datetime(2026, 1, 1, tzinfo=UTC)


def book_of(history, bank="main", at=AT):
    return AdmissionBook(history, bank, now=lambda: at)


def starting(*tasks, levels=None):
    """Return what chooses tasks, as many as there is room for."""

    def choose(state):
        return [Start(task, levels or {}) for task in tasks][: state.admission.bank.room]

    return choose


def outcome(task, ending="merged", *, attempt=1, hit=False, because_of=()):
    return Outcome.model_validate(
        {
            "task": task,
            "attempt": attempt,
            "base": "0" * 40,
            "started_at": AT,
            "ended_at": AT,
            "ending": ending,
            "hit": hit,
            "because_of": because_of,
            "reported_by": "test",
        }
    )


def bank_of(history):
    bank = book_of(history).read().admission.bank
    return bank.hits, bank.landed, bank.debits, len(bank.in_flight)


def test_before_the_first_step_there_is_no_bank(shop):
    book = book_of(shop)
    assert book.read().growth is None
    assert shop.bank_journals.names() == []
    with pytest.raises(AdmissionError, match="nothing was promised"):
        _ = book.read().admission


def test_who_starts_gets_the_usual_promise_and_its_room(shop):
    started = book_of(shop).start(starting("a", "b", "c"))
    assert started == [Attempt("a", 1), Attempt("b", 1)]
    assert bank_of(shop) == (0, 0, 0, 2)
    assert shop.bank_journals.names() == ["main"]


def test_two_schedulers_share_one_bank(shop):
    one, other = book_of(shop), book_of(shop)
    assert one.start(starting("a"))
    assert other.start(starting("b", "c")) == [Attempt("b", 1)]
    assert one.start(starting("d")) == []
    other.settle([outcome("a")])
    assert one.read().in_flight == {"b": Attempt("b", 1)}


def test_to_repeat_a_start_or_a_report_changes_nothing(shop):
    book = book_of(shop)
    book.start(starting("a"))
    assert book.start(starting("a")) == []
    told = [outcome("a", "resolved", hit=True, because_of=["b"])]
    assert book.settle(told) == Settled((Attempt("a", 1),))
    steps = list(shop.bank_journals.entries("main"))
    assert book.settle(told) == Settled()
    assert book_of(shop).settle(told) == Settled()
    assert list(shop.bank_journals.entries("main")) == steps


def test_a_task_that_ended_starts_as_another_attempt(shop):
    book = book_of(shop)
    for number in (1, 2, 3):
        assert book.start(starting("a")) == [Attempt("a", number)]
        book.settle([outcome("a", "failed", attempt=number)])
    assert bank_of(shop) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("ending", "hit", "comes_to"),
    [
        ("merged", False, (0, 1, 0, 1)),
        ("resolved", True, (1, 1, 0, 1)),
        ("resolved", False, (0, 1, 0, 1)),
        ("parked", True, (1, 0, 0, 1)),
        ("redone", True, (1, 0, 0, 1)),
        ("reverted", True, (1, 0, 0, 1)),
        ("tests-failed", True, (1, 1, 0, 1)),
        ("failed", False, (0, 0, 0, 1)),
    ],
)
def test_what_became_of_an_attempt_is_what_was_reported(shop, ending, hit, comes_to):
    book = book_of(shop)
    book.start(starting("a", "b"))
    book.settle([outcome("a", ending, hit=hit)])
    assert bank_of(shop) == comes_to


def test_a_hit_that_comes_to_light_later_is_a_debit_once(shop):
    book = book_of(shop)
    book.start(starting("a", "b"))
    book.settle([outcome("a"), outcome("b")])
    late = [outcome("a", "tests-failed", hit=True)]
    assert book.settle(late) == Settled((), (Attempt("a", 1),))
    assert book.settle(late) == Settled()
    assert bank_of(shop) == (0, 2, 1, 0)


def test_a_hit_is_known_before_the_attempt_ends(shop):
    book = book_of(shop)
    book.start(starting("a", "b"))
    book.strike(Attempt("a", 1))
    steps = list(shop.bank_journals.entries("main"))
    book.strike(Attempt("a", 1))
    assert list(shop.bank_journals.entries("main")) == steps
    assert bank_of(shop) == (1, 0, 0, 2)
    book.settle([outcome("a", "resolved", hit=True)])
    assert bank_of(shop) == (1, 1, 0, 1)
    with pytest.raises(AdmissionError):
        book.strike(Attempt("z", 1))


def test_reports_of_what_never_started_here_change_nothing(shop):
    book = book_of(shop)
    book.start(starting("a"))
    told = book.settle([outcome("a", attempt=2), outcome("z", hit=True, ending="parked")])
    assert told == Settled()
    assert bank_of(shop) == (0, 0, 0, 1)


def test_attempts_are_numbered_after_all_that_were_ever_recorded(shop):
    """A report from before there was a bank can then be of none that it started."""
    old = outcome("a", "failed", attempt=3)
    shop.append_outcomes([RecordedOutcome(outcome=old, recorded_at=AT)])
    book = book_of(shop)
    assert book.start(starting("a")) == [Attempt("a", 4)]
    assert book.settle([old]) == Settled()
    assert bank_of(shop) == (0, 0, 0, 1)


def test_what_comes_to_light_later_is_corrected(shop):
    book = book_of(shop)
    book.promise(b0=9, alpha=0.5)
    book.start(starting("a", "b", "c", levels={"a": Level.AFFORDED}))
    book.settle([outcome("a", "failed"), outcome("b"), outcome("c", "parked", hit=True)])
    assert bank_of(shop) == (1, 1, 0, 0)
    assert book.read().landed == {"b"}
    # It has landed after all, and another one was taken back.
    assert book.settle([outcome("a")]).corrected == (Attempt("a", 1),)
    assert book.settle([outcome("b", "reverted")]).corrected == (Attempt("b", 1),)
    assert book.read().landed == {"a"}
    bank = book.read().admission.bank
    assert (bank.landed, bank.revoked, bank.hits, bank.debits) == (2, 1, 1, 0)
    assert float(bank.left) == 9 + 0.5 - 1
    # A hit that is taken back gives nothing back.
    assert book.settle([outcome("c", "failed")]) == Settled()
    assert bank_of(shop) == (1, 2, 0, 0)
    assert [entry.step for entry in shop.bank_journals.entries("main")][-1].lands is False


def test_late_hits_teach_levels_and_the_threshold(shop):
    book = book_of(shop)
    book.promise(b0=9)
    book.start(starting("a", "b", levels={"a": Level.AFFORDED}))
    book.settle([outcome("a"), outcome("b")])
    before = book.read().admission
    book.settle([outcome("b", "reverted", hit=True)])
    now = book_of(shop).read().admission
    known = now.levels.of[Level.AFFORDED].safe
    assert (known.clean, known.hits) == (2, 1)
    assert now.threshold.value < before.threshold.value
    assert now.levels.of[Level.LOW_RISK] == before.levels.of[Level.LOW_RISK]


def test_work_that_came_to_nothing_teaches_nothing(shop):
    book = book_of(shop)
    book.promise(b0=9)
    book.start(starting("a", "b", levels={"a": Level.AFFORDED}))
    before = book.read().admission
    book.settle([outcome("a", "failed"), outcome("b", "failed")])
    now = book.read().admission
    assert (now.levels, now.threshold) == (before.levels, before.threshold)


def test_another_alpha_lets_the_past_teach_again_and_opens_nothing_that_was_closed(shop):
    book = book_of(shop)
    found = [Found(task=f"{n}", outcomes=((Level.CONTEXTS, True),)) for n in range(12)]
    book.promise()
    assert book.find(found) == 12
    assert book.find(found) == 0
    assert Level.CONTEXTS in book.read().admission.levels.closed
    book.promise(alpha=0.2)
    assert Level.CONTEXTS in book.read().admission.levels.closed
    assert book.find(found[:3]) == 3


def test_what_lands_again_is_one_landing(shop):
    book = book_of(shop)
    book.promise(b0=1, alpha=1)
    book.start(starting("a"))
    for ending in ("merged", "reverted", "merged", "reverted", "merged", "reverted"):
        book.settle([outcome("a", ending)])
    bank = book.read().admission.bank
    assert (bank.landed, bank.standing, bank.width) == (1, 0, 1)
    book.start(starting("b"))
    book.start(starting("c"))
    book.settle([outcome("b", "parked", hit=True)])
    with pytest.raises(AdmissionError, match="it allows 0 hits, and 1 are spent"):
        book.promise(b0=0)


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        (Started(task="a", number=2, threshold=0.1), "1:a of the same task is in flight"),
        (Started(task="b", number=1, threshold=0.1), "the same attempt has started before"),
        (Landed(task="b", number=1), "its attempt has ended"),
        (Struck(task="b", number=1), "its attempt has ended"),
        (Landed(task="z", number=1), "its attempt never started"),
        (Corrected(task="a", number=1, lands=True), "it has not ended"),
        (Corrected(task="b", number=1, lands=True), "it corrects what is not so"),
        (Corrected(task="b", number=1), "it corrects what is not so"),
        (Corrected(task="c", number=1, lands=False), "it corrects what is not so"),
        (Corrected(task="c", number=1, lands=True, again=True), "it corrects what is not so"),
        (Corrected(task="c", number=1, was_hit=True), "it corrects what is not so"),
        (Promised(b0=1e9, alpha=0.1), "b0: must lie in"),
    ],
    ids=str,
)
def test_steps_that_nobody_can_have_written_are_damage(shop, step, problem):
    book = book_of(shop)
    book.promise(b0=9)
    book.start(starting("a", "b", "c"))
    book.settle([outcome("b"), outcome("c", "parked", hit=True)])
    with shop.bank_journals.writing("main") as journal:
        journal.append([step], at=AT)
    for ask in (AdmissionBook.read, AdmissionBook.promise):
        with pytest.raises(UnusableStoreError, match=f"journal is damaged .*{problem}"):
            ask(book_of(shop))


def test_a_gap_in_the_journal_is_noticed(shop):
    book = book_of(shop)
    book.start(starting("a", "b"))
    entries = list(shop.bank_journals.entries("main"))
    state = JournalState()
    state.add(entries[0])
    with pytest.raises(AdmissionError, match="step 3 of the journal: it follows step 1"):
        state.add(entries[2])
    assert (state.steps, state.in_flight) == (1, {})
    ended = replace(entries[1], step=Landed(task="z", number=1))
    with pytest.raises(AdmissionError, match="step 2 of the journal: its attempt never started"):
        state.add(ended)
    assert state.steps == 1


def test_an_error_of_who_chooses_is_no_error_of_the_store(shop):
    def choose(state):
        raise ValueError("no matrix of that shape")

    with pytest.raises(ValueError, match="no matrix of that shape"):
        book_of(shop).start(choose)
    assert list(shop.bank_journals.entries("main")) == []


def test_more_than_there_is_room_for_starts_nothing(shop):
    book = book_of(shop)
    with pytest.raises(AdmissionError, match="2 attempts in flight reserve all"):
        book.start(lambda state: [Start(task, {}) for task in "abc"])
    assert list(shop.bank_journals.entries("main")) == []
    assert book.start(starting("a")) == [Attempt("a", 1)], "the book is as before"


def test_a_promise_is_made_once_and_may_change(shop):
    book = book_of(shop)
    assert book.promise().bank.promise == book.promise(b0=2, alpha=0.1).bank.promise
    assert len(list(shop.bank_journals.entries("main"))) == 1
    assert book.promise(b0=3).bank.width == 3
    assert float(book.promise(alpha=0.5).bank.promise.b0) == 3
    book.start(starting("a", "b", "c"))
    with pytest.raises(AdmissionError, match="it allows 1 hits, and 3 are spent or reserved"):
        book.promise(b0=1)
    with pytest.raises(SettingsError, match="alpha"):
        book.promise(alpha=2)
    assert book_of(shop).read().admission.bank.width == 3


def test_levels_are_learned_from_the_company(shop):
    book = book_of(shop)
    book.promise(b0=5)
    book.start(starting("a", "b", levels={"a": Level.AFFORDED}))
    book.settle([outcome("a")])
    book.settle([outcome("b", "parked", hit=True, because_of=["a"])])
    known = book_of(shop).read().admission.levels.of[Level.AFFORDED].safe
    assert (known.clean, known.hits) == (1, 1)


def test_banks_do_not_mix(shop):
    book_of(shop).start(starting("a", "b"))
    release = book_of(shop, "release")
    assert release.start(starting("c", "d")) == [Attempt("c", 1), Attempt("d", 1)]
    assert shop.bank_journals.names() == ["main", "release"]
    assert release.elsewhere() == {"a": "main", "b": "main"}
    release.settle([outcome("c"), outcome("d")])
    with pytest.raises(AdmissionError, match="a: it is in flight in bank main"):
        release.start(starting("a"))
    book_of(shop).settle([outcome("a", "failed")])
    shop.append_outcomes([RecordedOutcome(outcome=outcome("a", "failed"), recorded_at=AT)])
    assert release.start(starting("a")) == [Attempt("a", 2)], "its number is nobody else's"
    for name in ("", "x" * 201):
        with pytest.raises(StoreError, match="a name has 1 to 200 characters"):
            book_of(shop, name).promise()


def test_tasks_are_told_apart_by_their_whole_ids(shop):
    names = ["1", "1.1", "T-1", "_", "1_1", "x" * 128]
    book = book_of(shop)
    book.promise(b0=9)
    book.start(starting(*names))
    assert list(book_of(shop).read().in_flight) == names
    book.settle([outcome(name) for name in names])
    assert bank_of(shop) == (0, len(names), 0, 0)


@pytest.mark.parametrize("clock", [AT, datetime(1970, 1, 1, tzinfo=UTC)])
def test_clocks_decide_nothing(shop, clock):
    book_of(shop).start(starting("a"))
    book_of(shop, at=clock).start(starting("b"))
    assert list(book_of(shop).read().in_flight) == ["a", "b"]


def test_the_state_is_what_the_journal_comes_to(shop):
    book = book_of(shop)
    book.start(starting("a", "b"))
    book.settle([outcome("a"), outcome("b", "redone", hit=True)])
    book.start(starting("b", "c"))
    steps = [entry.step for entry in shop.bank_journals.entries("main")]
    assert reduce(after, steps, None) == book.read().admission == book_of(shop).read().admission
    assert [entry.number for entry in shop.bank_journals.entries("main")] == [
        *range(1, len(steps) + 1)
    ]
    assert [entry.step for entry in shop.bank_journals.entries("main", after=3)] == steps[3:]


def test_a_store_of_the_version_before_is_brought_up_with_all_that_it_holds(tmp_path):
    place = str(tmp_path / "old.sqlite")
    with HistoryStore.open(place) as store:
        told = RecordedOutcome(outcome=outcome("a"), recorded_at=AT)
        store.history("shop", create=True).append_outcomes([told])
        take_back(store, "0003")
    with HistoryStore.open(place) as store:
        shop = store.history("shop")
        assert list(shop.outcomes()) == [told]
        assert book_of(shop).start(starting("a")) == [Attempt("a", 2)]
