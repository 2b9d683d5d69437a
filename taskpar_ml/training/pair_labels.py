"""What became of the pairs of a batch, as columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Self

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.labels import ConflictKind
from taskpar_ml.domain.landing import Landing
from taskpar_ml.domain.mined import PairFinding
from taskpar_ml.policy.labels import LabelPolicy


@dataclass(frozen=True)
class PairLabels:
    """Labels of the pairs of some tasks, in the order of a pair table, shape ``(n_pairs,)`` each.

    Attributes
    ----------
    textual
        1 where both changed the same lines, 0 where not, NaN where that is unknown.
    counted
        The same for any conflict that the policy counts.
    one_author
        Whether one person did both.
    concurrent
        Whether both were really done at the same time.
    """

    textual: NDArray[np.float32]
    counted: NDArray[np.float32]
    one_author: NDArray[np.bool_]
    concurrent: NDArray[np.bool_]

    @classmethod
    def of(
        cls, tasks: Sequence[Landing], found: Iterable[PairFinding], policy: LabelPolicy
    ) -> Self:
        """Return the labels of all pairs of the tasks; a pair that was never replayed is unknown.

        Parameters
        ----------
        tasks
            In the order of the pair table's ids.
        found
            What replaying found, of these and maybe other pairs.
        policy
            What counts.
        """
        place = {task.id: row for row, task in enumerate(tasks)}
        known = {
            tuple(sorted((place[pair.earlier], place[pair.later]))): pair
            for pair in found
            if pair.earlier in place and pair.later in place
        }
        rows = [known.get(pair) for pair in combinations(range(len(tasks)), 2)]
        textual = LabelPolicy(
            policy.settings.model_copy(update={"counted": (ConflictKind.TEXTUAL,)})
        )
        return cls(
            np.array([_label(pair, textual) for pair in rows], dtype=np.float32),
            np.array([_label(pair, policy) for pair in rows], dtype=np.float32),
            np.array([one.author == two.author for one, two in combinations(tasks, 2)], dtype=bool),
            np.array([pair is not None and pair.concurrent for pair in rows], dtype=bool),
        )


def _label(pair: PairFinding | None, policy: LabelPolicy) -> float:
    known = None if pair is None else policy.is_positive(policy.kinds(pair))
    return np.nan if known is None else float(known)
