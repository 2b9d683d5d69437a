"""Reports find the attempt that they mean, in whatever bank it started."""

from __future__ import annotations

import pytest

from taskpar_ml.admitting.recording import recorded
from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.outcome import Outcome, RecordedOutcome
from taskpar_ml.errors import AdmissionError, ContradictionError
from tests.admitting.test_book import AT, book_of, outcome, starting


def report(task, ending="merged", *, correction=0, attempt=None, **fields):
    """Return a report that names its attempt only if it is told."""
    told = outcome(task, ending).model_dump(exclude={"attempt"})
    told |= fields | ({} if attempt is None else {"attempt": attempt})
    return RecordedOutcome(
        outcome=Outcome.model_validate(told), recorded_at=AT, correction=correction
    )


def settled(shop, *reports, bank="main"):
    found = recorded(shop, reports).settled[bank]
    return found.ended, found.corrected


A1, A2 = Attempt("a", 1), Attempt("a", 2)


def test_who_names_no_attempt_means_the_one_in_flight(shop):
    book = book_of(shop)
    book.start(starting("a"))
    assert settled(shop, report("a", "failed")) == ((A1,), ())
    book.start(starting("a"))
    assert settled(shop, report("a", "failed", hit=False)) == ((), ()), "told once more"
    assert list(book.read().in_flight) == ["a"]
    assert settled(shop, report("a", touched=("x",))) == ((A2,), ())


def test_a_correction_means_what_was_reported_and_not_what_runs(shop):
    book = book_of(shop)
    book.start(starting("a"))
    settled(shop, report("a"))
    reverted = report("a", "reverted", correction=1)
    assert settled(shop, reverted) == ((), (A1,))
    book.start(starting("a"))
    late = report("a", "reverted", correction=2, hit=True)
    assert settled(shop, late) == ((), (A1,))
    assert book.read().in_flight == {"a": A2}
    assert book.read().admission.bank.debits == 1


def test_a_correction_of_several_attempts_says_which(shop):
    book = book_of(shop)
    for base in ("1" * 40, "2" * 40):
        book.start(starting("a"))
        settled(shop, report("a", "failed", base=base))
    with pytest.raises(AdmissionError, match=r"does not say which attempt.*`attempt`: 1, 2"):
        recorded(shop, [report("a", "merged", correction=1, base="3" * 40)])
    assert settled(shop, report("a", correction=1, base="2" * 40)) == ((), (A2,))


@pytest.mark.parametrize("first", [0, 1])
def test_an_attempt_began_at_one_commit(shop, first):
    book_of(shop).start(starting("a"))
    reports = [
        report("a", "redone", hit=True, base="1" * 40, attempt=1),
        report("a", base="2" * 40, attempt=1),
    ]
    recorded(shop, reports[:first])
    with pytest.raises(ContradictionError, match="it began at '1111"):
        recorded(shop, reports[first:] if first else reports)
    assert len(list(shop.outcomes())) == first


def test_reports_end_attempts_of_every_bank(shop):
    book_of(shop).start(starting("a"))
    book_of(shop, "release").start(starting("b"))
    found = recorded(shop, [report("a"), report("b", "parked", hit=True)])
    assert {bank: each.ended for bank, each in found.settled.items()} == {
        "main": (A1,),
        "release": (Attempt("b", 1),),
    }
    assert book_of(shop, "release").read().admission.bank.hits == 1
    assert book_of(shop).read().admission.bank.hits == 0


def test_who_names_another_attempt_than_the_one_that_runs_is_told(shop):
    book_of(shop).start(starting("a"))
    found = recorded(shop, [report("a", attempt=7), report("z", attempt=3)])
    assert found.unknown == ((Attempt("a", 7), 1),)


def test_what_landed_elsewhere_does_not_start_again(shop):
    recorded(shop, [report("a"), report("b", "failed")])
    assert book_of(shop).read().landed == {"a"}
