"""Rows that a ranker of files learns from: candidates of past tasks, and which were touched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.landing import Landing
from taskpar_ml.domain.protocols import FactCache, TextEncoder
from taskpar_ml.footprints.candidates import Candidates
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.predictor import FootprintPredictor
from taskpar_ml.footprints.retrieval import findable
from taskpar_ml.footprints.word_links import WordLinks
from taskpar_ml.history.batches import TaskBatch
from taskpar_ml.history.conflict_rates import ConflictRates
from taskpar_ml.history.wordings import Wording, as_task
from taskpar_ml.repo.snapshot import RepoSnapshot


@dataclass(frozen=True)
class CandidateRows:
    """The candidates of one batch in one wording.

    Attributes
    ----------
    candidates
        What a ranker is asked about, tasks by their place in the batch.
    touched
        Which of them the task did change, shape ``(n_rows,)``.
    existing
        Files that each task changed and that were there before, changelogs left out, shape
        ``(n_tasks,)``: those among the candidates and the others.
    """

    candidates: Candidates
    touched: NDArray[np.bool_]
    existing: NDArray[np.int64]


def memory_before(
    place: str | Path,
    batch: TaskBatch,
    *,
    cache: FactCache,
    rates: ConflictRates | None = None,
) -> RepoMemory:
    """Return what was known when the first task of a batch could begin.

    Parameters
    ----------
    rates
        How often tasks had conflicted in files by then.
    """
    snapshot = RepoSnapshot.at(place, batch.base, cache=cache)
    return RepoMemory(snapshot, given=batch.before, rates=rates)


def candidate_rows(
    batch: TaskBatch,
    memory: RepoMemory,
    wordings: Sequence[Wording],
    *,
    links: WordLinks | None = None,
    encoder: TextEncoder | None = None,
) -> Iterator[CandidateRows]:
    """Yield the candidates of a batch, wording by wording.

    Parameters
    ----------
    memory
        What was known before the batch: :func:`memory_before`.
    links
        Links between words, learned from other repositories than that of the batch.
    encoder
        Who says what texts mean, if a ranker is to learn of it.
    """
    paths = memory.snapshot.paths.paths
    place = {path: number for number, path in enumerate(paths)}
    wanted = findable(memory)
    changed = np.zeros((len(batch.tasks), len(paths)), dtype=bool)
    for row, task in enumerate(batch.tasks):
        changed[row, [place[path] for path in changed_files(task) if path in place]] = True
    changed &= wanted
    for wording in wordings:
        # Ids as long as each other: their order is that of the tasks.
        tasks = [as_task(each, wording, id=f"t{row:06}") for row, each in enumerate(batch.tasks)]
        found = FootprintPredictor().candidates(tasks, memory, links=links, encoder=encoder)
        yield CandidateRows(found, changed[found.task, found.file], changed.sum(axis=1))


def changed_files(landing: Landing) -> set[str]:
    """Return the files that a task changed under the names that they had before."""
    return {change.old_path or change.path for change in landing.changes}
