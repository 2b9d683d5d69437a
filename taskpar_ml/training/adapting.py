"""A general model made one repository's own: trees for what is different there, and calibration."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from taskpar_ml.estimators.boosting import BoostedTrees, TreeSettings
from taskpar_ml.estimators.calibration import LogitLine
from taskpar_ml.estimators.learned_model import LearnedModel
from taskpar_ml.training.general import PairMaterial
from taskpar_ml.training.lessons import RISING, pair_lesson

OWN_SETTINGS: Final = TreeSettings(trees=60, learning_rate=0.05, leaves=7, least_rows=60)
"""How trees are grown that add to a general model: few and small, for little is known."""
STRENGTH: Final = 3.0
"""How hard the general calibration holds against that of one repository."""
_LEAST: Final = 30
"""Conflicts below which nothing is learned but calibration."""


def adapted(
    model: LearnedModel, material: PairMaterial, *, taught: float, calibrated: float
) -> LearnedModel:
    """Return the model as it knows one repository.

    Parameters
    ----------
    material
        Features made with the ranker of the model.
    taught
        Share of the batches that trees are grown on, oldest first.
    calibrated
        Share of the batches up to which, from there on, it is calibrated.
    """
    columns = model.pairs.columns
    lesson = pair_lesson(material.pairs, material.labels, columns, until=taught)
    pairs = model.pairs
    conflicts = int(np.nansum(lesson.truth)) // material.pairs.values.shape[1]
    if _LEAST <= conflicts < len(lesson.truth):
        own = BoostedTrees.grown(
            columns,
            [lesson],
            OWN_SETTINGS,
            rising=[int(name in RISING) for name in columns],
            starts=[pairs.margins(lesson.values).mean(axis=0)],
        )
        pairs = replace(pairs, own=own)
    first, end = (int(material.labels.n_batches * share) for share in (taught, calibrated))
    values = material.pairs.columns_of(columns)[first:end]
    truth = np.repeat(material.labels.counted[first:end, None], values.shape[1], axis=1)
    line = _calibrated(
        pairs.margins(values.reshape(-1, len(columns))).mean(axis=0), truth, pairs.line
    )
    return replace(model, pairs=replace(pairs, line=line))


def _calibrated(
    margin: NDArray[np.float64], truth: NDArray[np.float32], general: LogitLine
) -> LogitLine:
    """Return the line of one repository, drawn towards that of all."""
    known = ~np.isnan(truth.reshape(-1))
    # Every pair is told in several ways, which are no evidence of their own.
    weight = np.full(int(known.sum()), 1 / truth.shape[1])
    return LogitLine.fitted(
        np.asarray(expit(margin[known])),
        truth.reshape(-1)[known] > 0,
        prior=general,
        strength=STRENGTH,
        weight=weight,
    )
