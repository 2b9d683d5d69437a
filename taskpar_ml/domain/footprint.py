"""What a task will touch: evidence in rows, probabilities in sparse matrices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

PROBABILITY_STEPS: Final = 256
"""Touch probabilities are multiples of 1/256.

Products and sums of such numbers are exact in 64-bit floats, so the features of a pair are the
same to the bit whichever other tasks are in the file.
"""

REGION_STEPS: Final = 4096
"""The same for regions, of which a file has many: below half of 1/4096 nothing is kept."""


class Surface(StrEnum):
    """A kind of thing that two tasks can meet in."""

    FILE = "file"
    SYMBOL = "symbol"
    ENDPOINT = "endpoint"
    TABLE = "table"
    RESOURCE = "resource"
    TEST = "test"
    CONTEXT = "context"


COLLIDING: Final = (
    Surface.FILE,
    Surface.SYMBOL,
    Surface.ENDPOINT,
    Surface.TABLE,
    Surface.RESOURCE,
)
"""Surfaces in whose items tasks get into each other's way. Tests and contexts are only near."""


class Access(StrEnum):
    """How a task meets an item. Two reads never collide."""

    READ = "read"
    WRITE = "write"


class EvidenceSource(StrEnum):
    """Where a belief about a touch comes from."""

    DECLARED = "declared"
    MENTION = "mention"
    RETRIEVAL = "retrieval"
    CO_CHANGE = "co-change"
    IMPORTS = "imports"
    PROVIDER = "provider"
    OBSERVED = "observed"


class EvidenceLevel(StrEnum):
    """What is known of a task at a moment: its text, some of its files, all of them."""

    PREDICTED = "predicted"
    PARTIAL = "partial"
    OBSERVED = "observed"


class Evidence(NamedTuple):
    """One reason to believe that a task touches an item.

    ``item`` is a path or glob for the file surface, else a normalised name;
    ``probability`` is P(touch) in (0, 1] by this evidence alone, for all that ``item`` names;
    ``creates`` says that the task makes the item; ``quote`` is what was read.
    """

    task: str
    surface: Surface
    item: str
    access: Access
    probability: float
    source: EvidenceSource
    creates: bool = False
    quote: str = ""


class TouchedItem(NamedTuple):
    """An item that a task touches, all evidence for it taken together.

    ``item`` is a path, a pattern of too many files to name, or a normalised name;
    ``probability`` is P(touch) in (0, 1]; ``access`` says whether more speaks for a write or for a
    read; ``quotes`` say why, where that was asked for: what providers said, then the strongest
    reason of retrieval.
    """

    task: str
    surface: Surface
    item: str
    access: Access
    probability: float
    sources: tuple[EvidenceSource, ...]
    quotes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ObservedWork:
    """What a task has been seen to change.

    ``paths`` are files relative to the repository's root; ``final`` says that the task will
    change no others.
    """

    paths: frozenset[str]
    final: bool = False

    @property
    def level(self) -> EvidenceLevel:
        """How much is known of the task."""
        return EvidenceLevel.OBSERVED if self.final else EvidenceLevel.PARTIAL


@dataclass(frozen=True)
class TouchMatrix:
    """Touch probabilities of all tasks on one surface.

    Attributes
    ----------
    items
        Column names. A column may stand for several files that no task tells apart.
    size
        How many items each column stands for, shape ``(n_columns,)``, at least 1.
    touch
        P(task reads or writes the item), CSR, shape ``(n_tasks, n_columns)``.
    write
        P(task writes the item), same shape; never above ``touch``.
    reach
        P(task would write the item) for items that do not exist and that only another task
        creates, because a declared glob covers them. Counts against their creator alone, so
        that a third task never changes what two others share.
    known
        Whether anything is known of the task on this surface, shape ``(n_tasks,)``.
    writes_known
        Whether it is known what the task writes on this surface, same shape.
    """

    items: tuple[str, ...]
    size: NDArray[np.float64]
    touch: sparse.csr_array
    write: sparse.csr_array
    reach: sparse.csr_array
    known: NDArray[np.bool_]
    writes_known: NDArray[np.bool_]


@dataclass(frozen=True)
class PredictedItems:
    """Named items of one surface that tasks touch because of the files that they write.

    Attributes
    ----------
    items
        Names, each once: the columns.
    write
        P(task changes the item), CSR, shape ``(n_tasks, n_items)``.
    read
        P(task changes what only uses the item), the same way.
    known
        Whether it is known which files the task writes, shape ``(n_tasks,)``: where it is, what is
        not here is not touched.
    """

    items: tuple[str, ...]
    write: sparse.csr_array
    read: sparse.csr_array
    known: NDArray[np.bool_]


