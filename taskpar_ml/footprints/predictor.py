"""From tasks and a snapshot to footprints."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.footprint import (
    Evidence,
    EvidenceLevel,
    EvidenceSource,
    Footprints,
    ObservedWork,
    Places,
    PredictedItems,
    RetrievedTouches,
    Surface,
    TouchMatrix,
)
from taskpar_ml.domain.protocols import TextEncoder
from taskpar_ml.domain.task import Task
from taskpar_ml.footprints.candidates import Candidates
from taskpar_ml.footprints.declared import DeclaredPaths
from taskpar_ml.footprints.endpoints import endpoints_in
from taskpar_ml.footprints.evidence import EvidenceFinder
from taskpar_ml.footprints.findings import Findings
from taskpar_ml.footprints.held_items import extended_lines, held_items
from taskpar_ml.footprints.matrices import (
    file_matrix,
    named_matrix,
    written_files,
)
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.mentions import TextMentions
from taskpar_ml.footprints.paths import paths_in
from taskpar_ml.footprints.pinpointing import pinpoint
from taskpar_ml.footprints.pooling import probability_of
from taskpar_ml.footprints.ranker import TouchRanker
from taskpar_ml.footprints.resources import resources_in
from taskpar_ml.footprints.retrieval import (
    candidates_of,
    findable,
    retrieve,
    retrieve_ranked,
)
from taskpar_ml.footprints.symbols import SymbolMentions
from taskpar_ml.footprints.tables import tables_in
from taskpar_ml.footprints.word_links import WordLinks

DEFAULT_FINDERS: Final[tuple[EvidenceFinder, ...]] = (
    DeclaredPaths(),
    TextMentions(Surface.FILE, paths_in),
    TextMentions(Surface.ENDPOINT, endpoints_in),
    TextMentions(Surface.TABLE, tables_in),
    TextMentions(Surface.RESOURCE, resources_in),
    SymbolMentions(),
)
"""Every source of evidence, each on its own."""


FIXED_RULE: Final = "the fixed rule"
"""What the ranker is called where there is none."""

ENOUGH: Final = 0.1
"""P(touch) of a task's likeliest file from which on retrieval is believed to know the task.

