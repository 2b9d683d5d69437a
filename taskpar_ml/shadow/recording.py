"""Predictions, made and written down before anybody looks at what happened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.backtest.scores import batch_memory, batch_tasks, told_pairs
from taskpar_ml.domain.caches import NO_CACHE
from taskpar_ml.domain.prediction import (
    AS_WRITTEN,
    LONGEST_TITLE,
    PredictedPair,
    PredictedTask,
    Prediction,
    PredictionKind,
    ShadowStart,
)
from taskpar_ml.domain.protocols import FactCache
from taskpar_ml.domain.provided import ToldTask
from taskpar_ml.domain.task import Task
from taskpar_ml.errors import SettingsError
from taskpar_ml.history.batches import TaskBatch
from taskpar_ml.history.past_rates import PastRates
from taskpar_ml.history.store.repo_history import RepoHistory
from taskpar_ml.history.wordings import Wording
from taskpar_ml.predictor import ConflictPredictor
from taskpar_ml.workspace import Workspace

_MOST_TASKS: Final = 200
"""Open tasks whose pairs are recorded at once."""


@dataclass(frozen=True)
class Recorder:
    """Writes predictions of one model at one threshold into a history.

    Attributes
    ----------
    repo
        The repository, which is read only.
    history
        Where predictions are written.
    predictor
        Who predicts.
    threshold
        Risk from which two tasks are kept apart, above 0.
    wording
        How much past tasks say.
    now
        What time it is.
    cache
        Facts of the repository.
    """

    repo: str | Path
    history: RepoHistory
    predictor: ConflictPredictor
    threshold: float
    wording: Wording
    now: Callable[[], datetime]
    cache: FactCache = NO_CACHE

    @property
    def model(self) -> str:
        """Who predicts, with a version."""
        return self.predictor.estimator.name

    def wanted(self, made: Prediction) -> bool:
        """Whether a prediction is one of this model, threshold and wording."""
        told = AS_WRITTEN if made.kind is PredictionKind.BEFOREHAND else self.wording.value
        return (made.model, made.threshold, made.text) == (self.model, self.threshold, told)

    def record_batches(self, batches: Sequence[TaskBatch], start: ShadowStart) -> int:
        """Predict the batches that nobody has predicted yet; return how many those were.

        A batch is predicted from what was known before its first task landed, and of its tasks
        their texts alone. It is written down as a whole before the next one is begun, so that a
        killed run is gone on with.

        Raises
        ------
        RepositoryError
            One of its leaves if the repository cannot be read at the base of a batch.
        StoreError
            If the store cannot be read or written.
        """
        with self.history.at_one_moment() as reader:
            known = {each.key for each in reader.predictions() if self.wanted(each)}
        missing = [batch for batch in batches if self._key(batch, start) not in known]
        if not missing:
            return 0
        rates = PastRates.read(self.history) if self.predictor.asks_for_rates else None
        added = 0
        for batch in missing:
            known_rates = None if rates is None else rates.before(batch)
            memory = batch_memory(self.repo, batch, cache=self.cache, rates=known_rates)
            told = told_pairs(batch_tasks(batch, self.wording), memory, self.predictor)
            made = self._of_batch(batch, start, told.risk, is_probability=told.is_probability)
            added += self.history.append_predictions([made])
        return added

    def _key(self, batch: TaskBatch, start: ShadowStart) -> tuple[str, ...]:
        size = len(batch.tasks)
        return self._of_batch(batch, start, np.zeros((size, size)), is_probability=False).key

    def _of_batch(
        self,
        batch: TaskBatch,
        start: ShadowStart,
        risk: NDArray[np.float64],
        *,
        is_probability: bool,
    ) -> Prediction:
        rows, columns = np.triu_indices(len(batch.tasks), k=1)
        return Prediction(
            kind=PredictionKind.AS_OF,
            model=self.model,
            text=self.wording.value,
            threshold=self.threshold,
            is_probability=is_probability,
            since=start.commit,
            base=batch.base,
            recorded_at=self.now(),
            tasks=tuple(PredictedTask(id=task.id) for task in batch.tasks),
            pairs=tuple(
                self._pair(int(a), int(b), float(risk[a, b]))
                for a, b in zip(rows, columns, strict=True)
            ),
        )

    def record_open(self, workspace: Workspace) -> int:
        """Predict the pairs of open tasks that nobody has predicted yet; return 1 if there are any.

        A pair is recorded once for the words of its two tasks: what was said of it first stays.

        Raises
        ------
        SettingsError
            If there are more open tasks than are recorded at once.
        StoreError
            If the store cannot be read or written.
        """
        work = {task.id: task for task in workspace.task_set.work}
        if len(work) > _MOST_TASKS:
            raise SettingsError(
                "TASKS",
                f"there are {len(work):,} open tasks. A shadow records {_MOST_TASKS} at most.",
                "Name fewer files.",
            )
        newest = workspace.snapshot.newest
        if len(work) < 2 or newest is None:
            return 0
        with self.history.at_one_moment() as reader:
            known = {
                _words(*pair)
                for each in reader.predictions()
                if each.kind is PredictionKind.BEFOREHAND and self.wanted(each)
                for pair in each.pair_keys
            }
        told = {name: _told(task) for name, task in work.items()}
        pairs: list[tuple[PredictedTask, PredictedTask, float]] = []
        is_probability = False
        for scored in workspace.score():
            risk = scored.estimates.risk
            is_probability |= not np.isnan(scored.estimates.p_conflict).all()
            for a, b, said in zip(scored.pairs.task_a, scored.pairs.task_b, risk, strict=True):
                if _words(told[a], told[b]) not in known:
                    pairs.append((told[a], told[b], float(said)))
        if not pairs:
            return 0
        tasks = sorted({task for a, b, _ in pairs for task in (a, b)}, key=lambda each: each.id)
        place = {task: at for at, task in enumerate(tasks)}
        made = Prediction(
            kind=PredictionKind.BEFOREHAND,
            model=self.model,
            text=AS_WRITTEN,
            threshold=self.threshold,
            is_probability=is_probability,
            base=newest,
            recorded_at=self.now(),
            tasks=tuple(tasks),
            pairs=tuple(self._pair(place[a], place[b], said) for a, b, said in pairs),
        )
        return self.history.append_predictions([made])

    def _pair(self, a: int, b: int, risk: float) -> PredictedPair:
        return PredictedPair(
            a=a, b=b, risk=None if np.isnan(risk) else risk, together=risk < self.threshold
        )


def _told(task: Task) -> PredictedTask:
    return PredictedTask(id=task.id, title=task.title[:LONGEST_TITLE], text=ToldTask.of(task).key)


def _words(a: PredictedTask, b: PredictedTask) -> tuple[str, ...]:
    return a.id, a.text, b.id, b.text
