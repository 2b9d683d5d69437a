"""From pairs to feature columns: the same code for training, scoring and serving."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.domain.scored import PairFeatures
from taskpar_ml.features.breadth import Breadth
from taskpar_ml.features.chances import MeetingChances
from taskpar_ml.features.context import Column, PairContext, PairExtractor
from taskpar_ml.features.expected_sizes import ExpectedSizes
from taskpar_ml.features.hot_files import HotFiles
from taskpar_ml.features.imports import ImportLinks
from taskpar_ml.features.knowledge import Knowledge
from taskpar_ml.features.layers import LayerOverlap
from taskpar_ml.features.migrations import MigrationHeads
from taskpar_ml.features.past_pairs import PastPairs
from taskpar_ml.features.rare_words import RareWords
from taskpar_ml.features.regions import RegionOverlap
from taskpar_ml.features.semantic import TextSimilarity
from taskpar_ml.features.surfaces import (
    API_OVERLAP,
    CONTEXT_OVERLAP,
    DATABASE_OVERLAP,
    FILE_OVERLAP,
    RESOURCE_OVERLAP,
    SYMBOL_OVERLAP,
    TEST_OVERLAP,
)

BASELINE_EXTRACTORS: Final[tuple[PairExtractor, ...]] = (
    FILE_OVERLAP,
    API_OVERLAP,
    DATABASE_OVERLAP,
    TextSimilarity(),
)
"""The four components of the fixed-weight score."""
EVIDENCE_EXTRACTORS: Final[tuple[PairExtractor, ...]] = (
    *BASELINE_EXTRACTORS,
    RegionOverlap(),
    SYMBOL_OVERLAP,
    ImportLinks(),
    TEST_OVERLAP,
    RESOURCE_OVERLAP,
    MigrationHeads(),
    CONTEXT_OVERLAP,
    LayerOverlap(),
)
"""The same, and everything else that is seen of a repository."""
LEARNED_EXTRACTORS: Final[tuple[PairExtractor, ...]] = (
    *EVIDENCE_EXTRACTORS,
    MeetingChances(),
    Breadth(),
    HotFiles(),
    PastPairs(),
    RareWords(),
    Knowledge(),
    ExpectedSizes(),
)
"""What a learned model sees."""


class PairVectorizer:
    """Runs extractors and joins their columns.

    Parameters
    ----------
    extractors
        Their columns, in this order, are the columns of the answer.
    """

    def __init__(self, extractors: Sequence[PairExtractor] = BASELINE_EXTRACTORS) -> None:
        self.extractors = tuple(extractors)

    @property
    def columns(self) -> tuple[Column, ...]:
        """Every column with its meaning."""
        return tuple(column for each in self.extractors for column in each.columns)

    def transform(self, pairs: PairTable, context: PairContext) -> PairFeatures:
        """Return the features of the pairs.

        Parameters
        ----------
        pairs
            Positions refer to ``context.tasks``.
        context
            What is known of the tasks.
        """
        values = [each.extract(pairs, context) for each in self.extractors]
        names = tuple(column.name for column in self.columns)
        return PairFeatures(names, np.concatenate(values, axis=1))
