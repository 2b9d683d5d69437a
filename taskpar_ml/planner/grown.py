"""What growth allows, as grounds of decisions about pairs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.levels import LEVELS
from taskpar_ml.domain.plan import Because
from taskpar_ml.planner.admission import Admission
from taskpar_ml.planner.decisions import PairGrounds
from taskpar_ml.planner.exploring import drawn, held_back
from taskpar_ml.planner.inputs import PlanInputs
from taskpar_ml.policy.rules import RuleVerdict


class GrownTo(NamedTuple):
    """What growth allows at the moment.

    Attributes
    ----------
    admission
        Its state.
    running
        Tasks whose attempts are in flight, those included that are in no file that was read.
    attempt_of
        Tells the attempt that a task runs as, or would start as.
    """

    admission: Admission
    running: frozenset[str]
    attempt_of: Callable[[str], Attempt]


def within(
    inputs: PlanInputs, grown: GrownTo, levels: NDArray[np.int8], *, limit: float | None
) -> PlanInputs:
    """Return what is decided by, within what growth allows: see :func:`grown_grounds`."""
    return replace(inputs, grounds=grown_grounds(inputs.grounds, grown, levels, limit=limit))


def grown_grounds(
    grounds: PairGrounds, grown: GrownTo, levels: NDArray[np.int8], *, limit: float | None
) -> PairGrounds:
    """Return the grounds of decisions about pairs, within what growth allows.

    The threshold is that of the moment, and pairs of a level that is closed stay apart, unless it
    is open to one of the two attempts. What somebody declared is as before.

    Parameters
    ----------
    levels
        Level of each pair as its place among the levels, shape ``(n_pairs,)``, or
        :data:`~taskpar_ml.planner.exploring.DECLARED`.
    limit
        Highest threshold that growth may reach; None for no limit.
    """
    threshold = grown.admission.threshold.value
    if limit is not None:
        threshold = min(threshold, limit)
    pairs = grounds.pairs
    chance = np.array([drawn(grown.attempt_of(task)) for task in pairs.ids])
    back = held_back(levels, grown.admission.levels, chance[pairs.a], chance[pairs.b])
    closed = [
        (
            Because.LEVEL,
            RuleVerdict(
                f"level {level.value}",
                f"pairs like them ({level.meaning}) are not let run together yet",
                back & (levels == place),
            ),
        )
        for place, level in enumerate(LEVELS)
        if level in grown.admission.levels.closed
    ]
    return replace(grounds, threshold=threshold, conflicts=(*grounds.conflicts, *closed))
