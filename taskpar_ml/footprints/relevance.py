"""What every kind of evidence says of every file, for a few tasks at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.protocols import TextEncoder
from taskpar_ml.domain.task import Task
from taskpar_ml.footprints.meanings import MEANING_COLUMNS
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.neighbours import CO_CHANGE, NAMESAKE, NEIGHBOUR_GAIN, SAME_DIRECTORY
from taskpar_ml.footprints.pooling import probability_of
from taskpar_ml.footprints.queries import Queries
from taskpar_ml.footprints.retriever import share_of_best, spread
from taskpar_ml.footprints.word_links import LINK_COLUMNS, WordLinks

GAIN: Final[Mapping[str, float]] = MappingProxyType(
    {"content": 2.5, "identifiers": 0.7, "path": 1.3, "past texts": 1.3, "similar tasks": 2.1}
)
"""Log odds that the file which a retriever likes best gains by it. These and those of neighbours
were fitted once, by logistic regression on past tasks of repositories that no table reports."""

_SHARPNESS: Final = 1.4
"""Power of the share: files close to the best count, those at half of it hardly do."""


@dataclass(frozen=True)
class Relevance:
    """What speaks for every file.

    Attributes
    ----------
    names
        Names of the evidence: those of retrievers, then those of neighbours.
    shares
        By retriever: relevance as a share of the task's most relevant file, ``(n_tasks, n_files)``.
    strengths
        By retriever: relevance of that file for each word of the task, ``(n_tasks,)``.
    gains
        Log odds that the touch of a file gains, 0 or more, ``(n_names, n_tasks, n_files)``.
    quotes
        By retriever: from a task and a file to words that say why.
    words
        Different words of each task, ``(n_tasks,)``.
    links
        What links between words say of every file: rows are
        :data:`taskpar_ml.footprints.word_links.LINK_COLUMNS`, ``(2, n_tasks, n_files)``; NaN
        where nobody has learned any.
    meanings
        What earlier tasks that meant the same say of every file: rows are
        :data:`taskpar_ml.footprints.meanings.MEANING_COLUMNS`, ``(3, n_tasks, n_files)``; NaN
        where nobody encodes texts.
    """

    names: tuple[str, ...]
    shares: Mapping[str, NDArray[np.float64]]
    strengths: Mapping[str, NDArray[np.float64]]
    gains: NDArray[np.float64]
    quotes: Mapping[str, Callable[[int, int], str]]
    words: NDArray[np.int64]
    links: NDArray[np.float64]
    meanings: NDArray[np.float64]

    @classmethod
    def of(
        cls,
        tasks: Sequence[Task],
        memory: RepoMemory,
        wanted: NDArray[np.bool_],
        *,
        without: Collection[str] = (),
        links: WordLinks | None = None,
        encoder: TextEncoder | None = None,
    ) -> Self:
        """Ask every retriever and every neighbour.

        Parameters
        ----------
        tasks
            Whose texts are read.
        memory
            The files of the repository and its past.
        wanted
            Which files may be found, shape ``(n_files,)``.
        without
            Names of evidence to be left out.
        links
            Links between words, where somebody has learned them.
        encoder
            Who says what texts mean, if anybody does.
        """
        queries = Queries.of(tasks)
        names = tuple(name for name in (*GAIN, *NEIGHBOUR_GAIN) if name not in without)
        worth = _worth(memory.experience)
        said = np.maximum(np.asarray(queries.weights.sum(axis=1)).ravel(), 1.0)
        gains = np.zeros((len(names), len(tasks), len(wanted)))
        shares: dict[str, NDArray[np.float64]] = {}
        strengths: dict[str, NDArray[np.float64]] = {}
        quotes: dict[str, Callable[[int, int], str]] = {}
        for place, name in enumerate(names):
            if name in GAIN:
                ranking = memory.retrievers[name].rank(queries)
                share = share_of_best(ranking.relevance)
                gain = np.maximum(GAIN[name] * worth[name] - spread(share), 0.0)
                gains[place] = gain[:, None] * share**_SHARPNESS
                shares[name], quotes[name] = share, ranking.quote
                strengths[name] = ranking.relevance.max(axis=1, initial=0.0) / said
        gains[:, :, ~wanted] = 0.0
        _add_neighbours(gains, memory, names, wanted)
        words = np.diff(queries.weights.indptr).astype(np.int64)
        shape = len(tasks), len(wanted)
        linked = (
            np.broadcast_to(np.nan, (len(LINK_COLUMNS), *shape))
            if links is None
            else links.of(queries, memory.path_words)
        )
        meant = (
            np.broadcast_to(np.nan, (len(MEANING_COLUMNS), *shape))
            if encoder is None
            else memory.meanings(encoder).votes(tasks)
        )
        return cls(names, shares, strengths, gains, quotes, words, linked, meant)

    @cached_property
    def probability(self) -> NDArray[np.float64]:
        """P(touch) by the fixed rule, shape ``(n_tasks, n_files)``."""
        return probability_of(self.gains.sum(axis=0))

    def quote(self, place: int, task: int, file: int) -> str:
        """Return words that say why one kind of evidence, by its place, speaks for a file."""
        say = self.quotes.get(self.names[place])
        return say(task, file) if say else "goes with likelier files"


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
