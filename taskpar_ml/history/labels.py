"""Labels of pairs out of a store: findings judged by a policy."""

from __future__ import annotations

from collections.abc import Iterator

from taskpar_ml.domain.labels import Direction, LabelSource, PairLabel
from taskpar_ml.domain.moments import moment_of
from taskpar_ml.domain.position import Position
from taskpar_ml.history.store.repo_history import RepoHistory
from taskpar_ml.policy.labels import LabelPolicy


def replay_labels(
    history: RepoHistory, policy: LabelPolicy, *, before: Position | None = None
) -> Iterator[PairLabel]:
    """Yield the label of every mined pair that was known before a position.

    Both tasks are imagined to start from the commit before the earlier one: that is the newest
    state which holds nothing of either.

    Parameters
    ----------
    policy
        What is trivial.
    before
        Where the question is asked; by default after everything.

    Raises
    ------
    StoreError
        If the store cannot be read.
    """
    with history.at_one_moment() as reader:
        landed = {
            placed.landing.id: (placed.landing.base, placed.landing.landed_at)
            for placed in reader.landings(before=before)
            if placed.landing.is_task
        }
        for pair in reader.pairs(before=before):
            base = landed[pair.earlier][0]
            if base is None:
                continue
            first = pair.earlier < pair.later
            yield PairLabel(
                task_a=min(pair.earlier, pair.later),
                task_b=max(pair.earlier, pair.later),
                direction=Direction.A_FIRST if first else Direction.B_FIRST,
                kinds=policy.kinds(pair),
                source=LabelSource.REPLAY,
                base=base,
                known_at=moment_of(landed[pair.later][1]),
                concurrent=pair.concurrent,
            )
