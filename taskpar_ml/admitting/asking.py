"""Which tasks may start within what a bank allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from taskpar_ml.admitting.book import AdmissionBook, Start
from taskpar_ml.admitting.journal_state import JournalState
from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.readiness import BankWords, Readiness
from taskpar_ml.planner.exploring import drawn
from taskpar_ml.planner.grown import GrownTo
from taskpar_ml.planner.readiness import ReadyQuestion


def grown_to(state: JournalState) -> GrownTo:
    """Return what growth allows at the moment, to those who ask who may start."""

    def attempt_of(task: str) -> Attempt:
        return state.in_flight.get(task) or state.next_of(task)

    return GrownTo(state.admission, frozenset(state.in_flight), attempt_of)


def bank_words(state: JournalState, *, name: str) -> BankWords:
    """Return what a bank allows."""
    bank = state.admission.bank
    return BankWords(
        name=name,
        b0=float(bank.promise.b0),
        alpha=float(bank.promise.alpha),
        hits=bank.hits,
        debits=bank.debits,
        landed=bank.standing,
        revoked=bank.revoked,
        in_flight=len(bank.in_flight),
        width=bank.width,
        room=bank.room,
    )


def asked(book: AdmissionBook, question: ReadyQuestion, running: Mapping[str, float]) -> Readiness:
    """Return the tasks that may start now, and what keeps the others waiting; nothing starts.

    Parameters
    ----------
    running
        How long tasks have run that somebody says run; those in flight need not be named.
    """
    state = book.read()
    if state.growth is None:
        return question.answer(running)
    answer = question.answer(running, grown_to(state))
    return answer.model_copy(update={"bank": bank_words(state, name=book.name)})


def started(
    book: AdmissionBook,
    question: ReadyQuestion,
    running: Mapping[str, float],
    *,
    by: str | None = None,
) -> Readiness:
    """Start the tasks that may start now, and return them and what keeps the others waiting.

    Parameters
    ----------
    running
        How long tasks have run that somebody says run; those in flight need not be named.
    by
        Who starts them.
    """
    told: list[Readiness] = []

    def choose(state: JournalState) -> list[Start]:
        answer = question.answer(running, grown_to(state))
        told.append(answer)
        # Whoever landed while the question was prepared does not start again.
        wanted = [task.id for task in answer.ready if task.id not in state.landed]
        beside = [*state.in_flight, *wanted]
        return [
            _start_of(task, beside[: len(state.in_flight) + place], question, state)
            for place, task in enumerate(wanted)
        ]

    attempts = {attempt.task: attempt.number for attempt in book.start(choose, by=by)}
    answer = told[-1]
    ready = [
        task.model_copy(update={"attempt": attempts[task.id]})
        for task in answer.ready
        if task.id in attempts
    ]
    return answer.model_copy(
        update={"ready": tuple(ready), "bank": bank_words(book.state, name=book.name)}
    )


def _start_of(
    task: str, beside: Sequence[str], question: ReadyQuestion, state: JournalState
) -> Start:
    """Return how a task starts beside those in flight and those that start before it.

    Chance has to let it start where one of its pairs is of a level that is closed and not open to
    the other side.
    """
    levels = question.levels_of(task)
    shares = []
    for other in beside:
        level = levels.get(other)
        if level is not None:
            known = state.admission.levels.of[level]
            if drawn(state.in_flight.get(other) or state.next_of(other)) >= known.share:
                shares.append(known.share)
    return Start(task, levels, explored=min(shares, default=None))
