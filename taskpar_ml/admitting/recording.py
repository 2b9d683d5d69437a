"""Reports of what became of attempts, into the history and into the bank that started them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from taskpar_ml.admitting.book import AdmissionBook, Settled
from taskpar_ml.admitting.journal_state import JournalState
from taskpar_ml.domain.outcome import Outcome, RecordedOutcome


def recorded(book: AdmissionBook, reports: Sequence[RecordedOutcome]) -> Settled:
    """Record what became of attempts, and settle it with the bank.

    All are recorded or none is. Whoever is killed between the two repeats both: the same reports
    again change nothing. What a bank learns of an attempt is what its last correction says.

    Raises
    ------
    ContradictionError
        If another report of an attempt is stored under the same number of correction.
    """
    state = book.read()
    known = [each.outcome for each in book.history.outcomes()]
    told = list(_meant(reports, known, state))
    book.history.append_outcomes(told)
    about = {(each.outcome.task, each.outcome.attempt) for each in told}
    latest = (each.outcome for each in book.history.outcomes())
    return book.settle(each for each in latest if (each.task, each.attempt) in about)


def _meant(
    reports: Iterable[RecordedOutcome], known: Iterable[Outcome], state: JournalState
) -> Iterator[RecordedOutcome]:
    """Yield reports with the attempt that they mean.

    One that names none means the attempt of the same report that was recorded before, or else the
    one in flight.
    """
    before: defaultdict[str, list[Outcome]] = defaultdict(list)
    for outcome in known:
        before[outcome.task].append(outcome)
    for report in reports:
        outcome = report.outcome
        if "attempt" not in outcome.model_fields_set:
            same = [
                each.attempt
                for each in before[outcome.task]
                if outcome.model_copy(update={"attempt": each.attempt}) == each
            ]
            if outcome.task in state.in_flight:
                same.append(state.in_flight[outcome.task].number)
            if same:
                meant = outcome.model_copy(update={"attempt": same[0]})
                report = report.model_copy(update={"outcome": meant})
        yield report
