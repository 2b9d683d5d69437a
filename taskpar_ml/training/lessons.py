"""Lessons out of rows: what a ranker of files and a judge of pairs learn from one repository."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from taskpar_ml.estimators.boosting import Lesson, TreeSettings
from taskpar_ml.features.hot_files import HotFiles
from taskpar_ml.footprints.candidates import BLIND_COLUMNS, CANDIDATE_COLUMNS
from taskpar_ml.training.pair_rows import PairRows
from taskpar_ml.training.repository_rows import RepositoryRows

RANKER_SETTINGS: Final = TreeSettings(trees=400, learning_rate=0.04, least_rows=120)
"""How the trees of a ranker are grown."""
PAIR_SETTINGS: Final = TreeSettings(trees=350, learning_rate=0.03, leaves=6, least_rows=120)
"""How the trees of a judge of pairs are grown."""
DRAWN: Final = 0.15
"""Share of the files that were not touched that a ranker learns from; each counts for more."""
LEFT_OUT: Final = frozenset({"imports", "import_kin"})
"""Features that lower what pair models reach on repositories that they have not seen."""
RISING: Final = frozenset(
    {
        *("file", "api", "database", "semantic", "region", "region_cosine", "symbol", "test"),
        *("resource", "migration", "context", "layer", "meet", "meet_peak", "meet_region"),
        *("file_cosine", "directory_cosine", "hot_meet", "rarest", "common"),
        *("past_share", "past_share_close", "past_clash", "past_clash_close"),
        *("smaller_change", "larger_change"),
    }
)
"""Features of which more is never less of a risk."""


def ranker_lesson(
    rows: RepositoryRows, columns: Sequence[str] = BLIND_COLUMNS, *, until: float = 1.0
) -> Lesson:
    """Return what was touched, and a share of the rest that counts for all of it.

    Parameters
    ----------
    columns
        Columns of candidates that are learned from.
    until
        Share of the batches that are learned from, oldest first.
    """
    drawn = np.random.default_rng(0).random(len(rows.touched)) < DRAWN
    chosen = (rows.touched | drawn) & (rows.batch < int(rows.n_batches * until))
    truth = rows.touched[chosen].astype(np.float32)
    weight = np.where(truth > 0, 1.0, 1 / DRAWN).astype(np.float32)
    places = [list(CANDIDATE_COLUMNS).index(name) for name in columns]
    return Lesson(rows.values[chosen][:, places], truth, weight)


def pair_lesson(
    pairs: PairRows, labels: RepositoryRows, columns: Sequence[str], *, until: float = 1.0
) -> Lesson:
    """Return the pairs of a repository in every telling, with what became of them.

    Of every second batch it is hidden how often tasks conflict in which file: a model must know
    what to say where nobody has replayed the past.

    Parameters
    ----------
    pairs
        Features; of the newest batches alone if there are fewer than labels.
    labels
        Rows of the same repository.
    columns
        Features that are learned from.
    until
        Share of the batches of ``labels`` that are learned from, oldest first.
    """
    first = labels.n_batches - len(pairs.values)
    size = max(int(labels.n_batches * until) - first, 0)
    values = pairs.columns_of(columns)[:size].copy()
    hidden = [place for place, name in enumerate(columns) if name in _RATES]
    values[1::2, ..., hidden] = np.nan
    told = labels.counted[first : first + size, None]
    truth = np.repeat(told, values.shape[1], axis=1).reshape(-1)
    return Lesson.plain(values.reshape(-1, len(columns)), truth)


_RATES: Final = frozenset(
    {*(column.name for column in HotFiles.columns), "past_clash", "past_clash_close"}
)
