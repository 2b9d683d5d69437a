"""Labels out of what really happened, and replay labels of tasks whose outcomes are known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from taskpar_ml.domain.labels import ConflictKind, Direction, LabelSource, PairLabel
from taskpar_ml.domain.outcome import Ending, Outcome, RecordedOutcome
from taskpar_ml.domain.position import Position
from taskpar_ml.history.labels import replay_labels
from taskpar_ml.history.store.repo_history import RepoHistory
from taskpar_ml.policy.labels import LabelPolicy

_BROKE: frozenset[Ending] = frozenset((Ending.REVERTED, Ending.BUILD_FAILED, Ending.TESTS_FAILED))
"""Endings of work that merged and did not go together."""


def observed_labels(
    history: RepoHistory, policy: LabelPolicy, *, before: Position | None = None
) -> Iterator[PairLabel]:
    """Yield labels of pairs that ran at the same time, under the ids of their tasks.

    A pair conflicts if an attempt of one was hit because of the other: over the files in conflict,
    or because what merged did not go together. It does not if both ran beside each other and
    neither was hit because of the other, as far as reported. An attempt that was hit by nobody in
    particular, or failed by itself, says nothing.

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
    found: dict[tuple[str, str], list[tuple[RecordedOutcome, frozenset[ConflictKind]]]] = {}
    for recorded in history.outcomes(before=before):
        outcome = recorded.outcome
        if outcome.ending == Ending.FAILED or (outcome.hit and not outcome.because_of):
            continue
        for other in sorted({*outcome.beside, *outcome.because_of} - {outcome.task}):
            pair = min(outcome.task, other), max(outcome.task, other)
            kinds = _kinds(outcome, policy) if other in outcome.because_of else frozenset()
            found.setdefault(pair, []).append((recorded, kinds))
    for (a, b), reports in sorted(found.items()):
        if len({recorded.outcome.task for recorded, _ in reports}) == 1 and not any(
            kinds for _, kinds in reports
        ):
            # Of the other one it is not known how it ended: it may have been hit yet.
            continue
        last = max(reports, key=lambda each: each[0].recorded_at)[0]
        yield PairLabel(
            task_a=a,
            task_b=b,
            direction=Direction.B_FIRST if last.outcome.task == a else Direction.A_FIRST,
            kinds=frozenset().union(*(kinds for _, kinds in reports)),
            source=LabelSource.OBSERVED,
            base=reports[0][0].outcome.base,
            known_at=last.recorded_at,
            concurrent=True,
        )


def landed_labels(
    history: RepoHistory, policy: LabelPolicy, *, before: Position | None = None
) -> Iterator[PairLabel]:
    """Yield replay labels of tasks whose outcomes were recorded, under the ids of their tasks.

    So a pair that a plan kept apart still teaches, once both have landed and were mined.

    Raises
    ------
    StoreError
        If the store cannot be read.
    """
    tasks: dict[str, tuple[str, datetime]] = {}
    with history.at_one_moment() as reader:
        commits = {
            commit: placed.landing.id
            for placed in reader.landings(before=before)
            for commit in placed.landing.commits
        }
        for recorded in reader.outcomes(before=before):
            landing = commits.get(recorded.outcome.landed_as or "")
            if landing is not None:
                tasks[landing] = recorded.outcome.task, recorded.recorded_at
    for label in replay_labels(history, policy, before=before):
        if label.task_a in tasks and label.task_b in tasks:
            yield _renamed(label, tasks[label.task_a][0], tasks[label.task_b][0])


def _kinds(outcome: Outcome, policy: LabelPolicy) -> frozenset[ConflictKind]:
    """Return how an attempt collided that was hit."""
    if outcome.ending in _BROKE and not outcome.conflicts:
        return frozenset((ConflictKind.LOGICAL,))
    if outcome.conflicts and all(map(policy.is_trivial, outcome.conflicts)):
        return frozenset((ConflictKind.TRIVIAL,))
    return frozenset((ConflictKind.TEXTUAL,))


def _renamed(label: PairLabel, a: str, b: str) -> PairLabel:
    """Return a label under other ids, its sides in their order."""
    first, second = (a, b) if label.direction == Direction.A_FIRST else (b, a)
    return PairLabel(
        task_a=min(a, b),
        task_b=max(a, b),
        direction=Direction.A_FIRST if first < second else Direction.B_FIRST,
        kinds=label.kinds,
        source=label.source,
        base=label.base,
        known_at=label.known_at,
        concurrent=label.concurrent,
    )
