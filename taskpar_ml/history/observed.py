"""Labels out of what really happened, and replay labels of tasks whose outcomes are known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from taskpar_ml.domain.labels import ConflictKind, Direction, LabelSource, PairLabel
from taskpar_ml.domain.outcome import LANDED, Ending, Outcome, RecordedOutcome
from taskpar_ml.domain.position import Position
from taskpar_ml.history.labels import replay_labels
from taskpar_ml.history.store.repo_history import RepoHistory
from taskpar_ml.policy.labels import LabelPolicy

_BROKE: Final = frozenset((Ending.REVERTED, Ending.BUILD_FAILED, Ending.TESTS_FAILED))
"""Endings of work that merged and did not go together."""


def observed_labels(
    history: RepoHistory, policy: LabelPolicy, *, before: Position | None = None
) -> Iterator[PairLabel]:
    """Yield labels of pairs that ran at the same time, under the ids of their tasks.

    A pair conflicts if an attempt of one was hit because of the other: over the files in conflict,
    or because what merged did not go together. It does not if both ran beside each other and
    neither was hit because of the other, as far as reported. An attempt that was hit by nobody in
    particular, or failed by itself, says nothing; one that did not land, nothing of tasks that did
    not stop it. The one that was hit came second, or else the one that ended last.

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
        if outcome.hit and not outcome.because_of:
            continue
        causes = outcome.because_of
        beside = outcome.beside if outcome.ending in LANDED else ()
        for other in {*beside, *causes} - {outcome.task}:
            pair = min(outcome.task, other), max(outcome.task, other)
            kinds = _kinds(outcome, policy) if other in causes else frozenset()
            found.setdefault(pair, []).append((recorded, kinds))
    for (a, b), reports in sorted(found.items()):
        if len({recorded.outcome.task for recorded, _ in reports}) == 1 and not any(
            kinds for _, kinds in reports
        ):
            # Of the other one it is not known how it ended: it may have been hit yet.
            continue
        second = max(reports, key=lambda each: (bool(each[1]), each[0].outcome.ended_at))[0]
        yield PairLabel(
            task_a=a,
            task_b=b,
            direction=Direction.B_FIRST if second.outcome.task == a else Direction.A_FIRST,
            kinds=frozenset().union(*(kinds for _, kinds in reports)),
            source=LabelSource.OBSERVED,
            base=reports[0][0].outcome.base,
            known_at=max(recorded.recorded_at for recorded, _ in reports),
            concurrent=True,
        )


def landed_labels(
    history: RepoHistory, policy: LabelPolicy, *, before: Position | None = None
) -> Iterator[PairLabel]:
    """Yield replay labels of tasks whose outcomes were recorded, under the ids of their tasks.

    So a pair that a plan kept apart still teaches, once both have landed and were mined. A label is
    known when it is also known which tasks landed as what.

    Raises
    ------
    StoreError
        If the store cannot be read.
    """
    landed = landed_as(history, before=before)
    tasks = {landing: (task, at) for task, (landing, at) in landed.items()}
    for label in replay_labels(history, policy, before=before):
        if label.task_a in tasks and label.task_b in tasks:
            (a, a_known), (b, b_known) = tasks[label.task_a], tasks[label.task_b]
            known_at = max(label.known_at, a_known, b_known)
            yield replace(_renamed(label, a, b), known_at=known_at)


def landed_as(
    history: RepoHistory, *, before: Position | None = None
) -> dict[str, tuple[str, datetime]]:
    """Return as which landing each task landed whose outcome was recorded, and when that was.

    Of a task that landed several times, the landing that was recorded last counts.

    Raises
    ------
    StoreError
        If the store cannot be read.
    """
    landed: dict[str, tuple[str, datetime]] = {}
    with history.at_one_moment() as reader:
        commits = {
            commit: placed.landing.id
            for placed in reader.landings(before=before)
            for commit in placed.landing.commits
        }
        for recorded in reader.outcomes(before=before):
            landing = commits.get(recorded.outcome.landed_as or "")
            if landing is not None:
                landed[recorded.outcome.task] = landing, recorded.recorded_at
    return landed


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
    return replace(
        label,
        task_a=min(a, b),
        task_b=max(a, b),
        direction=Direction.A_FIRST if first < second else Direction.B_FIRST,
    )
