"""The general model: learned from many repositories, for those that it has never seen.

Whatever is learned from something learned takes it from who has not seen the truth: the rankings
that judges of pairs learn from are those of rankers that learned from other repositories, and
probabilities are calibrated on what members say of repositories that they left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue
from scipy.special import expit

from taskpar_ml.errors import ModelError
from taskpar_ml.estimators.boosting import BoostedTrees, Lesson
from taskpar_ml.estimators.calibration import LogitLine
from taskpar_ml.estimators.effort_model import EffortModel
from taskpar_ml.estimators.learned_model import LearnedModel
from taskpar_ml.estimators.pair_model import PairModel
from taskpar_ml.estimators.touch_model import SeeingTrees, TouchModel
from taskpar_ml.features.vectorizer import LEARNED_EXTRACTORS, PairVectorizer
from taskpar_ml.footprints.candidates import BLIND_COLUMNS, CANDIDATE_COLUMNS
from taskpar_ml.sentence_encoder import MINILM
from taskpar_ml.training.lessons import (
    LEFT_OUT,
    PAIR_SETTINGS,
    RANKER_SETTINGS,
    RISING,
    pair_lesson,
    ranker_lesson,
)
from taskpar_ml.training.link_counts import LinkCounts, links_of
from taskpar_ml.training.pair_rows import PairRows
from taskpar_ml.training.repository_rows import RepositoryRows

FOLDS: Final = 3
"""Groups of repositories, each ranked by who has learned from the others."""
MEMBERS: Final = 5
"""Judges of pairs, each of which leaves out one group of repositories."""
PAIR_COLUMNS: Final = tuple(
    column.name
    for column in PairVectorizer(LEARNED_EXTRACTORS).columns
    if column.name not in LEFT_OUT
)
"""Features that judges of pairs see."""


def others(names: Sequence[str], group: int, groups: int) -> list[str]:
    """Return the names that are not of a group; every one of them if that leaves none.

    Examples
    --------
    >>> others(["a", "b", "c"], 0, 2)
    ['b']
    """
    left = [name for place, name in enumerate(names) if place % groups != group]
    return left or list(names)


def of_group(names: Sequence[str], group: int, groups: int) -> list[str]:
    """Return the names of a group.

    Examples
    --------
    >>> of_group(["a", "b", "c"], 0, 2)
    ['a', 'c']
    """
    return [name for place, name in enumerate(names) if place % groups == group]


def learned_ranker(
    name: str,
    rows: Mapping[str, RepositoryRows],
    counts: Mapping[str, LinkCounts],
    *,
    threads: int = 1,
) -> TouchModel:
    """Return a ranker of files that learned from some repositories.

    Parameters
    ----------
    rows
        By repository; links between words in them must be those of others.
    counts
        What links between words are learned from, by repository.
    """
    return TouchModel(
        name, _ranking_trees(BLIND_COLUMNS, rows, threads=threads), links_of(list(counts.values()))
    )


def seeing_ranker(
    ranker: TouchModel, rows: Mapping[str, RepositoryRows], *, threads: int = 1
) -> TouchModel:
    """Return a ranker that learned from the same repositories what texts mean, besides.

    Parameters
    ----------
    ranker
        Who speaks where nobody encodes texts.
    rows
        By repository, gathered with the encoder of the ``semantic`` extra.

    Raises
    ------
    ModelError
        If they were gathered without one.
    """
    untold = [name for name, each in rows.items() if not each.tells_meanings]
    if untold:
        raise ModelError(
            untold[0],
            "its rows do not tell what texts mean.",
            "Gather them into another directory with TASKPAR_SEMANTIC=on.",
        )
    trees = _ranking_trees(tuple(CANDIDATE_COLUMNS), rows, threads=threads)
    return replace(ranker, seeing=SeeingTrees(trees, MINILM))


def _ranking_trees(
    columns: Sequence[str], rows: Mapping[str, RepositoryRows], *, threads: int
) -> BoostedTrees:
    lessons = [ranker_lesson(each, columns) for each in rows.values()]
    return BoostedTrees.grown(columns, lessons, RANKER_SETTINGS, threads=threads)


@dataclass(frozen=True)
class PairMaterial:
    """What judges of pairs learn from in one repository."""

    pairs: PairRows
    labels: RepositoryRows

    @property
    def lesson(self) -> Lesson:
        """Everything in it."""
        return pair_lesson(self.pairs, self.labels, PAIR_COLUMNS)


def learned_model(
    name: str,
    ranker: TouchModel,
    material: Mapping[str, PairMaterial],
    *,
    effort: EffortModel | None,
    facts: Mapping[str, JsonValue],
    threads: int = 1,
) -> LearnedModel:
    """Return a model whose judges of pairs learned from some repositories.

    Parameters
    ----------
    name
        What it is called, with a version.
    ranker
        Who ranks files when the model serves.
    material
        By repository: features made with rankers and effort models that did not learn from it.
    effort
        Who sizes changes when the model serves.
    facts
        What a person should know of it.
    """
    lessons = {slug: each.lesson for slug, each in material.items()}
    members = tuple(_members(lessons, threads=threads))
    pairs = PairModel(name, members, _calibrated(members, lessons))
    return LearnedModel(ranker, pairs, facts, effort)


def _members(lessons: Mapping[str, Lesson], *, threads: int) -> Iterator[BoostedTrees]:
    names = list(lessons)
    for group in range(MEMBERS):
        yield BoostedTrees.grown(
            PAIR_COLUMNS,
            [lessons[name] for name in others(names, group, MEMBERS)],
            PAIR_SETTINGS.model_copy(update={"seed": group}),
            rising=[int(column in RISING) for column in PAIR_COLUMNS],
            threads=threads,
        )


def _calibrated(members: Sequence[BoostedTrees], lessons: Mapping[str, Lesson]) -> LogitLine:
    """Return the line through what members say of repositories that they left out."""
    told: list[NDArray[np.float64]] = []
    truth: list[NDArray[np.float32]] = []
    weight: list[NDArray[np.float64]] = []
    for group, member in enumerate(members):
        for name in of_group(list(lessons), group, len(members)):
            lesson = lessons[name]
            known = ~np.isnan(lesson.truth)
            told.append(expit(member.margin(lesson.values[known])))
            truth.append(lesson.truth[known])
            weight.append(np.full(known.sum(), 1 / max(known.sum(), 1)))
    scale = sum(map(len, told)) / max(len(told), 1)
    return LogitLine.fitted(
        np.concatenate(told),
        np.concatenate(truth) > 0,
        weight=np.concatenate(weight) * scale,
    )
