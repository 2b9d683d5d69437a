"""The journal of a run in the store, as whoever runs it and whoever asks of it share it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from taskpar_ml.domain.journal import JournalEntry
from taskpar_ml.domain.runs import RunEntry, RunStep
from taskpar_ml.errors import RunError, UnusableStoreError
from taskpar_ml.execution.run_state import RunState
from taskpar_ml.history.store.repo_history import RepoHistory


class RunBook:
    """The journal of a run.

    Laws:

    1. The state is a function of the journal alone.
    2. A step that cannot come now is refused, and nothing is written.
    3. Steps are there as a whole or not at all, whenever their writer is killed.

    Parameters
    ----------
    history
        The history of the repository.
    name
        What the run is called.
    now
        Tells the time that is written beside steps.

    Attributes
    ----------
    history, name, now
        As they were told.
    state
        What was last read.
    """

    def __init__(
        self,
        history: RepoHistory,
        name: str,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.history, self.name, self.now = history, name, now
        self.state = RunState()

    def read(self) -> RunState:
        """Return the state as it is now.

        Raises
        ------
        UnusableStoreError
            If nobody can have written the journal so.
        """
        self._add(self.history.run_journals.entries(self.name, after=self.state.steps))
        return self.state

    def write(self, *steps: RunStep) -> RunState:
        """Add steps, all or none, after what others have added, and return the state.

        Raises
        ------
        RunError
            If one of them cannot come now.
        """
        now = self.now()
        try:
            with self.history.run_journals.writing(self.name) as journal:
                self._add(journal.entries(after=self.state.steps))
                for step in steps:
                    number = self.state.steps + 1
                    self.state.add(JournalEntry(number=number, recorded_at=now, step=step))
                journal.append(steps, at=now)
        except BaseException:
            self.state = RunState()  # read anew: what was added is not there
            raise
        return self.state

    def _add(self, entries: Iterable[RunEntry]) -> None:
        try:
            for entry in entries:
                self.state.add(entry)
        except RunError as error:
            raise UnusableStoreError(
                f"run {self.name}",
                f"its journal is damaged ({error}).",
                "Put a backup of the store in its place.",
            ) from error
