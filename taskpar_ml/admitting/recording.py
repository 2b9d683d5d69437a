"""Reports of what became of attempts, into the history and into the banks that started them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from taskpar_ml.admitting.book import AdmissionBook, Settled
from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.outcome import Outcome, RecordedOutcome
from taskpar_ml.errors import AdmissionError, ContradictionError
from taskpar_ml.history.store.repo_history import RepoHistory


class Recording(NamedTuple):
    """What became of reports.

    Attributes
    ----------
    settled
        What they came to in each bank.
    unknown
        Attempts that no bank has started, though another one at the task is in flight; with the
        number of that one.
    """

    settled: Mapping[str, Settled]
    unknown: tuple[tuple[Attempt, int], ...]


def recorded(history: RepoHistory, reports: Sequence[RecordedOutcome]) -> Recording:
    """Record what became of attempts, and settle it with the banks that started them.

    All are recorded or none is. Whoever is killed between the two repeats both: the same reports
    again change nothing. What a bank learns of an attempt is what its last correction says.

    Raises
    ------
    ContradictionError
        If another report of an attempt is stored under the same number of correction, or one from
        another base.
    AdmissionError
        If a correction does not say which of several attempts it is about.
    """
    books = [AdmissionBook(history, name) for name in history.bank_journals.names()]
    running = {task: each for book in books for task, each in book.read().in_flight.items()}
    known = [each.outcome for each in history.outcomes()]
    told = list(_meant(reports, known, running))
    about = {Attempt(each.outcome.task, each.outcome.attempt) for each in told}
    started = about & {attempt for book in books for attempt in book.state.attempts}
    _check_bases(started, [*known, *(each.outcome for each in told)], place=history.place)
    history.append_outcomes(told)
    latest = [
        each.outcome
        for each in history.outcomes()
        if Attempt(each.outcome.task, each.outcome.attempt) in about
    ]
    unknown = [
        (each, running[each.task].number) for each in about - started if each.task in running
    ]
    return Recording({book.name: book.settle(latest) for book in books}, tuple(sorted(unknown)))


def _meant(
    reports: Iterable[RecordedOutcome],
    known: Iterable[Outcome],
    running: dict[str, Attempt],
) -> Iterator[RecordedOutcome]:
    """Yield reports with the attempt that they mean.

    One that names none means the attempt of the same report that was recorded before, or else the
    one in flight; a correction, one that was reported before.
    """
    before: defaultdict[str, list[Outcome]] = defaultdict(list)
    for outcome in known:
        before[outcome.task].append(outcome)
    for report in reports:
        outcome = report.outcome
        if "attempt" not in outcome.model_fields_set:
            attempt = _attempt_of(report, before[outcome.task], running.get(outcome.task))
            meant = outcome.model_copy(update={"attempt": attempt})
            report = report.model_copy(update={"outcome": meant})
        before[report.outcome.task].append(report.outcome)
        yield report


def _attempt_of(report: RecordedOutcome, before: Sequence[Outcome], running: Attempt | None) -> int:
    """Return the number of the attempt that a report means which names none."""
    outcome = report.outcome
    for each in before:
        if outcome.model_copy(update={"attempt": each.attempt}) == each:
            return each.attempt
    if report.correction:
        same = {each.attempt for each in before if each.base == outcome.base}
        numbers = same or {each.attempt for each in before}
        if len(numbers) > 1:
            raise AdmissionError(
                f"correction {report.correction} of {outcome.task}",
                "it does not say which attempt it is about.",
                f"Say one with `attempt`: {', '.join(map(str, sorted(numbers)))}.",
            )
        if numbers:
            return numbers.pop()
    return outcome.attempt if running is None else running.number


def _check_bases(attempts: Collection[Attempt], known: Iterable[Outcome], *, place: str) -> None:
    """Refuse two reports of one attempt that began at different commits."""
    bases: dict[Attempt, str] = {}
    for outcome in known:
        attempt = Attempt(outcome.task, outcome.attempt)
        base = bases.setdefault(attempt, outcome.base)
        if attempt in attempts and base != outcome.base:
            raise ContradictionError(
                f"{place}: attempt {outcome.attempt} at {outcome.task}",
                f"it began at {base[:40]!r}, says another report of it.",
                "Write the same `base`, or say with `attempt` which one is meant.",
            )
