"""Rows that an estimator of pairs learns from: features of past pairs, as they would be served."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.domain.protocols import FactCache
from taskpar_ml.estimators.constant import never_conflict
from taskpar_ml.features.vectorizer import LEARNED_EXTRACTORS, PairVectorizer
from taskpar_ml.footprints.predictor import FootprintPredictor
from taskpar_ml.footprints.ranker import TouchRanker
from taskpar_ml.history.batches import TaskBatch
from taskpar_ml.history.wordings import as_task
from taskpar_ml.predictor import ConflictPredictor
from taskpar_ml.training.candidate_rows import memory_before
from taskpar_ml.training.kept_arrays import load_arrays, save_arrays
from taskpar_ml.training.repository_rows import WORDINGS


@dataclass(frozen=True)
class PairRows:
    """Features of the pairs of all batches of one repository.

    Attributes
    ----------
    columns
        Names of the features.
    values
        Shape ``(n_batches, n_wordings, n_pairs, n_columns)``, pairs in the order of the labels of
        :class:`~taskpar_ml.training.repository_rows.RepositoryRows`; NaN where something is not
        known.
    """

    columns: tuple[str, ...]
    values: NDArray[np.float32]

    @classmethod
    def gathered(
        cls,
        place: str | Path,
        batches: Sequence[TaskBatch],
        *,
        ranker: TouchRanker | None,
        cache: FactCache,
        progress: Callable[[int], None] = lambda batch: None,
    ) -> Self:
        """Vectorise every batch at its own base, by the code that serves.

        Parameters
        ----------
        place
            The repository.
        batches
            At least one, all of the same size.
        ranker
            Who says what tasks touch; it must not have learned from these batches.
        progress
            Told the number of each batch that is done.
        """
        # Only the features are wanted, so that it does not matter who estimates.
        predictor = ConflictPredictor(
            never_conflict(),
            footprints=FootprintPredictor(ranker=ranker),
            vectorizer=PairVectorizer(LEARNED_EXTRACTORS),
        )
        found = []
        for number, batch in enumerate(batches):
            memory = memory_before(place, batch, cache=cache)
            for wording in WORDINGS:
                # Ids as long as each other: their order is that of the tasks.
                told = [
                    as_task(each, wording, id=f"t{row:06}") for row, each in enumerate(batch.tasks)
                ]
                context = predictor.context(told, memory)
                pairs = PairTable.of(task.id for task in told)
                features = predictor.vectorizer.transform(pairs, context)
                found.append(features.values.astype(np.float32))
            progress(number)
        columns = tuple(column.name for column in predictor.vectorizer.columns)
        shape = len(batches), len(WORDINGS), *found[0].shape
        return cls(columns, np.stack(found).reshape(shape))

    def save(self, path: Path) -> None:
        """Write everything into one file."""
        save_arrays(path, {"columns": np.array(self.columns), "values": self.values})

    @classmethod
    def load(cls, path: Path) -> Self | None:
        """Read what :meth:`save` wrote; None if it is not there, damaged, or of other features."""
        kept = load_arrays(path)
        known = tuple(each.name for each in PairVectorizer(LEARNED_EXTRACTORS).columns)
        if kept is None or tuple(kept["columns"].tolist()) != known:
            return None
        return cls(known, kept["values"])
