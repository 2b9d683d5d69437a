"""The bank of a repository as schedulers share it: a journal in the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import NamedTuple

from taskpar_ml.admitting.journal_state import JournalState
from taskpar_ml.admitting.told import correction_of, end_of
from taskpar_ml.domain.growth import (
    MAIN,
    Attempt,
    Company,
    Found,
    GrowthEntry,
    GrowthStep,
    Promised,
    Started,
    Struck,
)
from taskpar_ml.domain.levels import Level
from taskpar_ml.domain.outcome import Outcome
from taskpar_ml.errors import AdmissionError, SettingsError, UnusableStoreError
from taskpar_ml.history.store.journals import Journal
from taskpar_ml.history.store.repo_history import RepoHistory
from taskpar_ml.planner.admission import ALPHA, B0, Admission


class Start(NamedTuple):
    """A task that is to start now.

    Attributes
    ----------
    task
        Its id.
    levels
        The level of its pair with each task that runs and each that is named before it; None where
        somebody declared that the two may run together.
    explored
        Probability with which chance lets it start, where a level that is closed is concerned.
    """

    task: str
    levels: Mapping[str, Level | None]
    explored: float | None = None


class Settled(NamedTuple):
    """What became of reports.

    Attributes
    ----------
    ended, corrected
        Attempts that ended by them, and those that had ended and of which something else is known
        now.
    """

    ended: tuple[Attempt, ...] = ()
    corrected: tuple[Attempt, ...] = ()


class _ChoiceError(Exception):
    """Carries what went wrong in somebody else's code past those who read rows."""


