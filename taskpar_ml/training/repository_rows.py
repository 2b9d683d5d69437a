"""All rows that one repository gives to learn from, as flat arrays that can be kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.mined import PairFinding
from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.domain.protocols import FactCache, TextEncoder
from taskpar_ml.features.block import PairBlock
from taskpar_ml.features.texts import text_vectors
from taskpar_ml.footprints.candidates import CANDIDATE_COLUMNS
from taskpar_ml.footprints.meanings import MEANING_COLUMNS
from taskpar_ml.footprints.word_links import WordLinks
from taskpar_ml.history.batches import TaskBatch
from taskpar_ml.history.wordings import Wording, as_task
from taskpar_ml.policy.labels import LabelPolicy
from taskpar_ml.training.candidate_rows import candidate_rows, memory_before
from taskpar_ml.training.kept_arrays import load_arrays, save_arrays
from taskpar_ml.training.pair_labels import PairLabels

WORDINGS: Final = tuple(Wording)
"""Every batch is told in each of them; rows name them by their place here."""


@dataclass(frozen=True)
class RepositoryRows:
    """Candidates of files and labels of pairs, batch by batch, oldest first.

    Attributes
    ----------
    batch, wording, task, path
        Of every candidate: the batch, the place of its wording in :data:`WORDINGS`, the task by its
        place in the batch, the file by its place in the snapshot, shape ``(n_rows,)``.
    directory
        The directory of the file, by number within the batch.
    values
        :data:`CANDIDATE_COLUMNS`, shape ``(n_rows, n_columns)``.
    touched
        Whether the task changed the file.
    existing
        Files that each task changed and that were there before, shape ``(n_batches, n_tasks)``.
    cosine
        Similarity of the texts of each pair, shape ``(n_batches, n_wordings, n_pairs)``.
    textual, counted, one_author, concurrent
        Labels of each pair: see :class:`PairLabels`, shape ``(n_batches, n_pairs)``.
    """

    batch: NDArray[np.int32]
    wording: NDArray[np.int8]
    task: NDArray[np.int16]
    path: NDArray[np.int32]
    directory: NDArray[np.int32]
    values: NDArray[np.float32]
    touched: NDArray[np.bool_]
    existing: NDArray[np.int64]
    cosine: NDArray[np.float32]
    textual: NDArray[np.float32]
    counted: NDArray[np.float32]
    one_author: NDArray[np.bool_]
    concurrent: NDArray[np.bool_]

    @classmethod
    def gathered(
        cls,
        place: str | Path,
        batches: Sequence[TaskBatch],
        found: Iterable[PairFinding],
        *,
        policy: LabelPolicy,
        cache: FactCache,
        links: WordLinks | None = None,
        encoder: TextEncoder | None = None,
        progress: Callable[[int], None] = lambda batch: None,
    ) -> Self:
        """Look at every batch as it was before its first task.

        Parameters
        ----------
        place
            The repository.
        batches
            Its batches, at least one.
        found
            What replaying found of their pairs.
        policy
            What counts as a conflict.
        links
            Links between words, learned from other repositories.
        encoder
            Who says what texts mean, if a ranker is to learn of it.
        progress
            Told the number of each batch that is done.
        """
        pairs = list(found)
        made: dict[str, list[NDArray[Any]]] = {each.name: [] for each in fields(cls)}
        for number, batch in enumerate(batches):
            memory = memory_before(place, batch, cache=cache)
            paths = memory.snapshot.paths.paths
            _, directory = np.unique(
                [path.rpartition("/")[0] for path in paths], return_inverse=True
            )
            cosines = []
            told_rows = candidate_rows(batch, memory, WORDINGS, links=links, encoder=encoder)
            for kind, rows in enumerate(told_rows):
                found_rows = rows.candidates
                size = len(found_rows.task)
                made["batch"].append(np.full(size, number, dtype=np.int32))
                made["wording"].append(np.full(size, kind, dtype=np.int8))
                made["task"].append(found_rows.task.astype(np.int16))
                made["path"].append(found_rows.file.astype(np.int32))
                made["directory"].append(directory[found_rows.file].astype(np.int32))
                made["values"].append(found_rows.values)
                made["touched"].append(rows.touched)
                if not kind:
                    made["existing"].append(rows.existing[None])
                told = [
                    as_task(each, WORDINGS[kind], id=f"t{row:06}")
                    for row, each in enumerate(batch.tasks)
                ]
                vectors = text_vectors(told, memory)
                block = PairBlock(PairTable.of(task.id for task in told))
                cosines.append(block.product(vectors, vectors).astype(np.float32))
            made["cosine"].append(np.stack(cosines)[None])
            labels = PairLabels.of(batch.tasks, pairs, policy)
            for name in ("textual", "counted", "one_author", "concurrent"):
                made[name].append(getattr(labels, name)[None])
            progress(number)
        return cls(**{name: np.concatenate(parts) for name, parts in made.items()})

    def save(self, path: Path) -> None:
        """Write everything into one file."""
        arrays = {each.name: getattr(self, each.name) for each in fields(self)}
        save_arrays(path, {"columns": np.array(list(CANDIDATE_COLUMNS)), **arrays})

    @classmethod
    def load(cls, path: Path) -> Self | None:
        """Read what :meth:`save` wrote; None if it is not there, damaged, or of other columns."""
        kept = load_arrays(path)
        if kept is None or kept["columns"].tolist() != list(CANDIDATE_COLUMNS):
            return None
        return cls(**{each.name: kept[each.name] for each in fields(cls)})

    @property
    def n_batches(self) -> int:
        """How many batches there are."""
        return len(self.textual)

    @property
    def tells_meanings(self) -> bool:
        """Whether an encoder told what the texts mean."""
        column = list(CANDIDATE_COLUMNS).index(next(iter(MEANING_COLUMNS)))
        return not np.isnan(self.values[:, column]).all()
