"""What could be said of pairs before anything was learned: the baselines of predicted pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.footprint import Surface, TouchMatrix
from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.domain.scored import PairFeatures
from taskpar_ml.domain.task import Task
from taskpar_ml.estimators.fixed_weights import WEIGHTS, FixedWeights
from taskpar_ml.features.block import PairBlock
from taskpar_ml.features.chances import any_of, cosine, power_sums
from taskpar_ml.features.context import PairContext
from taskpar_ml.features.overlap import expected_share
from taskpar_ml.features.semantic import TextSimilarity
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.mentions import TextMentions
from taskpar_ml.footprints.neighbours import NEIGHBOUR_GAIN
from taskpar_ml.footprints.paths import paths_in
from taskpar_ml.footprints.predictor import FootprintPredictor
from taskpar_ml.footprints.relevance import GAIN
from taskpar_ml.predictor import ConflictPredictor

FORMS: Final = ("fixed weights, Jaccard", "fixed weights, cosine", "fixed weights, any")
"""Fixed weights by how overlap is measured: share, cosine, chance of anything in common."""
TEXTS: Final = "texts alone"
MENTIONED: Final = "mentioned paths"
UNLEARNED: Final = (*FORMS, TEXTS, MENTIONED)
"""Names of all baselines of pairs of which texts are known."""

_SURFACES: Final = {"file": Surface.FILE, "api": Surface.ENDPOINT, "database": Surface.TABLE}
_MENTIONS: Final = FootprintPredictor(
    (TextMentions(Surface.FILE, paths_in),), without={*GAIN, *NEIGHBOUR_GAIN}
)


def unlearned_scores(
    tasks: Sequence[Task], memory: RepoMemory
) -> Mapping[str, NDArray[np.float64]]:
    """Return the scores of all pairs by every baseline, shape ``(n_pairs,)`` each.

    Parameters
    ----------
    tasks
        In code-point order of their ids.
    memory
        The repository and its past.

    Returns
    -------
    mapping
        By name in :data:`UNLEARNED`; higher is riskier, NaN where a baseline cannot say.
    """
    context = ConflictPredictor(FixedWeights()).context(tasks, memory)
    pairs = PairTable.of(task.id for task in tasks)
    similar = TextSimilarity().extract(pairs, context)[:, 0]
    found = {name: _fixed(pairs, context, similar, place) for place, name in enumerate(FORMS)}
    found[TEXTS] = np.nan_to_num(similar)
    named = _MENTIONS.predict(tasks, memory).surfaces.get(Surface.FILE)
    share = np.zeros(len(pairs)) if named is None else expected_share(pairs, named)
    found[MENTIONED] = np.nan_to_num(share)
    return found


def _fixed(
    pairs: PairTable, context: PairContext, similar: NDArray[np.float64], form: int
) -> NDArray[np.float64]:
    columns = {"semantic": similar}
    for name, surface in _SURFACES.items():
        matrix = context.footprints.surfaces.get(surface)
        unknown = np.full(len(pairs), np.nan)
        columns[name] = unknown if matrix is None else _overlap(pairs, matrix, form)
    values = np.stack([columns[name] for name in WEIGHTS], axis=1)
    return FixedWeights().estimate(PairFeatures(tuple(WEIGHTS), values)).score


def _overlap(pairs: PairTable, matrix: TouchMatrix, form: int) -> NDArray[np.float64]:
    if form == 0:
        return expected_share(pairs, matrix)
    block = PairBlock(pairs)
    if form == 1:
        values = cosine(block, pairs, matrix.touch)
    else:
        values = any_of(power_sums(block, matrix.touch))
    known = matrix.known[pairs.a] & matrix.known[pairs.b]
    return np.asarray(np.where(known, values, np.nan))
