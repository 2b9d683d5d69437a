"""A model that learns from one repository: out of its mined history, as it is known at a commit."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from pydantic import JsonValue

from taskpar_ml.backtest.mined import check_mined
from taskpar_ml.domain.landing import Landing
from taskpar_ml.domain.mined import PairFinding
from taskpar_ml.domain.position import Position
from taskpar_ml.domain.protocols import FactCache
from taskpar_ml.domain.training import TrainingReport, TriedWayReport
from taskpar_ml.errors import ModelError, ReplayError
from taskpar_ml.estimators.learned_model import LearnedModel
from taskpar_ml.history.batches import BATCH_SIZE, MEMORY_ONLY, TaskBatch, task_batches
from taskpar_ml.history.past_rates import PastRates
from taskpar_ml.history.store.repo_history import RepoHistory
from taskpar_ml.policy.labels import LabelPolicy
from taskpar_ml.training.adapting import Adaptation, Way, adapted
from taskpar_ml.training.own_labels import OwnLabels
from taskpar_ml.training.pair_rows import PairRows

OWN: Final = "own"
"""What a model tells of the repository whose past it has learned from, among its facts."""
MOST_TASKS: Final = 100_000
"""Newest tasks that anybody may ask to learn from."""


@dataclass(frozen=True)
class OwnPast:
    """The past of a repository, up to a commit.

    Attributes
    ----------
    landings
        Everything that landed, oldest first.
    batches
        Batches that are learned from, oldest first; empty where there are too few tasks.
    found
        What replaying found of their pairs.
    until
        The newest commit.
    before
        Where the question is asked; None where that is after everything.
    """

    landings: Sequence[Landing]
    batches: Sequence[TaskBatch]
    found: Sequence[PairFinding]
    until: str
    before: Position | None

    @property
    def tasks(self) -> int:
        """How many landings are work."""
        return sum(each.is_task for each in self.landings)


class Trained(NamedTuple):
    """A model that has learned from a repository, and what there is to say of it."""

    model: LearnedModel
    report: TrainingReport


def own_past(history: RepoHistory, *, tasks: int, until: str | None = None) -> OwnPast:
    """Return what a model can learn from in a mined history.

    Batches are counted from its beginning, so that those of today are those of tomorrow, too.

    Parameters
    ----------
    tasks
        How many of the newest tasks are learned from at most.
    until
        Id of the newest commit that is looked at; the last that was read if None.

    Raises
    ------
    UnknownLandingError
        If ``until`` is part of no landing.
    ReplayError
        If nothing was mined, or one of the tasks was not.
    StoreError
        If the store cannot be read.
    """
    with history.at_one_moment() as reader:
        place = None if until is None else reader.position_of(until)
        before = None if place is None else Position(place.number + 1, place.time)
        landings = [placed.landing for placed in reader.landings(before=before)]
        if not landings:
            raise ReplayError(history.place, "nothing of it is mined.", "Run `taskpar mine` first.")
        batches = task_batches(landings)[-max(tasks // BATCH_SIZE, 1) :]
        chosen = {task.id for batch in batches for task in batch.tasks}
        check_mined(chosen, reader, place=history.place)
        found = [
            pair
            for pair in reader.pairs(before=before)
            if pair.earlier in chosen and pair.later in chosen
        ]
    return OwnPast(landings, batches, found, until or landings[-1].id, before)


def trained(
    model: LearnedModel,
    history: RepoHistory,
    place: Path,
    past: OwnPast,
    *,
    policy: LabelPolicy,
    cache: FactCache,
    progress: Callable[[int], None] = lambda batch: None,
) -> Trained:
    """Return a model that has learned from a repository.

    Parameters
    ----------
    model
        The model to start from; it must not have learned from this repository.
    history
        The mined history.
    place
        The repository.
    past
        What is learned from.
    policy
        What counts as a conflict.
    cache
        What reading the repository found before.
    progress
        Told the number of each batch that is done.

    Raises
    ------
    ModelError
        If the model has learned from a repository's own past already.
    StoreError
        If the store cannot be read.
    RepositoryError
        If the repository cannot be read.
    """
    if OWN in model.facts:
        raise ModelError(
            model.name,
            "has learned from a repository's own past already.",
            "Start from a general model: name it with --model, or none.",
        )
    observed = 0
    adaptation = Adaptation(model, Way.AS_IT_IS, 0, 0, 0)
    if past.batches:
        labels = OwnLabels.of(history, past.batches, past.found, policy, before=past.before)
        pairs = PairRows.gathered(
            place,
            past.batches,
            ranker=model.ranker,
            sizer=model.effort,
            cache=cache,
            rates=PastRates.read(history),
            progress=progress,
        )
        adaptation = adapted(model, pairs, labels.counted, weight=labels.weight)
        observed = int(labels.observed.sum())
    digest = _fingerprint(adaptation.model, history.name, past.until, adaptation.pairs, observed)
    report = TrainingReport(
        model=model.name
        if adaptation.way is Way.AS_IT_IS
        else f"{model.name}+{history.name}@{past.until[:12]}.{digest[:8]}",
        general=model.name,
        history=history.name,
        until=past.until,
        landings=len(past.landings),
        tasks=past.tasks,
        batches=adaptation.batches,
        pairs=adaptation.pairs,
        observed=observed,
        conflicts=adaptation.conflicts,
        regime=regime_of(adaptation),
        way=adaptation.way.value,
        tried=[
            TriedWayReport(way=each.way.value, difference=each.difference, error=each.error)
            for each in adaptation.tried
        ],
        fingerprint=digest,
    )
    told: dict[str, JsonValue] = report.model_dump(mode="json")
    named = replace(
        adaptation.model,
        pairs=replace(adaptation.model.pairs, name=report.model),
        facts={**model.facts, OWN: told},
    )
    return Trained(named, report)


def _fingerprint(model: LearnedModel, *words: object) -> str:
    """Return what stands for all that a model says of pairs, and for some words."""
    pairs, own = model.pairs, model.pairs.own
    links = model.ranker.links
    said = [model.ranker.trees.text, *(each.text for each in pairs.members), own and own.text]
    told = hashlib.sha256(repr((model.name, *said, pairs.line, *words)).encode())
    if links is not None:
        told.update(np.ascontiguousarray(links.lifts).tobytes())
    return told.hexdigest()


def regime_of(adaptation: Adaptation) -> str:
    """Return in a sentence how much there is to learn from, and what that means."""
    if not adaptation.batches:
        return f"Fewer than {MEMORY_ONLY + BATCH_SIZE} tasks: the general model serves as it is."
    if not 0 < adaptation.conflicts < adaptation.pairs:
        return "One outcome alone teaches nothing: the general model serves as it is."
    if not adaptation.tried:
        return "A little to learn from: what was learned could not be tried on this history."
    return "Enough to learn from: what was learned was tried on later parts of this history."
