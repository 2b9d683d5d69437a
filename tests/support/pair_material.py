"""Rows of pairs that are made up, and who tells of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from taskpar_ml.domain.scored import PairFeatures
from taskpar_ml.estimators.boosting import BoostedTrees, Lesson, TreeSettings
from taskpar_ml.estimators.learned_model import LearnedModel
from taskpar_ml.estimators.touch_model import TouchModel
from taskpar_ml.features.vectorizer import LEARNED_EXTRACTORS, PairVectorizer
from taskpar_ml.footprints.candidates import BLIND_COLUMNS
from taskpar_ml.training.general import PairMaterial
from taskpar_ml.training.pair_rows import PairRows
from taskpar_ml.training.tellings import TELLINGS
from tests.support.learned import BATCHES, PAIRS, made

COLUMNS = tuple(column.name for column in PairVectorizer(LEARNED_EXTRACTORS).columns)


def material(seed: int, *, level: float = 0.0) -> PairMaterial:
    """Return rows in which ``meet`` tells what conflicts, and nothing else does.

    ``level`` makes conflicts more frequent than the feature says.
    """
    random = np.random.default_rng(seed)
    labels = made(seed)
    values = random.random((BATCHES, len(TELLINGS), PAIRS, len(COLUMNS))).astype(np.float32)
    meet = random.random((BATCHES, 1, PAIRS)) ** 3
    values[..., COLUMNS.index("meet")] = meet
    chance = np.clip(meet[:, 0] * 0.5 + level, 0, 1)
    truth = (random.random(chance.shape) < chance).astype(np.float32)
    return PairMaterial(PairRows(COLUMNS, values), replace(labels, counted=truth, textual=truth))


def blind_ranker() -> TouchModel:
    values = np.zeros((4, len(BLIND_COLUMNS)), dtype=np.float32)
    lesson = Lesson.plain(values, np.array([0, 1, 0, 1], dtype=np.float32))
    trees = BoostedTrees.grown(BLIND_COLUMNS, [lesson], TreeSettings(trees=1))
    return TouchModel("blind-1", trees)


def told(model: LearnedModel, found: PairMaterial) -> np.ndarray:
    flat = found.pairs.values[:, 0].reshape(-1, len(COLUMNS)).astype(np.float64)
    return model.pairs.estimate(PairFeatures(COLUMNS, flat)).p_conflict
