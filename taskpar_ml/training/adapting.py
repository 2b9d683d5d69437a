"""A general model made one repository's own: calibrated by what happened there."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from scipy.special import expit

from taskpar_ml.estimators.calibration import LogitLine
from taskpar_ml.estimators.learned_model import LearnedModel
from taskpar_ml.training.general import PairMaterial

STRENGTH: Final = 30.0
"""How hard the general calibration holds against that of one repository."""


def adapted(model: LearnedModel, material: PairMaterial, *, until: float) -> LearnedModel:
    """Return the model as it knows one repository that it has not learned from.

    Parameters
    ----------
    material
        Features made with the ranker of the model.
    until
        Share of the batches by which it is calibrated, oldest first.

    Notes
    -----
    Trees grown on one repository's own pairs, added to those of the model, rank its later pairs no
    better. What a repository teaches is how often its tasks conflict.
    """
    end = int(material.labels.n_batches * until)
    columns = model.pairs.columns
    values = material.pairs.columns_of(columns)[:end]
    truth = np.repeat(material.labels.counted[:end, None], values.shape[1], axis=1).reshape(-1)
    known = ~np.isnan(truth)
    margin = model.pairs.margins(values.reshape(-1, len(columns))).mean(axis=0)
    line = LogitLine.fitted(
        np.asarray(expit(margin[known])),
        truth[known] > 0,
        prior=model.pairs.line,
        strength=STRENGTH,
        # Every pair is told in several ways, which are no evidence of their own.
        weight=np.full(int(known.sum()), 1 / values.shape[1]),
    )
    return replace(model, pairs=replace(model.pairs, line=line))