class AdmissionBook:
    """The bank of a repository, shared by all who admit attempts to it.

    Laws, whoever writes and however many:

    1. The state is a function of the journal alone, but for the numbers of attempts, which go on
       after all that was ever recorded of a task. Whoever begins again goes on where it ends.
    2. What is decided is decided on the whole journal: nobody writes in between.
    3. Steps are there as a whole or not at all, whenever their writer is killed.
    4. To repeat a start or a report changes nothing.
    5. No task is in flight in two banks of a repository: an attempt is one bank's.

    Parameters
    ----------
    history
        The history of the repository.
    bank
        What the bank is called; several lines of one repository have one each.
    now
        Tells the time that is written beside steps. Nothing is decided by it.

    Attributes
    ----------
    history
        The history of the repository.
    name
        What the bank is called.
    state
        What was last read of it.
    """

    def __init__(
        self,
        history: RepoHistory,
        bank: str = MAIN,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.history, self.name, self._now = history, bank, now
        self.state = JournalState()
        self._others: dict[str, JournalState] = {}

    def read(self) -> JournalState:
        """Return the state as it is now, what was recorded elsewhere counted in.

        Nothing is written.
        """
        self.follow().note(each.outcome for each in self.history.outcomes())
        return self.state

    def follow(self) -> JournalState:
        """Return the state as it is now, but for what was recorded elsewhere since it was read."""
        entries = self.history.bank_journals.entries(self.name, after=self.state.steps)
        _add(entries, self.state, name=self.name)
        return self.state

    def elsewhere(self) -> dict[str, str]:
        """Return for each task that is in flight in another bank what that one is called."""
        journals = self.history.bank_journals
        others = [name for name in journals.names() if name != self.name]
        for name in others:
            state = self._others.setdefault(name, JournalState())
            _add(journals.entries(name, after=state.steps), state, name=name)
        return {task: name for name in others for task in self._others[name].in_flight}

    def entries(self) -> Iterator[GrowthEntry]:
        """Yield all steps of the journal."""
        yield from self.history.bank_journals.entries(self.name)

    def promise(self, *, b0: float | None = None, alpha: float | None = None) -> Admission:
        """Say how many hits there may be, from now on; what is None stays as it is.

        Raises
        ------
        SettingsError
            If it is out of range.
        AdmissionError
            If what is spent and reserved is more than it allows.
        """
        with self._writing() as page:
            known = page.state.growth
            if known is None:
                b0, alpha = B0 if b0 is None else b0, ALPHA if alpha is None else alpha
            else:
                promise = known.bank.promise
                b0 = float(promise.b0) if b0 is None else b0
                alpha = float(promise.alpha) if alpha is None else alpha
            admission = Admission.cold(b0=b0, alpha=alpha)  # says what is out of range
            if known is None or known.bank.promise != admission.bank.promise:
                page.write(Promised(b0=b0, alpha=alpha))
            return page.state.admission

    def start(
        self, choose: Callable[[JournalState], Iterable[Start]], *, by: str | None = None
    ) -> list[Attempt]:
        """Start what is chosen on the state of the moment.

        A bank that is new gets the usual promise.

        Parameters
        ----------
        choose
            Returns what is to start, no more than there is room for. It is asked while nobody
            else can write, so it should not take long.
        by
            Who starts them.

        Returns
        -------
        list
            The attempts that have started; a task that is in flight does not start again.

        Raises
        ------
        AdmissionError
            If more is chosen than there is room for, or a task is in flight in another bank. Then
            nothing has started.
        """
        self.read()
        try:
            return self._start(choose, by)
        except _ChoiceError as error:
            raise error.__cause__ or error from None

    def _start(
        self, choose: Callable[[JournalState], Iterable[Start]], by: str | None
    ) -> list[Attempt]:
        started = []
        with self._writing() as page:
            # Whoever starts in another bank of the repository waits until this is done.
            elsewhere = self.elsewhere()
            if page.state.growth is None:
                page.write(Promised(b0=B0, alpha=ALPHA))
            for start in _chosen(choose, page.state):
                if start.task in page.state.in_flight:
                    continue
                if start.task in elsewhere:
                    raise AdmissionError(
                        start.task,
                        f"it is in flight in bank {elsewhere[start.task]}.",
                        "Record there what became of it.",
                    )
                attempt = page.state.next_of(start.task)
                company = [
                    Company(task=other.task, number=other.number, level=start.levels.get(task))
                    for task, other in page.state.in_flight.items()
                ]
                page.write(
                    Started(
                        task=attempt.task,
                        number=attempt.number,
                        beside=tuple(company),
                        threshold=page.state.admission.threshold.value,
                        explored=start.explored,
                        by=by,
                    )
                )
                started.append(attempt)
        return started

    def strike(self, attempt: Attempt) -> None:
        """Note that an attempt in flight was hit, and goes on.

        Raises
        ------
        AdmissionError
            If it is not in flight.
        """
        with self._writing() as page:
            known = page.state.attempts.get(attempt)
            if known is None or not known.hit:
                page.write(Struck(task=attempt.task, number=attempt.number))

    def settle(self, outcomes: Iterable[Outcome]) -> Settled:
        """Note what became of attempts, as the last report of each says; others are left alone.

        Of an attempt that had ended, a hit that is reported now is a debit; that it has landed
        after all earns what a landing earns, and that it was taken back takes that away. A hit that
        is taken back gives nothing back.
        """
        ended, corrected = [], []
        latest = {Attempt(each.task, each.attempt): each for each in outcomes}
        with self._writing() as page:
            for attempt, outcome in latest.items():
                known = page.state.attempts.get(attempt)
                if known is None:
                    continue
                if known.in_flight:
                    page.write(end_of(outcome))
                    ended.append(attempt)
                elif (step := correction_of(outcome, known, page.state)) is not None:
                    page.write(step)
                    corrected.append(attempt)
        return Settled(tuple(ended), tuple(corrected))

    def find(self, found: Iterable[Found]) -> int:
        """Note what landings would have come to side by side; return how many are new."""
        told, new = list(found), 0
        with self._writing() as page:
            for each in told:
                if each.task not in page.state.found:
                    page.write(each)
                    new += 1
        return new

    @contextmanager
    def _writing(self) -> Iterator[_Page]:
        """Yield the end of the journal, to whoever is alone with it."""
        state, self.state = self.state, JournalState()  # read anew if this comes to nothing
        with self.history.bank_journals.writing(self.name) as journal:
            page = _Page(journal, state, self._now())
            yield page
            page.save()
        self.state = state


class _Page:
    """What is being added to a journal."""

    def __init__(self, journal: Journal[GrowthStep], state: JournalState, now: datetime) -> None:
        _add(journal.entries(after=state.steps), state, name=journal.name)
        self.state = state
        self._journal, self._now = journal, now
        self._steps: list[GrowthStep] = []

    def write(self, step: GrowthStep) -> None:
        """Add a step."""
        self.state.add(GrowthEntry(number=self.state.steps + 1, recorded_at=self._now, step=step))
        self._steps.append(step)

    def save(self) -> None:
        """Write down what was added."""
        self._journal.append(self._steps, at=self._now)


def _chosen(choose: Callable[[JournalState], Iterable[Start]], state: JournalState) -> list[Start]:
    """Return what is chosen; errors are no errors of the store."""
    try:
        return list(choose(state))
    except ValueError as error:
        raise _ChoiceError from error


def _add(entries: Iterable[GrowthEntry], state: JournalState, *, name: str) -> None:
    """Read steps that others wrote.

    Raises
    ------
    UnusableStoreError
        If nobody can have written them so.
    """
    try:
        for entry in entries:
            state.add(entry)
    except (AdmissionError, SettingsError) as error:
        raise UnusableStoreError(
            f"bank {name}",
            f"its journal is damaged ({error}).",
            "Put a backup of the store in its place.",
        ) from error