Of past tasks below it, three in five changed none of the ten likeliest files; of those with 0.10
to 0.15 one in two, of those with 0.15 to 0.20 two in five."""


class FootprintPredictor:
    """Predicts what tasks will touch, from all evidence together.

    Without a ranker the rule that fuses the evidence is fixed
    (:mod:`taskpar_ml.footprints.pooling`): the unlearned baseline.

    Parameters
    ----------
    finders
        Sources of evidence that a task names; leave some out to see what they are worth.
    without
        Names of evidence to be left out: of that by retrieval, those in
        :data:`taskpar_ml.footprints.relevance.GAIN` and ``NEIGHBOUR_GAIN``; of files behind what
        texts name, those in :data:`taskpar_ml.footprints.files_behind.BEHIND`; of what files
        hold, the surfaces ``symbol``, ``endpoint``, ``table``, ``resource``, ``test``, ``context``.
    enough
        P(touch) of a task's likeliest file from which on retrieval is believed to know the task;
        tasks that name a file themselves need none.
    ranker
        Who has learned how likely candidates are touched; nothing may then be left out.
    """

    def __init__(
        self,
        finders: Sequence[EvidenceFinder] = DEFAULT_FINDERS,
        *,
        without: Collection[str] = (),
        enough: float = ENOUGH,
        ranker: TouchRanker | None = None,
    ) -> None:
        self.finders = tuple(finders)
        self.without = frozenset(without)
        self.enough = enough
        self.ranker = ranker

    @property
    def ranked_by(self) -> str:
        """Who ranks files, and who tells what texts mean, if anybody does."""
        if self.ranker is None:
            return FIXED_RULE
        encoder = self.ranker.encoder
        return self.ranker.name if encoder is None else f"{self.ranker.name} with {encoder.name}"

    def predict(
        self,
        tasks: Sequence[Task],
        memory: RepoMemory,
        *,
        observed: Mapping[str, ObservedWork] = MappingProxyType({}),
        quoted: bool = False,
    ) -> Footprints:
        """Return the footprints of the tasks, rows in code-point order of their ids.

        Of a task whose files are finally known nothing else counts on the file surface. Of a
        task that is running, what it was seen to change is certain and the rest stays likely.
        Who declares the files that a task changes is believed: what its text is about adds none.

        Parameters
        ----------
        tasks
            The tasks, in any order.
        memory
            The repository and its past.
        observed
            Task id to what it was seen to change.
        quoted
            Whether retrieved files come with the words that say why.

        Raises
        ------
        PatternError
            If a declared pattern cannot be matched in this repository.
        """
        ordered = sorted(tasks, key=lambda task: task.id)
        position = {task.id: index for index, task in enumerate(ordered)}
        found = Findings.of(
            ordered, memory, finders=self.finders, observed=observed, without=self.without
        )
        evidence = (*found.rows, *_provided(found, memory))
        weighed = found.weighable(memory) if self.ranker else frozenset()
        weighed |= {place for place, row in enumerate(evidence) if _is_corrected(row)}
        retrieved = _believed(
            _corrected(self._retrieved(found, memory, quoted=quoted), found, memory),
            told=np.array([task.id in found.told for task in ordered], dtype=bool),
            settled=np.array([task.id in found.settled for task in ordered], dtype=bool),
            enough=self.enough,
        )
        counted = [row for place, row in enumerate(evidence) if place not in weighed]
        places, predicted = self._within(ordered, counted, retrieved, memory)
        surfaces: dict[Surface, TouchMatrix] = {}
        for surface in Surface:
            rows = [row for row in counted if row.surface == surface]
            if surface == Surface.FILE and (rows or len(retrieved.task)):
                surfaces[surface] = file_matrix(
                    rows, position, memory.snapshot.paths, retrieved=retrieved
                )
            elif rows or surface in predicted:
                surfaces[surface] = named_matrix(rows, position, predicted.get(surface))
        levels = tuple(
            observed[task].level if task in observed else EvidenceLevel.PREDICTED
            for task in position
        )
        return Footprints(
            tasks=tuple(position),
            surfaces=surfaces,
            evidence=evidence,
            levels=levels,
            retrieved=retrieved,
            places=places,
            predicted=predicted,
            weighed=weighed,
        )

    def candidates(
        self,
        tasks: Sequence[Task],
        memory: RepoMemory,
        *,
        links: WordLinks | None = None,
        encoder: TextEncoder | None = None,
    ) -> Candidates:
        """Return what a ranker is asked about, tasks by their place in code-point order of ids.

        Parameters
        ----------
        links
            Links between words that the ranker asks for.
        encoder
            Who says what texts mean, if the ranker asks for it.
        """
        ordered = sorted(tasks, key=lambda task: task.id)
        found = Findings.of(ordered, memory, finders=self.finders)
        told = found.told_files(memory)
        return candidates_of(found.asking(), memory, told=told, links=links, encoder=encoder)

    def _retrieved(self, found: Findings, memory: RepoMemory, *, quoted: bool) -> RetrievedTouches:
        asking = found.asking()
        if self.ranker is None:
            return retrieve(asking, memory, without=self.without, quoted=quoted)
        told = found.told_files(memory)
        return retrieve_ranked(asking, memory, told=told, ranker=self.ranker, quoted=quoted)

    def _within(
        self,
        tasks: Sequence[Task],
        evidence: Sequence[Evidence],
        retrieved: RetrievedTouches,
        memory: RepoMemory,
    ) -> tuple[Places, Mapping[Surface, PredictedItems]]:
        """Return where in their files tasks will work, and what lies there."""
        position = {task.id: index for index, task in enumerate(tasks)}
        written, known = written_files(evidence, position, memory.snapshot.paths, retrieved)
        code = memory.code
        found = pinpoint(tasks, written, memory.content, code.spots)
        places = Places(
            files=written,
            regions=found.regions,
            migrations=extended_lines(written, code),
            imports=code.imports,
            layers=memory.file_layers,
            directories=memory.file_directories,
            known=known,
        )
        held = held_items(
            places,
            found.spots,
            code,
            paths=memory.snapshot.paths.paths,
            contexts=memory.file_contexts,
        )
        return places, {
            surface: items for surface, items in held if surface.value not in self.without
        }


def _provided(found: Findings, memory: RepoMemory) -> Sequence[Evidence]:
    """Return what providers name for tasks whose files are neither declared nor all known."""
    if memory.provided is None:
        return ()
    asking = [task for task in found.tasks if task.id not in found.settled]
    return tuple(memory.provided.rows(asking, memory.snapshot.paths))


def _is_corrected(row: Evidence) -> bool:
    """Whether evidence has counted once what was retrieved is corrected by it."""
    return row.source == EvidenceSource.PROVIDER and not row.creates


def _corrected(
    retrieved: RetrievedTouches, found: Findings, memory: RepoMemory
) -> RetrievedTouches:
    """Return what was retrieved, with the answers of providers counted."""
    if memory.provided is None:
        return retrieved
    return memory.provided.corrected(
        retrieved,
        found.tasks,
        memory.snapshot.paths,
        findable=findable(memory),
    )


def _believed(
    retrieved: RetrievedTouches,
    *,
    told: NDArray[np.bool_],
    settled: NDArray[np.bool_],
    enough: float,
) -> RetrievedTouches:
    """Return what was retrieved, without tasks whose files are declared or all known.

    Where nothing but faint similarities speaks of a task, nothing is known of it.
    """
    best = np.zeros(len(told))
    np.maximum.at(best, retrieved.task, probability_of(retrieved.gained))
    return retrieved.of_tasks((told | (best >= enough)) & ~settled)
