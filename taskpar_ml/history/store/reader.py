"""A history as it is at one moment."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from taskpar_ml.domain.mined import PairFinding
from taskpar_ml.domain.outcome import RecordedOutcome
from taskpar_ml.domain.position import PlacedLanding, Position
from taskpar_ml.domain.prediction import Prediction, ShadowStart
from taskpar_ml.domain.provided import ProviderAnswer, Trial
from taskpar_ml.domain.task_text import TaskText
from taskpar_ml.history.store.landing_rows import read_landings
from taskpar_ml.history.store.line_rows import Standing, line_of, position_of
from taskpar_ml.history.store.outcome_rows import read_outcomes, read_reports
from taskpar_ml.history.store.pair_rows import read_pairs
from taskpar_ml.history.store.prediction_rows import read_predictions, read_shadows
from taskpar_ml.history.store.provider_rows import read_answers, read_trials
from taskpar_ml.history.store.tables import histories
from taskpar_ml.history.store.text_rows import read_texts


class HistoryReader:
    """Everything that can be asked of a history; all answers are of the same moment.

    What is asked *before* a position is answered as if asked there: landings and pairs by their
    place on the line, texts and outcomes by time.

    Parameters
    ----------
    connection
        In a transaction that only reads.
    history
        Row of the history.
    name
        What messages call it.
    """

    def __init__(self, connection: Connection, history: int, *, name: str) -> None:
        self._connection = connection
        self._history = history
        self._name = name

    def recipe(self) -> str | None:
        """Return how it was mined, ``None`` if nobody said."""
        query = select(histories.c.recipe).where(histories.c.id == self._history)
        found: str | None = self._connection.execute(query).scalar()
        return found

    def mined(self) -> frozenset[str]:
        """Return the tasks whose window is mined."""
        return frozenset(standing.commit for standing in self._line() if standing.mined)

    def newest(self) -> PlacedLanding | None:
        """Return the last landing of the line, ``None`` where there is none."""
        rows = [standing.row for standing in self._line()[-1:]]
        return next(read_landings(self._connection, rows), None)

    def placed_ids(self) -> dict[str, int]:
        """Return the number of every landing, oldest first."""
        return {standing.commit: standing.number for standing in self._line()}

    def position_of(self, commit: str) -> Position:
        """Return where a commit stands; see :meth:`RepoHistory.position_of`."""
        return position_of(self._connection, self._history, commit, name=self._name)

    def landings(self, *, before: Position | None = None) -> Iterator[PlacedLanding]:
        """Yield landings, oldest first."""
        rows = [standing.row for standing in self._line(before)]
        yield from read_landings(self._connection, rows)

    def pairs(
        self, *, before: Position | None = None, shared_only: bool = False
    ) -> Iterator[PairFinding]:
        """Yield pairs whose later landing lies before the position, in the order of the line."""
        yield from read_pairs(self._connection, self._line(before), shared_only=shared_only)

    def texts(self, *, before: Position | None = None) -> Iterator[TaskText]:
        """Yield texts that were written before the position's time, in the order of the line."""
        yield from read_texts(self._connection, self._history, self._line(), before=before)

    def outcomes(self, *, before: Position | None = None) -> Iterator[RecordedOutcome]:
        """Yield outcomes as they were known before the position's time."""
        yield from read_outcomes(self._connection, self._history, before=before)

    def reports(self) -> Iterator[RecordedOutcome]:
        """Yield every report of an outcome, those that were corrected included."""
        yield from read_reports(self._connection, self._history)

    def answers(self, *, before: Position | None = None) -> Iterator[ProviderAnswer]:
        """Yield the newest answers of providers that were given before the position's time."""
        yield from read_answers(self._connection, self._history, before=before)

    def trials(self) -> Iterator[Trial]:
        """Yield the newest trial of every provider on every landing, for every model."""
        yield from read_trials(self._connection, self._history)

    def predictions(self) -> Iterator[Prediction]:
        """Yield every prediction of a shadow, in the order in which they were recorded."""
        yield from read_predictions(self._connection, self._history)

    def shadows(self) -> list[ShadowStart]:
        """Return where shadows began, in the order in which that was recorded."""
        return read_shadows(self._connection, self._history)

    def _line(self, before: Position | None = None) -> list[Standing]:
        return line_of(self._connection, self._history, before=before)
