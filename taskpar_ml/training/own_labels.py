"""What became of the pairs of a repository: what replaying found, and what really happened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.mined import PairFinding
from taskpar_ml.domain.position import Position
from taskpar_ml.history.batches import TaskBatch
from taskpar_ml.history.observed import landed_as, observed_labels
from taskpar_ml.history.store.repo_history import RepoHistory
from taskpar_ml.policy.labels import LabelPolicy
from taskpar_ml.training.pair_labels import PairLabels

OBSERVED_WEIGHT: Final = 2.0
"""How many replayed pairs one counts that really ran at the same time."""


@dataclass(frozen=True)
class OwnLabels:
    """Labels of the pairs of batches, shape ``(n_batches, n_pairs)`` each.

    Attributes
    ----------
    counted
        1 where the pair conflicts under the policy, 0 where not, NaN where that is unknown.
    weight
        How much each counts.
    observed
        Whether somebody saw it happen; the others were replayed.
    """

    counted: NDArray[np.float32]
    weight: NDArray[np.float32]
    observed: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        history: RepoHistory,
        batches: Sequence[TaskBatch],
        found: Iterable[PairFinding],
        policy: LabelPolicy,
        *,
        before: Position | None = None,
    ) -> OwnLabels:
        """Return what is known of all pairs of some batches.

        What really happened to a pair stands in place of what replaying says of it: the replay
        imagines that both were done completely from one base, which is a guess where they ran.
        Conflicts that no merge shows, like two migrations of one number, are not taken back by two
        tasks that merged.

        Parameters
        ----------
        batches
            At least one.
        found
            What replaying found, of these and maybe other pairs.
        policy
            What counts.
        before
            Where the question is asked; by default after everything.

        Raises
        ------
        StoreError
            If the store cannot be read.
        """
        replayed = [
            PairLabels.of(batch.tasks, pairs, policy)
            for batch, pairs in zip(batches, _by_batch(batches, found), strict=True)
        ]
        counted = np.stack([each.counted for each in replayed])
        textual = np.stack([each.textual for each in replayed])
        seen = _observed(history, policy, before=before)
        happened = np.array(
            [
                [seen.get(frozenset((a.id, b.id)), np.nan) for a, b in combinations(each.tasks, 2)]
                for each in batches
            ],
            dtype=np.float32,
        )
        # That two merged says nothing of a conflict that no merge shows.
        is_unseen = (happened == 0) & (counted == 1) & (textual != 1)
        observed = ~np.isnan(happened) & ~is_unseen
        return cls(
            np.where(observed, happened, counted),
            np.where(observed, OBSERVED_WEIGHT, 1).astype(np.float32),
            observed,
        )


def _by_batch(
    batches: Sequence[TaskBatch], found: Iterable[PairFinding]
) -> list[list[PairFinding]]:
    """Return the pairs whose tasks stand in one batch, batch by batch."""
    place = {task.id: number for number, batch in enumerate(batches) for task in batch.tasks}
    inside: list[list[PairFinding]] = [[] for _ in batches]
    for pair in found:
        number = place.get(pair.earlier)
        if number is not None and number == place.get(pair.later):
            inside[number].append(pair)
    return inside


def _observed(
    history: RepoHistory, policy: LabelPolicy, *, before: Position | None
) -> dict[frozenset[str], float]:
    """Return which pairs of landings conflicted when they ran at the same time."""
    landings = {task: landing for task, (landing, _) in landed_as(history, before=before).items()}
    found: dict[frozenset[str], float] = {}
    for label in observed_labels(history, policy, before=before):
        known = policy.is_positive(label.kinds)
        if known is not None and label.task_a in landings and label.task_b in landings:
            key = frozenset((landings[label.task_a], landings[label.task_b]))
            # Several tasks may have landed as one: one conflict is enough.
            found[key] = max(found.get(key, 0.0), float(known))
    return found
