"""Files that a text is about although it does not name them, from all retrievers together.

What each retriever says of a file counts by its share of the file that it likes best, less where
it likes many files as well as that one. The gains of all add up; then the neighbours of likely
files gain in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.footprint import RetrievedTouches
from taskpar_ml.domain.task import Task
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.neighbours import CO_CHANGE, NAMESAKE, NEIGHBOUR_GAIN, SAME_DIRECTORY
from taskpar_ml.footprints.pooling import exact_gains, probability_of
from taskpar_ml.footprints.queries import Queries
from taskpar_ml.footprints.retriever import share_of_best, spread
from taskpar_ml.policy.automation_files import CHANGELOGS, is_any

GAIN: Final[Mapping[str, float]] = MappingProxyType(
    {"content": 2.5, "identifiers": 0.7, "path": 1.3, "past texts": 1.3, "similar tasks": 2.1}
)
"""Log odds that the file which a retriever likes best gains by it. These and those of neighbours
were fitted once, by logistic regression on past tasks of repositories that no table reports."""

_SHARPNESS: Final = 1.4
"""Power of the share: files close to the best count, those at half of it hardly do."""
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
    """Return the files that the texts of tasks are about.

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
    names = tuple(name for name in (*GAIN, *NEIGHBOUR_GAIN) if name not in without)
    paths = memory.snapshot.paths.paths
    wanted = np.array([not is_any(path, CHANGELOGS) for path in paths], dtype=bool)
    if not wanted.any():
        return RetrievedTouches.none()
    cells = max(len(wanted), memory.content.index.n_documents)
    step = min(max(_CELLS_AT_ONCE // cells, 1), _TASKS_AT_ONCE)
    begins = range(0, len(tasks), step)
    found = [
        _of_block(tasks[begin : begin + step], memory, names, wanted, quoted=quoted)
        for begin in begins
    ]
    return RetrievedTouches(
        sources=names,
        task=_joined([each.task + begin for each, begin in zip(found, begins, strict=True)]),
        file=_joined([each.file for each in found]),
        gains=np.concatenate([np.empty((0, len(names))), *(each.gains for each in found)]),
        quotes=tuple(quote for each in found for quote in each.quotes),
    )


def _of_block(
    tasks: Sequence[Task],
    memory: RepoMemory,
    names: Sequence[str],
    wanted: NDArray[np.bool_],
    *,
    quoted: bool,
) -> RetrievedTouches:
    """Return the files of a few tasks."""
    queries = Queries.of(tasks)
    worth = _worth(memory.experience)
    gains = np.zeros((len(names), len(tasks), len(wanted)))
    quotes: dict[int, Callable[[int, int], str]] = {}
    for place, name in enumerate(names):
        if name in GAIN:
            ranking = memory.retrievers[name].rank(queries)
            share = share_of_best(ranking.relevance)
            gain = np.maximum(GAIN[name] * worth[name] - spread(share), 0.0)
            gains[place] = gain[:, None] * share**_SHARPNESS
            quotes[place] = ranking.quote
    gains[:, :, ~wanted] = 0.0
    _add_neighbours(gains, memory, names, wanted)
    probability = probability_of(gains.sum(axis=0))
    count = min(_MOST_FILES, len(wanted))
    best = np.argsort(-probability, axis=1, kind="stable")[:, :count]
    likely = np.take_along_axis(probability, best, axis=1) >= _LEAST
    task = np.nonzero(likely)[0]
    file = best[likely]
    chosen = exact_gains(gains[:, task, file].T)
    return RetrievedTouches(
        sources=tuple(names),
        task=task,
        file=file,
        gains=chosen,
        quotes=tuple(
            tuple(
                _quote(quotes.get(place), row_task, row_file) if row[place] > 0 else ""
                for place in range(len(names))
            )
            for row_task, row_file, row in zip(
                task.tolist(), file.tolist(), chosen.tolist(), strict=True
            )
        )
        if quoted
        else (),
    )


def _add_neighbours(
    gains: NDArray[np.float64],
    memory: RepoMemory,
    names: Sequence[str],
    wanted: NDArray[np.bool_],
) -> None:
    """Let files gain by the likely files that they go with."""
    places = {name: names.index(name) for name in NEIGHBOUR_GAIN if name in names}
    if not places:
        return
    probability = probability_of(gains.sum(axis=0))
    worth = _worth(memory.experience)
    for task, row in enumerate(probability):
        for name, through in memory.neighbours.of(row).items():
            if name in places:
                # The square root, because odds and not probabilities add up.
                gained = NEIGHBOUR_GAIN[name] * worth[name] * np.sqrt(through)
                gains[places[name], task] = np.where(wanted, gained, 0.0)


def _worth(experience: float) -> dict[str, float]:
    """Return what each evidence is worth beside its worth in a repository with a long past.

    The shorter the past, the less it tells, and the more is told by the files themselves. Fitted
    like the gains, on pasts cut to 0, 20, 60, 200 and 600 tasks.
    """
    of_files = 1.7 - 0.7 * experience
    return {
        "content": of_files,
        "identifiers": of_files,
        "path": of_files,
        "past texts": experience,
        "similar tasks": experience,
        CO_CHANGE: experience,
        NAMESAKE: of_files,
        SAME_DIRECTORY: 1.0,
    }


def _quote(quote: Callable[[int, int], str] | None, task: int, file: int) -> str:
    return quote(task, file) if quote else "goes with likelier files"


def _joined(parts: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate([np.empty(0, dtype=np.int64), *parts])
