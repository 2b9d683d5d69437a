"""One repository's part of a store."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, select, update

from taskpar_ml.domain.growth import GrowthStep
from taskpar_ml.domain.mined import MinedTask, PairFinding
from taskpar_ml.domain.outcome import RecordedOutcome
from taskpar_ml.domain.position import PlacedLanding, Position
from taskpar_ml.domain.prediction import Prediction, ShadowStart
from taskpar_ml.domain.provided import ProviderAnswer, Trial
from taskpar_ml.domain.runs import RunStep
from taskpar_ml.domain.task_text import TaskText
from taskpar_ml.errors import UnknownLandingError
from taskpar_ml.history.store.database import Database
from taskpar_ml.history.store.journals import BANKS, RUNS, Journals
from taskpar_ml.history.store.landing_rows import write_landings
from taskpar_ml.history.store.line_rows import rows_of
from taskpar_ml.history.store.mined_rows import write_mined
from taskpar_ml.history.store.outcome_rows import write_outcomes
from taskpar_ml.history.store.pieces import in_pieces
from taskpar_ml.history.store.prediction_rows import write_predictions, write_shadow
from taskpar_ml.history.store.provider_rows import write_answers, write_trials
from taskpar_ml.history.store.reader import HistoryReader
from taskpar_ml.history.store.removal import remove_mined
from taskpar_ml.history.store.tables import histories, landings
from taskpar_ml.history.store.text_rows import write_texts


class RepoHistory:
    """What is known of the past of one repository. Its laws are those of the store.

    Every method is one transaction. What yields sees one moment until it is exhausted or closed,
    whatever is written meanwhile.
    """

    def __init__(self, database: Database, row: int, name: str) -> None:
        self._database = database
        self._row = row
        self._name = name

    @property
    def name(self) -> str:
        """What the repository is called in the store."""
        return self._name

    @property
    def place(self) -> str:
        """What messages call it."""
        return f"{self._database.name}: {self._name}"

    @contextmanager
    def at_one_moment(self) -> Iterator[HistoryReader]:
        """Yield a reader all of whose answers are of the same moment."""
        with self._database.reading() as connection:
            yield HistoryReader(connection, self._row, name=self.place)

    @property
    def recipe(self) -> str | None:
        """How it was mined, as JSON of the miner's; ``None`` if nobody said."""
        with self.at_one_moment() as reader:
            return reader.recipe()

    def set_recipe(self, recipe: str) -> None:
        """Note how it is mined. Whether that fits what is stored is the miner's business."""
        with self._writing() as connection:
            connection.execute(
                update(histories).where(histories.c.id == self._row).values(recipe=recipe)
            )

    def append_landings(self, placed: Sequence[PlacedLanding]) -> None:
        """Add landings, all or none; those that were abandoned are brought back.

        One that comes back as it was has its pairs again; one that comes back otherwise, at
        another place for example, has none.

        Raises
        ------
        ContradictionError
            If one is stored otherwise and was not abandoned.
        """
        with self._writing() as connection:
            if write_landings(connection, self._row, placed, name=self.place):
                self._stamp(connection)

    def append_mined(self, tasks: Sequence[MinedTask]) -> None:
        """Add tasks with their pairs, all or none.

        The order of files and of items within a finding has no meaning; they come back sorted.

        Raises
        ------
        UnknownLandingError
            If a landing is named that is not stored.
        ContradictionError
            If a pair is stored otherwise.
        """
        with self._writing() as connection:
            if write_mined(connection, self._row, tasks, name=self.place):
                self._stamp(connection)

    def append_texts(self, texts: Sequence[TaskText]) -> None:
        """Add texts of landings, all or none.

        Raises
        ------
        UnknownLandingError
            If a landing is named that is not stored.
        ContradictionError
            If a text of the same landing, source and time is stored otherwise.
        """
        with self._writing() as connection:
            if write_texts(connection, self._row, texts, name=self.place):
                self._stamp(connection)

    def append_outcomes(self, outcomes: Sequence[RecordedOutcome]) -> None:
        """Add outcomes, all or none. The same outcome recorded twice counts from the first time.

        Raises
        ------
        ContradictionError
            If another report of the attempt is stored under the same number of correction.
        """
        with self._writing() as connection:
            if write_outcomes(connection, self._row, outcomes, name=self.place):
                self._stamp(connection)

    def append_answers(self, answers: Sequence[ProviderAnswer]) -> None:
        """Add answers of footprint providers, all or none.

        Raises
        ------
        ContradictionError
            If another answer to the same text at the same commit was given at the same moment.
        """
        with self._writing() as connection:
            if write_answers(connection, self._row, answers, name=self.place):
                self._stamp(connection)

    def append_trials(self, trials: Sequence[Trial]) -> None:
        """Add trials of footprint providers, all or none.

        Raises
        ------
        ContradictionError
            If a trial of the same answer on the same landing for the same model is stored
            otherwise.
        """
        with self._writing() as connection:
            if write_trials(connection, self._row, trials, name=self.place):
                self._stamp(connection)

    def append_predictions(self, made: Sequence[Prediction]) -> int:
        """Add predictions, all or none; return how many are new. What was recorded first stays."""
        with self._writing() as connection:
            added = write_predictions(connection, self._row, made)
            if added:
                self._stamp(connection)
        return added

    def begin_shadow(self, start: ShadowStart, *, only_first: bool = False) -> None:
        """Note where a shadow begins, once; with ``only_first``, only where none began before."""
        with self._writing() as connection:
            if write_shadow(connection, self._row, start, only_first=only_first):
                self._stamp(connection)

    def abandon(self, ids: Collection[str]) -> None:
        """Take landings off the line, with all their pairs, all or none.

        They are kept, but not returned until they are appended again.

        Raises
        ------
        UnknownLandingError
            If one is not stored.
        """
        with self._writing() as connection:
            known = rows_of(connection, self._row, ids)
            for commit in set(ids) - known.keys():
                raise UnknownLandingError(
                    f"{self.place}: landing {commit}", "it is not stored.", "Name one that is."
                )
            changed = 0
            for piece in in_pieces(standing.row for standing in known.values()):
                away = update(landings).where(
                    landings.c.id.in_(piece), landings.c.abandoned.is_(False)
                )
                changed += connection.execute(away.values(abandoned=True)).rowcount
            if changed:
                self._stamp(connection)

    def forget_mined(self) -> None:
        """Take away landings, pairs and the recipe, so that all can be mined anew.

        Landings go too, because rules decide which of them are tasks and how pushes are joined.
        Texts, outcomes, answers and predictions stay; texts are returned again when their
        landings are back.
        """
        with self._writing() as connection:
            remove_mined(connection, self._row)
            connection.execute(
                update(histories).where(histories.c.id == self._row).values(recipe=None)
            )
            self._stamp(connection)

    @property
    def bank_journals(self) -> Journals[GrowthStep]:
        """The journals of its banks."""
        return Journals(self._database, self._row, BANKS, place=self.place)

    @property
    def run_journals(self) -> Journals[RunStep]:
        """The journals of its runs."""
        return Journals(self._database, self._row, RUNS, place=self.place)

    def mined(self) -> frozenset[str]:
        """Return ids of the tasks whose window is mined."""
        with self.at_one_moment() as reader:
            return reader.mined()

    def newest(self) -> PlacedLanding | None:
        """Return the last landing of the line, ``None`` where there is none."""
        with self.at_one_moment() as reader:
            return reader.newest()

    def placed_ids(self) -> dict[str, int]:
        """Return the number of every landing by its id, oldest first."""
        with self.at_one_moment() as reader:
            return reader.placed_ids()

    def position_of(self, commit: str) -> Position:
        """Return where a commit stands that is part of a landing.

        Of a landing of several commits only the newest one's time is kept. The others are given
        the time of the landing before, so that nothing counts as known too early.

        Raises
        ------
        UnknownLandingError
            If no landing on the line has the commit.
        """
        with self.at_one_moment() as reader:
            return reader.position_of(commit)

    def landings(self, *, before: Position | None = None) -> Iterator[PlacedLanding]:
        """Yield landings before a position, oldest first, automation included."""
        with self.at_one_moment() as reader:
            yield from reader.landings(before=before)

    def pairs(
        self, *, before: Position | None = None, shared_only: bool = False
    ) -> Iterator[PairFinding]:
        """Yield pairs known before a position: those whose later landing had landed.

        Parameters
        ----------
        before
            Where the question is asked; by default after everything.
        shared_only
            Leave out pairs without ``files``, whatever else was found of them.

        Yields
        ------
        PairFinding
            By the place of the later landing, then that of the earlier one.
        """
        with self.at_one_moment() as reader:
            yield from reader.pairs(before=before, shared_only=shared_only)

    def texts(self, *, before: Position | None = None) -> Iterator[TaskText]:
        """Yield texts written before a position's time.

        Their landings may lie behind it: a text is older than the work. They come in the order of
        the landings, those of one landing by age.
        """
        with self.at_one_moment() as reader:
            yield from reader.texts(before=before)

    def outcomes(self, *, before: Position | None = None) -> Iterator[RecordedOutcome]:
        """Yield what was known of every attempt before a position's time, by when it was recorded.

        Of several reports of an attempt the one with the highest ``correction`` is returned.
        """
        with self.at_one_moment() as reader:
            yield from reader.outcomes(before=before)

    def answers(self, *, before: Position | None = None) -> Iterator[ProviderAnswer]:
        """Yield the newest answer of every provider to every text at every commit.

        They come by when they were given; with ``before``, those given before its time.
        """
        with self.at_one_moment() as reader:
            yield from reader.answers(before=before)

    def trials(self) -> Iterator[Trial]:
        """Yield the newest trial of every provider on every landing, for every model.

        Which of the landings had happened before a commit, git says.
        """
        with self.at_one_moment() as reader:
            yield from reader.trials()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """Yield a connection whose writer is alone with this history until the block ends."""
        with self._database.writing() as connection:
            turn = select(histories.c.id).where(histories.c.id == self._row).with_for_update()
            connection.execute(turn)
            yield connection

    def _stamp(self, connection: Connection) -> None:
        """Note that something changed just now."""
        now = time.time_ns() // 1_000
        connection.execute(
            update(histories).where(histories.c.id == self._row).values(written_at=now)
        )
