"""The walk of the data, written once: tasks and a snapshot in, scored pairs out.

Models are handed in; this module imports none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from taskpar_ml.domain.footprint import COLLIDING, ObservedWork
from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.domain.scored import ScoredPairs
from taskpar_ml.domain.task import Task
from taskpar_ml.estimators.contract import ChangeSizer, ConflictEstimator
from taskpar_ml.features.context import PairContext
from taskpar_ml.features.hot_files import HotFiles
from taskpar_ml.features.reasons import known_tasks, reason_slots
from taskpar_ml.features.shared import SharedItemFinder
from taskpar_ml.features.texts import rare_terms, text_vectors
from taskpar_ml.features.vectorizer import PairVectorizer
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.precedents import CLOSE, Precedents
from taskpar_ml.footprints.predictor import FootprintPredictor

PAIRS_AT_ONCE: Final = 100_000
"""Pairs scored together: enough to keep the products busy, few enough to stay in cache."""


class ConflictPredictor:
    """Scores pairs of tasks against a snapshot of their repository.

    Parameters
    ----------
    estimator
        Who says how risky a pair is.
    footprints
        Who says what a task will touch.
    vectorizer
        Which features the estimator sees.
    sizer
        Who says how large the change of a task will be, if anybody does.
    """

    def __init__(
        self,
        estimator: ConflictEstimator,
        *,
        footprints: FootprintPredictor | None = None,
        vectorizer: PairVectorizer | None = None,
        sizer: ChangeSizer | None = None,
    ) -> None:
        self.estimator = estimator
        self.footprints = footprints or FootprintPredictor()
        self.vectorizer = vectorizer or PairVectorizer()
        self.sizer = sizer

    @property
    def asks_for_rates(self) -> bool:
        """Whether features tell how often past tasks conflicted in a file."""
        return any(isinstance(each, HotFiles) for each in self.vectorizer.extractors)

    def context(
        self,
        tasks: Sequence[Task],
        memory: RepoMemory,
        *,
        observed: Mapping[str, ObservedWork] = MappingProxyType({}),
    ) -> PairContext:
        """Return all that is known of the tasks; its rows are in code-point order of their ids.

        Parameters
        ----------
        tasks
            The tasks, in any order.
        memory
            The repository and its past.
        observed
            What running tasks were seen to change.
        """
        ordered = sorted(tasks, key=lambda task: task.id)
        footprints = self.footprints.predict(ordered, memory, observed=observed)
        return PairContext(
            tasks=ordered,
            footprints=footprints,
            texts=text_vectors(ordered, memory),
            rare_terms=rare_terms(ordered, memory),
            precedents=Precedents.of(ordered, memory),
            close_precedents=Precedents.of(ordered, memory, power=CLOSE),
            rates=memory.file_rates,
            log_sizes=None if self.sizer is None else self.sizer.log_sizes_of(ordered),
        )

    def score(self, pairs: PairTable, context: PairContext) -> Iterator[ScoredPairs]:
        """Yield the pairs with features, estimates and reasons, block by block, in order."""
        finders = [
            SharedItemFinder(surface, context.footprints.surfaces[surface])
            for surface in COLLIDING
            if surface in context.footprints.surfaces
        ]
        known = known_tasks(context.footprints)
        for block in pairs.blocks(PAIRS_AT_ONCE):
            features = self.vectorizer.transform(block, context)
            shared = tuple(finder.of(block) for finder in finders)
            yield ScoredPairs(
                pairs=block,
                features=features,
                estimates=self.estimator.estimate(features),
                shared=shared,
                reasons=reason_slots(
                    block, features=features, shared=shared, known=known, rates=context.rates
                ),
                model=self.estimator.name,
            )
