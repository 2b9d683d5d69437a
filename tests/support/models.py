"""Models that learned next to nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from taskpar_ml.estimators.boosting import BoostedTrees, Lesson, TreeSettings
from taskpar_ml.estimators.effort_model import EffortModel
from taskpar_ml.estimators.learned_model import LearnedModel
from taskpar_ml.estimators.pair_model import PairModel
from taskpar_ml.estimators.touch_model import TouchModel
from taskpar_ml.footprints.candidates import BLIND_COLUMNS


def tiny_trees(columns: Sequence[str]) -> BoostedTrees:
    """Return trees that learned that the first column decides."""
    values = np.random.default_rng(0).random((200, len(columns))).astype(np.float32)
    lesson = Lesson.plain(values, (values[:, 0] > 0.5).astype(np.float32))
    return BoostedTrees.grown(columns, [lesson], TreeSettings(trees=3, least_rows=5))


def tiny_model(
    effort: EffortModel | None, columns: Sequence[str] = ("file", "meet")
) -> LearnedModel:
    """Return a model in which pairs are judged by the first of some features."""
    pairs = PairModel("tiny-1", (tiny_trees(columns),))
    return LearnedModel(TouchModel("files-1", tiny_trees(BLIND_COLUMNS)), pairs, effort=effort)
