"""What is known of a file whatever a task says: how often it changed, how large it is, its kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.footprints.content_index import ContentIndex
from taskpar_ml.footprints.past_tasks import PastTasks
from taskpar_ml.history.statistics import HistoryStatistics

_LATELY: Final = 50.0
"""Tasks after which one counts half where it is asked what was worked on of late."""
_NEVER: Final = 10_000.0
"""Tasks since the last change of a file that was never changed: more than are remembered."""

TRAITS: Final = {
    "churn": "logarithm of 1 + the earlier tasks that changed the file",
    "churn_rate": "share of the earlier tasks that changed the file, in [0, 1]",
    "churn_decayed": "logarithm of 1 + those tasks, decayed by age",
    "churn_lately": "the same, decayed ten times as fast",
    "since": "logarithm of 1 + the tasks since its last change",
    "company": "mean logarithm of the files that tasks changed which changed it",
    "pieces": "logarithm of 1 + its pieces of thirty lines",
    "depth": "directories above it",
    "layer": "its architectural layer by number, -1 for none",
    "files": "logarithm of 1 + the files of the repository",
    "past": "logarithm of 1 + the earlier tasks that are remembered",
}
"""Traits of files with their meanings."""


def file_traits(
    paths: Sequence[str], past: PastTasks, content: ContentIndex, layers: NDArray[np.int8]
) -> NDArray[np.float32]:
    """Return the traits of every file of a snapshot, shape ``(n_files, len(TRAITS))``.

    Parameters
    ----------
    paths
        The files.
    past
        The tasks that landed before.
    content
        Their contents.
    layers
        The layer of each file by number, shape ``(n_files,)``.
    """
    history = HistoryStatistics(tuple(paths), past.touched)
    lately = HistoryStatistics(tuple(paths), past.touched, half_life=_LATELY)
    company = np.asarray(past.touched.T @ np.log(np.maximum(past.files_changed, 1.0)))
    pieces = np.zeros(len(paths))
    pieces[content.files] = content.pieces
    columns = (
        np.log1p(history.churn),
        history.churn / max(past.n_past, 1),
        np.log1p(history.decayed_churn),
        np.log1p(lately.decayed_churn),
        np.log1p(np.nan_to_num(history.landings_since, nan=_NEVER)),
        company / np.maximum(history.churn, 1),
        np.log1p(pieces),
        np.array([path.count("/") for path in paths], dtype=np.float64),
        layers.astype(np.float64),
        np.full(len(paths), np.log1p(len(paths))),
        np.full(len(paths), np.log1p(past.n_past)),
    )
    return np.stack(columns, axis=1).astype(np.float32)
