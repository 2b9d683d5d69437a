"""What a plan would be made from if an item were cut so that no two tasks share it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.footprint import Surface
from taskpar_ml.domain.scored import joined
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.setting_apart import without_item
from taskpar_ml.judging import PairJudge
from taskpar_ml.planner.inputs import PlanInputs
from taskpar_ml.predictor import ConflictPredictor


def set_apart(
    inputs: PlanInputs,
    *,
    judge: PairJudge,
    predictor: ConflictPredictor,
    memory: RepoMemory,
    order: NDArray[np.bool_],
) -> Callable[[Surface, str], PlanInputs]:
    """Return who says what changes when an item is set apart: all pairs are scored again.

    Parameters
    ----------
    judge
        Who judged the pairs of ``inputs``.
    order
        Which task must land before which, rows as in the judge's context.
    """

    def changed(surface: Surface, item: str) -> PlanInputs:
        footprints = without_item(judge.context.footprints, memory, surface=surface, item=item)
        context = replace(judge.context, footprints=footprints)
        pairs = inputs.scored.pairs
        scored = joined(list(predictor.score(pairs, context)), pairs)
        grounds = replace(judge, context=context).grounds(scored, inputs.suggested, order)
        return replace(inputs, scored=scored, grounds=grounds)

    return changed
