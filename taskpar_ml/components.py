"""The features of pairs, with what each of them says to whoever estimates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from taskpar_ml.domain.explanation import Component
from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.domain.plan import Contribution, PairReason
from taskpar_ml.domain.scored import PairFeatures, ScoredPairs
from taskpar_ml.estimators.contract import ConflictEstimator
from taskpar_ml.estimators.pair_model import PairModel
from taskpar_ml.features.context import PairContext
from taskpar_ml.features.vectorizer import EVIDENCE_EXTRACTORS, PairVectorizer
from taskpar_ml.predictor import ConflictPredictor

_STRONGEST: Final = 3
"""Contributions that a pair carries."""


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
    (adds,) = _added(predictor.estimator, features)
    return tuple(
        Component(
            name=column.name,
            value=_known(features[column.name][0]),
            meaning=column.meaning,
            adds=adds.get(column.name),
        )
        for column in everything.columns
    )


def with_contributions(
    reasons: Sequence[PairReason], scored: ScoredPairs, predictor: ConflictPredictor
) -> tuple[PairReason, ...]:
    """Return decisions about pairs with the features that change the odds of each most.

    Parameters
    ----------
    reasons
        Of a few of the scored pairs: telling what features add takes long beside scoring.
    scored
        The pairs with their features.
    predictor
        Who scored them.
    """
    if not reasons:
        return ()
    place = {task: row for row, task in enumerate(scored.pairs.ids)}
    row_of = scored.pairs.row_matrix()
    rows = [int(row_of[place[each.task_a], place[each.task_b]]) for each in reasons]
    features = PairFeatures(scored.features.names, scored.features.values[rows])
    added = _added(predictor.estimator, features)
    return tuple(
        each.model_copy(update={"speaks": _strongest(adds, features, row)})
        for row, (each, adds) in enumerate(zip(reasons, added, strict=True))
    )


def _strongest(
    adds: Mapping[str, float], features: PairFeatures, row: int
) -> tuple[Contribution, ...]:
    names = sorted((name for name in adds if adds[name]), key=lambda name: -abs(adds[name]))
    return tuple(
        Contribution(feature=name, value=_known(features[name][row]), adds=adds[name])
        for name in names[:_STRONGEST]
    )


def _added(estimator: ConflictEstimator, features: PairFeatures) -> Sequence[Mapping[str, float]]:
    """Return what each feature adds to the log odds of every pair, where that can be told."""
    if not isinstance(estimator, PairModel):
        return [{}] * len(features.values)
    return [
        dict(zip(estimator.columns, map(float, told), strict=False))
        for told in estimator.contributions(features)
    ]


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
