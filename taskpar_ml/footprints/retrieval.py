"""Files that a text is about although it does not name them, from all retrievers together.

What each retriever says of a file counts by its share of the file that it likes best, less where
it likes many files as well as that one. The gains of all add up; then the neighbours of likely
files gain in turn. Where somebody has learned to rank candidates, that decides instead.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.footprint import RetrievedTouches
from taskpar_ml.domain.protocols import TextEncoder
from taskpar_ml.domain.task import Task
from taskpar_ml.footprints.candidates import Candidates, Told, candidates
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.pooling import exact_gains, gains_of
from taskpar_ml.footprints.ranker import TouchRanker
from taskpar_ml.footprints.relevance import Relevance
from taskpar_ml.footprints.word_links import WordLinks
from taskpar_ml.policy.automation_files import CHANGELOGS, is_any

_MOST_FILES: Final = 50
"""Files kept per task; those beyond are improbable, and there are always some."""
_LEAST: Final = 0.004
"""P(touch) below which a file is left out: at twice the chance nothing was found."""
_CELLS_AT_ONCE: Final = 4_000_000
"""Relevances of tasks to files and pieces of files that are held in memory together."""
_TASKS_AT_ONCE: Final = 64
"""Most tasks that are looked at together, however few files there are."""


def retrieve(
    tasks: Sequence[Task],
    memory: RepoMemory,
    *,
    without: Collection[str] = (),
    quoted: bool = False,
) -> RetrievedTouches:
    """Return the files that the texts of tasks are about, by the fixed rule.

    Changelogs are left out: every task may add its line there, and that is no collision.

    Parameters
    ----------
    tasks
        Whose texts are read.
    memory
        The files of the repository and its past.
    without
        Names of evidence to be left out, to see what it is worth.
    quoted
        Whether to say in words why each file was found; that takes several times as long.
    """
    wanted = findable(memory)
    found = []
    for begin, end in _blocks(len(tasks), memory, wanted):
        relevance = Relevance.of(tasks[begin:end], memory, wanted, without=without)
        task, file = np.nonzero(relevance.probability >= _LEAST)
        probability = relevance.probability[task, file]
        found.append(_kept(relevance, task, file, probability, begin=begin, quoted=quoted))
    return _joined(found)


def retrieve_ranked(
    tasks: Sequence[Task],
    memory: RepoMemory,
    *,
    told: Told,
    ranker: TouchRanker,
    quoted: bool = False,
) -> RetrievedTouches:
    """Return the files that tasks are believed to write by who has learned to rank candidates.

    Parameters
    ----------
    told
        What the texts name; rows as ``tasks``.
    ranker
        Who says how likely candidates are.
    """
    wanted = findable(memory)
    found = []
    for begin, end in _blocks(len(tasks), memory, wanted):
        relevance = Relevance.of(
            tasks[begin:end], memory, wanted, links=ranker.links, encoder=ranker.encoder
        )
        rows = candidates(relevance, told.rows(begin, end), memory.file_traits, wanted)
        probability = ranker.p_touch(rows.values)
        enough = probability >= _LEAST
        task, file, likely = rows.task[enough], rows.file[enough], probability[enough]
        found.append(_kept(relevance, task, file, likely, begin=begin, quoted=quoted, ranked=True))
    return _joined(found)


def candidates_of(
    tasks: Sequence[Task],
    memory: RepoMemory,
    *,
    told: Told,
    links: WordLinks | None = None,
    encoder: TextEncoder | None = None,
) -> Candidates:
    """Return the candidates that :func:`retrieve_ranked` has ranked."""
    wanted = findable(memory)
    found = []
    for begin, end in _blocks(len(tasks), memory, wanted):
        relevance = Relevance.of(tasks[begin:end], memory, wanted, links=links, encoder=encoder)
        rows = candidates(relevance, told.rows(begin, end), memory.file_traits, wanted)
        found.append(Candidates(rows.task + begin, rows.file, rows.values))
    return Candidates.joined(found)


def findable(memory: RepoMemory) -> NDArray[np.bool_]:
    """Return which files a text may be about, shape ``(n_files,)``: all but changelogs."""
    paths = memory.snapshot.paths.paths
    return np.array([not is_any(path, CHANGELOGS) for path in paths], dtype=bool)


def _blocks(
    n_tasks: int, memory: RepoMemory, wanted: NDArray[np.bool_]
) -> Iterator[tuple[int, int]]:
    """Yield begin and end of as many tasks as are looked at together; none without files."""
    if not wanted.any():
        return
    cells = max(len(wanted), memory.content.index.n_documents)
    step = min(max(_CELLS_AT_ONCE // cells, 1), _TASKS_AT_ONCE)
    for begin in range(0, n_tasks, step):
        yield begin, min(begin + step, n_tasks)


def _kept(
    relevance: Relevance,
    task: NDArray[np.int64],
    file: NDArray[np.int64],
    probability: NDArray[np.float64],
    *,
    begin: int,
    quoted: bool,
    ranked: bool = False,
) -> RetrievedTouches:
    """Return the likeliest files of each task of a block, the likeliest first."""
    order = np.lexsort((file, -probability, task))
    task, file, probability = task[order], file[order], probability[order]
    first = np.searchsorted(task, task)
    few = np.arange(len(task)) - first < _MOST_FILES
    task, file, probability = task[few], file[few], probability[few]
    gains = exact_gains(relevance.gains[:, task, file].T)
    rows = zip(task.tolist(), file.tolist(), gains.tolist(), strict=True)
    return RetrievedTouches(
        sources=relevance.names,
        task=task + begin,
        file=file,
        gains=gains,
        gained=exact_gains(gains_of(probability)) if ranked else gains.sum(axis=1),
        ranked=ranked,
        quotes=tuple(
            tuple(
                relevance.quote(place, *at) if gain > 0 else "" for place, gain in enumerate(gained)
            )
            for *at, gained in rows
        )
        if quoted
        else (),
    )


def _joined(parts: Sequence[RetrievedTouches]) -> RetrievedTouches:
    """Return what was found for all tasks."""
    if not parts:
        return RetrievedTouches.none()
    return RetrievedTouches(
        sources=parts[0].sources,
        task=np.concatenate([each.task for each in parts]),
        file=np.concatenate([each.file for each in parts]),
        gains=np.concatenate([each.gains for each in parts]),
        gained=np.concatenate([each.gained for each in parts]),
        ranked=parts[0].ranked,
        quotes=tuple(quote for each in parts for quote in each.quotes),
    )
