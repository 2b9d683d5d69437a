"""Files that a task may touch, with all that speaks for and against each, as columns.

What is never a candidate is never found, so more files are taken than will be kept: the likeliest
by the fixed rule, the first by each retriever, and all that the text names or stands behind what
it names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.footprints.file_traits import TRAITS
from taskpar_ml.footprints.meanings import MEANING_COLUMNS
from taskpar_ml.footprints.neighbours import NEIGHBOUR_GAIN
from taskpar_ml.footprints.pooling import CHANCE
from taskpar_ml.footprints.relevance import GAIN, Relevance
from taskpar_ml.footprints.word_links import LINK_COLUMNS

_LIKELIEST: Final = 80
"""Files taken by the fixed rule. Of the files that tasks change 80 hold nine in ten."""
_OF_EACH: Final = 25
"""Files taken by each retriever."""
_LEAST: Final = 1.03 * CHANCE
"""P(touch) by the fixed rule below which nothing speaks for a file."""


def _name(evidence: str) -> str:
    return evidence.replace(" ", "_").replace("-", "_")


CANDIDATE_COLUMNS: Final[dict[str, str]] = {
    **{f"{_name(each)}_gain": f"log odds gained by {each}" for each in (*GAIN, *NEIGHBOUR_GAIN)},
    **{f"{_name(each)}_share": f"relevance by {each} beside the best file's" for each in GAIN},
    **{f"{_name(each)}_strength": f"relevance of the best file by {each}" for each in GAIN},
    "pooled": "P(touch) by the fixed rule",
    "place": "place of the file by that rule, 0 for the likeliest",
    "likeliest": "P(touch) of the task's likeliest file by that rule",
    "expected": "files that the task is expected to touch by that rule",
    "named": "P(write) by the text's naming the file",
    "behind": "P(write) by what the text names in the file",
    "most_named": "the largest P(write) of the task by naming",
    "words": "different words of the task",
    **LINK_COLUMNS,
    **MEANING_COLUMNS,
    **TRAITS,
}
"""Columns of candidates with their meanings."""

BLIND_COLUMNS: Final = tuple(name for name in CANDIDATE_COLUMNS if name not in MEANING_COLUMNS)
"""Those that are known where nobody encodes texts."""


@dataclass(frozen=True)
class Told:
    """P(write) of files by what texts name, CSR, shapes ``(n_tasks, n_files)``.

    ``named`` by the names of files, ``behind`` by names of what lies in them.
    """

    named: sparse.csr_array
    behind: sparse.csr_array

    def rows(self, begin: int, end: int) -> Told:
        """Return some of the tasks."""
        return Told(self.named[begin:end], self.behind[begin:end])


@dataclass(frozen=True)
class Candidates:
    """Candidates of some tasks, task by task.

    Attributes
    ----------
    task, file
        Positions, shape ``(n_rows,)``.
    values
        :data:`CANDIDATE_COLUMNS`, shape ``(n_rows, n_columns)``.
    """

    task: NDArray[np.int64]
    file: NDArray[np.int64]
    values: NDArray[np.float32]

    @classmethod
    def joined(cls, parts: Sequence[Candidates]) -> Candidates:
        """Return the candidates of all tasks as one."""
        return cls(
            np.concatenate([np.empty(0, dtype=np.int64), *(each.task for each in parts)]),
            np.concatenate([np.empty(0, dtype=np.int64), *(each.file for each in parts)]),
            np.concatenate(
                [
                    np.empty((0, len(CANDIDATE_COLUMNS)), dtype=np.float32),
                    *(each.values for each in parts),
                ]
            ),
        )


def candidates(
    relevance: Relevance, told: Told, traits: NDArray[np.float32], wanted: NDArray[np.bool_]
) -> Candidates:
    """Return the candidates of some tasks.

    Parameters
    ----------
    relevance
        What retrievers and neighbours say; all of them.
    told
        What the texts name.
    traits
        Of every file, from :func:`taskpar_ml.footprints.file_traits.file_traits`.
    wanted
        Which files may be candidates, shape ``(n_files,)``.
    """
    pooled = relevance.probability
    named, behind = told.named.toarray(), told.behind.toarray()
    order = np.argsort(-pooled, axis=1, kind="stable")
    chosen = np.zeros(pooled.shape, dtype=bool)
    np.put_along_axis(chosen, order[:, :_LIKELIEST], True, axis=1)
    for share in relevance.shares.values():
        best = np.argsort(-share, axis=1, kind="stable")[:, :_OF_EACH]
        np.put_along_axis(chosen, best, True, axis=1)
    spoken_for = (named > 0) | (behind > 0)
    chosen = (((pooled >= _LEAST) & chosen) | spoken_for) & wanted
    task, file = np.nonzero(chosen)
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.arange(order.shape[1])[None].repeat(len(order), 0), axis=1)
    found = np.where(pooled >= 0.01, pooled, 0.0).sum(axis=1)
    columns = (
        *(gain[task, file] for gain in relevance.gains),
        *(relevance.shares[name][task, file] for name in GAIN),
        *(relevance.strengths[name][task] for name in GAIN),
        pooled[task, file],
        place[task, file],
        pooled.max(axis=1, initial=0.0)[task],
        found[task],
        named[task, file],
        behind[task, file],
        named.max(axis=1, initial=0.0)[task],
        relevance.words[task],
        *(links[task, file] for links in relevance.links),
        *(votes[task, file] for votes in relevance.meanings),
    )
    values = np.stack(columns, axis=1).astype(np.float32)
    return Candidates(task, file, np.concatenate([values, traits[file]], axis=1))
