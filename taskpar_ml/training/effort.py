"""The effort model that is shipped, and how well models tell sizes of tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue
from scipy.stats import rankdata

from taskpar_ml.estimators.effort_model import EffortModel, learned_effort
from taskpar_ml.history.wordings import Wording
from taskpar_ml.training.effort_rows import EffortRows

GROUPS: Final = 4
"""Groups of repositories, of which each in turn teaches nothing."""

Numbers = NDArray[np.float64]


class EffortFigures(NamedTuple):
    """How well sizes of the tasks of one repository are told.

    Attributes
    ----------
    ranks
        Spearman's rank correlation of predicted and real sizes, in [-1, 1]; NaN where either is
        always the same.
    explained
        Share of the variance of the logarithm of sizes that is predicted (R2), at most 1 and below
        0 where the mean would tell more; NaN where all sizes are the same.
    """

    ranks: float
    explained: float

    @classmethod
    def of(cls, predicted: Numbers, real: Numbers) -> EffortFigures:
        """Return the figures of predicted and real logarithms of sizes."""
        if len(real) < 2 or np.ptp(real) == 0:
            return cls(np.nan, np.nan)
        explained = 1 - np.square(real - predicted).mean() / real.var()
        if np.ptp(predicted) == 0:
            return cls(np.nan, float(explained))
        ranks = np.corrcoef(rankdata(predicted), rankdata(real))[0, 1]
        return cls(float(ranks), float(explained))

    @classmethod
    def mean(cls, figures: Iterable[EffortFigures]) -> EffortFigures:
        """Return the means over repositories, those left out of which one is not known."""
        table = np.array(list(figures), dtype=float).reshape(-1, 2)
        known = table[~np.isnan(table).any(axis=1)]
        return cls(*known.mean(axis=0).tolist()) if len(known) else cls(np.nan, np.nan)


def effort_of(name: str, rows: Iterable[EffortRows]) -> EffortModel:
    """Return a model that learned from repositories, and says nothing of how well.

    Raises
    ------
    ModelError
        If none of them has a task.
    """
    return learned_effort(name, (each.lesson() for each in rows), spread=1.0, facts={})


def trained_effort(
    name: str, rows: Mapping[str, EffortRows], *, commits: Mapping[str, str | None]
) -> EffortModel:
    """Return a model that learned from repositories, and says how well it would have done there.

    Groups of repositories are predicted in turn by what the others teach: that gives the spread and
    the figures that the model carries.

    Parameters
    ----------
    name
        What the model is called.
    rows
        By repository. Those without a task are left out.
    commits
        Up to which commit each was read, where that is known.

    Raises
    ------
    ModelError
        If fewer than two repositories have tasks.
    """
    taught = {slug: each for slug, each in rows.items() if each.count}
    wrong: list[Numbers] = []
    figures: dict[Wording, list[EffortFigures]] = {wording: [] for wording in Wording}
    for group in range(min(GROUPS, len(taught))):
        away = set(list(taught)[group::GROUPS])
        model = effort_of(name, (each for slug, each in taught.items() if slug not in away))
        for slug in sorted(away):
            real = taught[slug].log_sizes()
            for wording in Wording:
                predicted = model.log_sizes(taught[slug].texts[wording])
                wrong.append(real - predicted)
                figures[wording].append(EffortFigures.of(predicted, real))
    facts: dict[str, JsonValue] = {
        "repositories": {
            slug: {"commit": commits.get(slug), "tasks": each.count}
            for slug, each in taught.items()
        },
        "rank correlation in train repositories that taught nothing": {
            wording.value: _told(EffortFigures.mean(each).ranks)
            for wording, each in figures.items()
        },
    }
    spread = float(np.sqrt(np.square(np.concatenate(wrong)).mean())) if wrong else 1.0
    lessons = (each.lesson() for each in taught.values())
    return learned_effort(name, lessons, spread=max(spread, 1e-3), facts=facts)


def _told(figure: float) -> float | None:
    return None if np.isnan(figure) else round(figure, 3)
