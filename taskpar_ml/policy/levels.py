"""Of which level every pair is: how well known it is that such pairs are safe together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.levels import LEVELS, Level
from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.policy.facts import TaskFacts
from taskpar_ml.policy.rules import (
    Mask,
    in_different_contexts,
    in_different_layers,
    in_different_places,
    one_of,
)
from taskpar_ml.policy.signs import Category

LOW_RISK: Final = 0.1
"""Probability of a conflict below which the risk of a pair is low."""


def pair_levels(pairs: PairTable, facts: TaskFacts, risk: NDArray[np.float64]) -> NDArray[np.int8]:
    """Return the level of every pair as its place in ``LEVELS``, shape ``(n_pairs,)``.

    Parameters
    ----------
    facts
        What is known of the tasks, rows as in the table's ids.
    risk
        Probability that the pair conflicts, shape ``(n_pairs,)``; NaN where it is not known.
    """
    masks = dict(_fitting(pairs, facts, risk))
    fits = np.array([masks[level] for level in LEVELS], dtype=bool)
    return np.asarray(fits.argmax(axis=0), dtype=np.int8)


def _fitting(
    pairs: PairTable, facts: TaskFacts, risk: NDArray[np.float64]
) -> Iterator[tuple[Level, Mask]]:
    """Yield which pairs fit each level."""
    documents, tests = facts.category[Category.DOCUMENTATION], facts.category[Category.TESTS]
    yield Level.DOCUMENTATION_AND_TESTS, one_of(documents, pairs) | one_of(tests, pairs)
    yield Level.SERVICES, in_different_places(facts.services, pairs)
    yield Level.LAYERS, in_different_layers(pairs, facts)
    yield Level.CONTEXTS, in_different_contexts(pairs, facts)
    yield Level.LOW_RISK, risk < LOW_RISK
    yield Level.AFFORDED, np.ones(len(pairs), dtype=bool)
