"""From tasks and a snapshot to footprints."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.footprint import (
    Access,
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
from taskpar_ml.domain.task import Task
from taskpar_ml.footprints.declared import DeclaredPaths
from taskpar_ml.footprints.endpoints import endpoints_in
from taskpar_ml.footprints.evidence import EvidenceFinder
from taskpar_ml.footprints.files_behind import files_behind
from taskpar_ml.footprints.held_items import extended_lines, held_items
from taskpar_ml.footprints.matrices import file_matrix, named_matrix, written_files
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.mentions import TextMentions
from taskpar_ml.footprints.observed import ObservedFiles
from taskpar_ml.footprints.paths import paths_in
from taskpar_ml.footprints.pinpointing import pinpoint
from taskpar_ml.footprints.pooling import probability_of
from taskpar_ml.footprints.resources import resources_in
from taskpar_ml.footprints.retrieval import retrieve
from taskpar_ml.footprints.symbols import SymbolMentions
from taskpar_ml.footprints.tables import tables_in
from taskpar_ml.footprints.written import writes_a_file

DEFAULT_FINDERS: Final[tuple[EvidenceFinder, ...]] = (
    DeclaredPaths(),
    TextMentions(Surface.FILE, paths_in),
    TextMentions(Surface.ENDPOINT, endpoints_in),
    TextMentions(Surface.TABLE, tables_in),
    TextMentions(Surface.RESOURCE, resources_in),
    SymbolMentions(),
)
"""Every source of evidence, each on its own."""


ENOUGH: Final = 0.1
"""P(touch) of a task's likeliest file from which on retrieval is believed to know the task.

Of past tasks below it, three in five changed none of the ten likeliest files; of those with 0.10
to 0.15 one in two, of those with 0.15 to 0.20 two in five."""


class FootprintPredictor:
    """Predicts what tasks will touch, from all evidence together.

    The rule that fuses the evidence is fixed (:mod:`taskpar_ml.footprints.pooling`): this is the
    unlearned baseline.

    Parameters
    ----------
    finders
        Sources of evidence that a task names; leave some out to see what they are worth.
    without
        Names of evidence to be left out: of that by retrieval, those in
        :data:`taskpar_ml.footprints.retrieval.GAIN` and ``NEIGHBOUR_GAIN``; of files behind what
        texts name, those in :data:`taskpar_ml.footprints.files_behind.BEHIND`; of what files
        hold, the surfaces ``symbol``, ``endpoint``, ``table``, ``resource``, ``test``, ``context``.
    enough
        P(touch) of a task's likeliest file from which on retrieval is believed to know the task;
        tasks that name a file themselves need none.
    """

    def __init__(
        self,
        finders: Sequence[EvidenceFinder] = DEFAULT_FINDERS,
        *,
        without: Collection[str] = (),
        enough: float = ENOUGH,
    ) -> None:
        self.finders = tuple(finders)
        self.without = frozenset(without)
        self.enough = enough

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
        final = {task for task, work in observed.items() if work.final}
        evidence = tuple(
            row
            for task in ordered
            for finder in (*self.finders, ObservedFiles(observed))
            for row in finder.find(task, memory)
            if not (
                row.surface == Surface.FILE
                and row.task in final
                and row.source != EvidenceSource.OBSERVED
            )
        )
        writes = [row for row in evidence if writes_a_file(row)]
        told = {row.task for row in writes}
        settled = final | {row.task for row in writes if row.source == EvidenceSource.DECLARED}
        evidence += tuple(
            files_behind(
                [row for row in evidence if row.task not in settled],
                memory.code,
                memory.snapshot.paths.paths,
                without=self.without,
            )
        )
        retrieved = _believed(
            retrieve(_asking(ordered, evidence), memory, without=self.without, quoted=quoted),
            told=np.array([task.id in told for task in ordered], dtype=bool),
            settled=np.array([task.id in settled for task in ordered], dtype=bool),
            enough=self.enough,
        )
        places, predicted = self._within(ordered, evidence, retrieved, memory)
        surfaces: dict[Surface, TouchMatrix] = {}
        for surface in Surface:
            rows = [row for row in evidence if row.surface == surface]
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
        )

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


def _asking(tasks: Sequence[Task], evidence: Sequence[Evidence]) -> list[Task]:
    """Return the tasks without the names of files that they only refer to.

    A task that says "see src/tax.py" is not about taxes. Of symbols that it refers to it is: the
    code that uses them names them too.
    """
    references: defaultdict[str, set[str]] = defaultdict(set)
    for row in evidence:
        is_reference = row.source == EvidenceSource.MENTION and row.access == Access.READ
        if is_reference and row.surface != Surface.SYMBOL:
            references[row.task].add(row.quote)
    return [
        _without(task, references[task.id]) if task.id in references else task for task in tasks
    ]


def _without(task: Task, quotes: Collection[str]) -> Task:
    """Return a task from whose texts some words are taken out."""
    quoted = re.compile("|".join(re.escape(quote) for quote in sorted(quotes, key=len)[::-1]))
    return task.model_copy(
        update={
            "title": quoted.sub(" ", task.title),
            "description": quoted.sub(" ", task.description),
            "acceptance_criteria": tuple(
                quoted.sub(" ", text) for text in task.acceptance_criteria
            ),
            "context": quoted.sub(" ", task.context),
        }
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
    np.maximum.at(best, retrieved.task, probability_of(retrieved.gains.sum(axis=1)))
    return retrieved.of_tasks((told | (best >= enough)) & ~settled)
