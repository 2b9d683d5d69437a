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
from taskpar_ml.domain.scored import PairFeatures
from taskpar_ml.estimators.constant import never_conflict
from taskpar_ml.estimators.contract import ChangeSizer
from taskpar_ml.features.vectorizer import LEARNED_EXTRACTORS, PairVectorizer
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.predictor import FootprintPredictor
from taskpar_ml.footprints.ranker import TouchRanker
from taskpar_ml.history.batches import TaskBatch
from taskpar_ml.history.past_rates import PastRates
from taskpar_ml.predictor import ConflictPredictor
from taskpar_ml.training.candidate_rows import memory_before
from taskpar_ml.training.kept_arrays import load_arrays, save_arrays
from taskpar_ml.training.tellings import TELLINGS, Telling, tellings


@dataclass(frozen=True)
class PairRows:
    """Features of the pairs of all batches of one repository.

    Attributes
    ----------
    columns
        Names of the features.
    values
        Shape ``(n_batches, n_tellings, n_pairs, n_columns)``: tellings in the order of
        :data:`~taskpar_ml.training.tellings.TELLINGS`, pairs in that of the labels of
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
        sizer: ChangeSizer | None,
        cache: FactCache,
        rates: PastRates | None = None,
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
        sizer
            Who says how large changes will be; the same holds for it.
        rates
            The replayed history that the batches are from; without it nothing is known of how
            often tasks conflict in which file.
        progress
            Told the number of each batch that is done.
        """
        found = []
        for number, batch in enumerate(batches):
            known = None if rates is None else rates.before(batch)
            memory = memory_before(place, batch, cache=cache, rates=known)
            for telling in tellings(place, batch):
                found.append(served_features(telling, memory, ranker=ranker, sizer=sizer).values)
            progress(number)
        columns = tuple(column.name for column in PairVectorizer(LEARNED_EXTRACTORS).columns)
        shape = len(batches), len(TELLINGS), *found[0].shape
        return cls(columns, np.stack(found).astype(np.float32).reshape(shape))

    def columns_of(self, names: Sequence[str]) -> NDArray[np.float32]:
        """Return some features, shape ``(n_batches, n_tellings, n_pairs, n_names)``."""
        return self.values[..., [self.columns.index(name) for name in names]]

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


def served_features(
    telling: Telling,
    memory: RepoMemory,
    *,
    ranker: TouchRanker | None,
    sizer: ChangeSizer | None,
) -> PairFeatures:
    """Return the features of all pairs of a batch as it is told, by the code that serves.

    Parameters
    ----------
    memory
        What was known before the batch.
    ranker
        Who says what tasks touch.
    sizer
        Who says how large changes will be.
    """
    # Only the features are wanted, so that it does not matter who estimates.
    predictor = ConflictPredictor(
        never_conflict(),
        footprints=FootprintPredictor(ranker=ranker),
        vectorizer=PairVectorizer(LEARNED_EXTRACTORS),
        sizer=sizer,
    )
    context = predictor.context(telling.tasks, memory, observed=telling.observed)
    pairs = PairTable.of(task.id for task in telling.tasks)
    return predictor.vectorizer.transform(pairs, context)