@dataclass(frozen=True)
class RetrievedTouches:
    """Files that tasks are believed to write because of what their texts are about.

    One row per task and file, the tasks in order and the likeliest files of each first.

    Attributes
    ----------
    sources
        Names of the evidence.
    task, file
        Positions of the task and of the file among the paths of the snapshot, ``(n_rows,)``.
    gains
        Log odds that the touch gains by each evidence, 0 or more, ``(n_rows, n_sources)``.
    gained
        Log odds that it gains by all of them together, ``(n_rows,)``.
    ranked
        Whether a learned ranker said so; it has also weighed what texts name.
    quotes
        Why, per row and evidence; empty where nobody asked.
    """

    sources: tuple[str, ...]
    task: NDArray[np.int64]
    file: NDArray[np.int64]
    gains: NDArray[np.float64]
    gained: NDArray[np.float64]
    ranked: bool = False
    quotes: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def none(cls) -> Self:
        """Return no touches."""
        nothing = np.empty(0, dtype=np.int64)
        return cls((), nothing, nothing, np.empty((0, 0)), np.empty(0))

    def of_tasks(self, chosen: NDArray[np.bool_]) -> Self:
        """Return the rows of some tasks, chosen by position."""
        rows = np.flatnonzero(chosen[self.task])
        quotes = tuple(self.quotes[row] for row in rows) if self.quotes else ()
        return replace(
            self,
            task=self.task[rows],
            file=self.file[rows],
            gains=self.gains[rows],
            gained=self.gained[rows],
            quotes=quotes,
        )


@dataclass(frozen=True)
class Places:
    """Where in the files of a snapshot tasks will work.

    Attributes
    ----------
    files
        P(task writes the file), CSR, shape ``(n_tasks, n_files)``: files that exist, patterns of
        very many left out.
    regions
        P(task writes the region), CSR, shape ``(n_tasks, n_regions)``: parts of files, and files
        that have no parts. Multiples of 1/4096.
    migrations
        P(task adds a step to the line of migrations), CSR, shape ``(n_tasks, n_lines)``.
    imports
        Whether the file of the row imports the one of the column: CSR of ones, shape
        ``(n_files, n_files)``.
    layers
        The architectural layer of each file as its place in
        :class:`~taskpar_ml.domain.layers.Layer`, -1 for none, shape ``(n_files,)``.
    directories
        Whether the file of the row lies directly in the directory of the column: CSR of ones,
        shape ``(n_files, n_directories)``.
    known
        Whether it is known where the task will work, if only in files that it creates, shape
        ``(n_tasks,)``.
    """

    files: sparse.csr_array
    regions: sparse.csr_array
    migrations: sparse.csr_array
    imports: sparse.csr_array
    layers: NDArray[np.int8]
    directories: sparse.csr_array
    known: NDArray[np.bool_]


@dataclass(frozen=True)
class Footprints:
    """What every task is expected to touch.

    Attributes
    ----------
    tasks
        Task ids in code-point order: the rows of every matrix.
    surfaces
        One matrix per surface that anything is known on.
    evidence
        The rows behind the matrices, in the order found.
    weighed
        Places of those rows that ``retrieved`` has weighed already.
    levels
        The evidence level of every task.
    retrieved
        Files that the texts are about, beside the rows of evidence.
    places
        Where in the files the tasks will work.
    predicted
        Items of other surfaces that the files of the tasks hold, beside the rows of evidence.
    """

    tasks: tuple[str, ...]
    surfaces: Mapping[Surface, TouchMatrix]
    evidence: tuple[Evidence, ...]
    levels: tuple[EvidenceLevel, ...]
    retrieved: RetrievedTouches
    places: Places
    predicted: Mapping[Surface, PredictedItems]
    weighed: frozenset[int] = frozenset()


def quantised(
    probabilities: NDArray[np.float64], *, steps: int = PROBABILITY_STEPS, keep: bool = True
) -> NDArray[np.float64]:
    """Round probabilities to multiples of ``1 / steps``.

    Parameters
    ----------
    keep
        Whether every positive one stays positive.

    Examples
    --------
    >>> quantised(np.array([0.0, 0.0001, 0.5, 1.0])).tolist()
    [0.0, 0.00390625, 0.5, 1.0]
    """
    rounded = np.rint(probabilities * steps)
    if keep:
        rounded = np.where(probabilities > 0, np.maximum(rounded, 1), 0)
    return np.asarray(np.minimum(rounded, steps) / steps)
