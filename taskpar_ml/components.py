"""The features of one pair, with what each of them says to whoever estimates."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from taskpar_ml.domain.explanation import Component
from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.domain.scored import PairFeatures
from taskpar_ml.estimators.contract import ConflictEstimator
from taskpar_ml.estimators.pair_model import PairModel
from taskpar_ml.features.context import PairContext
from taskpar_ml.features.vectorizer import EVIDENCE_EXTRACTORS, PairVectorizer
from taskpar_ml.predictor import ConflictPredictor


def pair_components(
    pairs: PairTable, context: PairContext, predictor: ConflictPredictor
) -> tuple[Component, ...]:
    """Return everything that is seen of a pair, whether or not the estimator looks at it.

    Parameters
    ----------
    pairs
        One pair.
    context
        What is known of its tasks.
    predictor
        Who estimates.
    """
    extractors = dict.fromkeys([*EVIDENCE_EXTRACTORS, *predictor.vectorizer.extractors])
    everything = PairVectorizer(tuple(extractors))
    features = everything.transform(pairs, context)
    adds = _added(predictor.estimator, features)
    return tuple(
        Component(
            name=column.name,
            value=None if np.isnan(features[column.name][0]) else features[column.name][0],
            meaning=column.meaning,
            adds=adds.get(column.name),
        )
        for column in everything.columns
    )


def _added(estimator: ConflictEstimator, features: PairFeatures) -> Mapping[str, float]:
    """Return what each feature adds to the log odds of the pair, where that can be told."""
    if not isinstance(estimator, PairModel):
        return {}
    told = estimator.contributions(features)[0]
    return dict(zip(estimator.columns, map(float, told), strict=False))
