"""All that a repository offers to judge tasks by, prepared once for a snapshot."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.domain.contexts import ContextMap
from taskpar_ml.domain.footprint import Surface
from taskpar_ml.domain.landing import Landing
from taskpar_ml.domain.layers import Layer
from taskpar_ml.domain.protocols import TextEncoder
from taskpar_ml.domain.taskset import Notice
from taskpar_ml.footprints.code_map import CodeMap
from taskpar_ml.footprints.content import ContentRetriever
from taskpar_ml.footprints.content_index import ContentIndex
from taskpar_ml.footprints.file_traits import file_traits
from taskpar_ml.footprints.identifiers import IdentifierRetriever
from taskpar_ml.footprints.meanings import Meanings
from taskpar_ml.footprints.neighbours import Neighbours
from taskpar_ml.footprints.past_tasks import ARRAYS_KIND, PastTasks, memory_key
from taskpar_ml.footprints.past_texts import PastTextRetriever
from taskpar_ml.footprints.path_words import PathRetriever
from taskpar_ml.footprints.provided import ProvidedFootprints
from taskpar_ml.footprints.retriever import Retriever
from taskpar_ml.footprints.similar_tasks import SimilarTaskRetriever
from taskpar_ml.footprints.symbol_names import SymbolNames
from taskpar_ml.footprints.word_links import PathWords
from taskpar_ml.history.conflict_rates import ConflictRates
from taskpar_ml.history.file_rates import FileRates
from taskpar_ml.history.landings import DEFAULT_LIMIT, landings_until
from taskpar_ml.history.statistics import HistoryStatistics
from taskpar_ml.history.view import HistoryView
from taskpar_ml.policy.automation import AutomationRules
from taskpar_ml.repo.snapshot import RepoSnapshot
from taskpar_ml.survey.contexts import Contexts
from taskpar_ml.survey.layers import Layers

_FULL_PAST: Final = 2_000
_SHORT_PAST: Final = 20
"""Tasks below which a person should know that predictions rest on contents alone."""


@dataclass(frozen=True)
class RepoMemory:
    """A snapshot together with the past that led to it.

    Everything is made when first asked for, and kept on disk where the snapshot has a place.

    Attributes
    ----------
    snapshot
        The files.
    rules
        What counts as automation and is left out of the past.
    given
        Landings to remember in place of those of the repository, oldest first.
    drawn
        The parts of the system, where somebody drew them; else they are drawn as usual.
    workers
        Processes that read files at the same time, where many were never read; see
        :meth:`taskpar_ml.survey.repo_survey.RepoSurvey.of`.
    rates
        How often past tasks that changed the same file conflicted, where history was replayed.
    provided
        What footprint providers answered, where any was asked.
    """

    snapshot: RepoSnapshot
    rules: AutomationRules = field(default_factory=AutomationRules)
    given: Sequence[Landing] | None = None
    drawn: ContextMap | None = None
    workers: int = 1
    rates: ConflictRates | None = None
    provided: ProvidedFootprints | None = None

    @cached_property
    def retrievers(self) -> Mapping[str, Retriever]:
        """Everything that ranks files by a text, by name."""
        paths = self.snapshot.paths.paths
        return {
            "content": ContentRetriever(self.content, len(paths)),
            "identifiers": IdentifierRetriever(self.content, len(paths)),
            "path": PathRetriever(paths),
            "past texts": PastTextRetriever(self.past),
            "similar tasks": self.similar_tasks,
        }

    @cached_property
    def similar_tasks(self) -> SimilarTaskRetriever:
        """Earlier tasks by a text."""
        return SimilarTaskRetriever(self.past)

    @cached_property
    def lacks(self) -> tuple[Notice, ...]:
        """What predictions have to do without: contents of a huge repository, or a past."""
        said = []
        if self.content.beyond:
            said.append(
                f"the contents of {self.content.beyond:,} files are left out, because the "
                "repository is too large to be read whole: they are known by their path and past."
            )
        if self.past.n_past < _SHORT_PAST:
            said.append(
                f"{self.past.n_past} earlier tasks are known, so that predictions rest on the "
                "contents and names of files. `taskpar landings` says what was read."
            )
        return tuple(Notice(self.snapshot.repository, each) for each in said)

    @cached_property
    def experience(self) -> float:
        """How much past there is to learn from, in [0, 1]: 1 from 2,000 tasks on, in logarithms."""
        return min(math.log1p(self.past.n_past) / math.log1p(_FULL_PAST), 1.0)

    @cached_property
    def content(self) -> ContentIndex:
        """The contents of the files."""
        return ContentIndex.of(self.snapshot)

    @cached_property
    def code(self) -> CodeMap:
        """What lies where in the files, and which of them go with which."""
        return CodeMap.of(self.snapshot, workers=self.workers)

    @cached_property
    def symbols(self) -> SymbolNames:
        """What the names of symbols stand for."""
        return SymbolNames(self.code.spots[Surface.SYMBOL].items)

    @cached_property
    def contexts(self) -> ContextMap:
        """The parts of the system."""
        return Contexts.at(self.snapshot) if self.drawn is None else self.drawn

    @cached_property
    def file_contexts(self) -> Sequence[str | None]:
        """The bounded context of every file, None for files of the whole system."""
        return tuple(map(self.contexts.of, self.snapshot.paths.paths))

    @cached_property
    def file_layers(self) -> NDArray[np.int8]:
        """The layer of every file as its place in :class:`Layer`, -1 for none, ``(n_files,)``."""
        snapshot = self.snapshot
        place = {layer: number for number, layer in enumerate(Layer)}
        layers = Layers(snapshot.paths.paths, lambda path, most: snapshot.read(path, limit=most))
        found = (layers.of(path) for path in snapshot.paths.paths)
        return np.array([-1 if each is None else place[each] for each in found], dtype=np.int8)

    @cached_property
    def file_directories(self) -> sparse.csr_array:
        """Which file lies in which directory: CSR of ones, ``(n_files, n_directories)``."""
        folders = [path.rpartition("/")[0] for path in self.snapshot.paths.paths]
        names, column = np.unique(np.array(folders, dtype=object), return_inverse=True)
        ones = np.ones(len(folders))
        where = ones, column, np.arange(len(folders) + 1)
        return sparse.csr_array(where, shape=(len(folders), len(names)))

    @cached_property
    def path_words(self) -> PathWords:
        """The words of all paths."""
        return PathWords.of(self.snapshot.paths.paths)

    def meanings(self, encoder: TextEncoder) -> Meanings:
        """Return what the past means to an encoder."""
        if encoder.name not in self._meanings:
            self._meanings[encoder.name] = Meanings(encoder, self.snapshot.cache, self.past)
        return self._meanings[encoder.name]

    @cached_property
    def _meanings(self) -> dict[str, Meanings]:
        return {}

    @cached_property
    def file_traits(self) -> NDArray[np.float32]:
        """What is known of every file whatever a task says: see :func:`file_traits`."""
        return file_traits(self.snapshot.paths.paths, self.past, self.content, self.file_layers)

    @cached_property
    def file_rates(self) -> FileRates | None:
        """How often tasks conflict in every file; None if no two of them ever met in one."""
        if self.rates is None or not self.rates.together:
            return None
        return FileRates.of(self.rates, self.snapshot.paths.paths)

    @cached_property
    def neighbours(self) -> Neighbours:
        """What changes along with a file."""
        paths = self.snapshot.paths.paths
        return Neighbours(HistoryStatistics(paths, self.past.touched).co_change, paths)

    @cached_property
    def past(self) -> PastTasks:
        """The tasks that landed up to the snapshot."""
        snapshot, paths = self.snapshot, self.snapshot.paths.paths
        if self.given is not None or snapshot.newest is None:
            return PastTasks.of(self.given or (), paths)
        view = HistoryView.at(snapshot.repository, snapshot.newest)
        # Not the commit alone: `git fetch --unshallow` brings another past of the same commit.
        seen = view.key(view.commit).hex()
        key = memory_key(seen, paths, f"{DEFAULT_LIMIT} {self.rules.settings.model_dump_json()}")
        kept = snapshot.arrays.load(ARRAYS_KIND, key) if snapshot.arrays else None
        if kept is not None:
            return PastTasks.from_arrays(kept, n_files=len(paths))
        log = landings_until(
            snapshot.repository, snapshot.newest, cache=snapshot.cache, rules=self.rules
        )
        past = PastTasks.of(log.landings, paths)
        # What is missing for no reason that the key names may be fetched one day.
        lasts = not log.unread and (not log.is_cut or bool(view.bend))
        if snapshot.arrays and lasts:
            snapshot.arrays.save(ARRAYS_KIND, key, past.arrays())
        return past
