"""What finders say of tasks: evidence row by row, and what follows from it for retrieval."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Self

from taskpar_ml.domain.footprint import (
    Access,
    Evidence,
    EvidenceSource,
    ObservedWork,
    RetrievedTouches,
    Surface,
)
from taskpar_ml.domain.task import Task
from taskpar_ml.footprints.candidates import Told
from taskpar_ml.footprints.evidence import EvidenceFinder
from taskpar_ml.footprints.files_behind import files_behind
from taskpar_ml.footprints.matrices import MOST_MATCHED, written_files
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.observed import ObservedFiles
from taskpar_ml.footprints.retrieval import findable
from taskpar_ml.footprints.written import writes_a_file


@dataclass(frozen=True)
class Findings:
    """Evidence of tasks.

    Attributes
    ----------
    tasks
        The tasks, in code-point order of their ids.
    direct
        What tasks say and were seen to do.
    behind
        Files of what they name.
    told
        Tasks that name files which they write.
    settled
        Tasks whose files are declared or finally known: what their texts are about adds none.
    """

    tasks: tuple[Task, ...]
    direct: tuple[Evidence, ...]
    behind: tuple[Evidence, ...]
    told: frozenset[str]
    settled: frozenset[str]

    @classmethod
    def of(
        cls,
        tasks: Sequence[Task],
        memory: RepoMemory,
        *,
        finders: Sequence[EvidenceFinder],
        observed: Mapping[str, ObservedWork] = MappingProxyType({}),
        without: Collection[str] = (),
    ) -> Self:
        """Ask every finder; parameters are those of the predictor.

        Raises
        ------
        PatternError
            If a declared pattern cannot be matched in this repository.
        """
        final = {task for task, work in observed.items() if work.final}
        direct = tuple(
            row
            for task in tasks
            for finder in (*finders, ObservedFiles(observed))
            for row in finder.find(task, memory)
            if not (
                row.surface == Surface.FILE
                and row.task in final
                and row.source != EvidenceSource.OBSERVED
            )
        )
        writes = [row for row in direct if writes_a_file(row)]
        declared = {row.task for row in writes if row.source == EvidenceSource.DECLARED}
        settled = frozenset(declared | final)
        behind = files_behind(
            [row for row in direct if row.task not in settled],
            memory.code,
            memory.snapshot.paths.paths,
            without=without,
        )
        told = frozenset(row.task for row in writes)
        return cls(tuple(tasks), direct, tuple(behind), told, settled)

    @cached_property
    def rows(self) -> tuple[Evidence, ...]:
        """All evidence, in the order found."""
        return (*self.direct, *self.behind)

    def told_files(self, memory: RepoMemory) -> Told:
        """Return which files the texts name, themselves and by what lies in them."""
        position = {task.id: index for index, task in enumerate(self.tasks)}
        named = [row for row in self.direct if row.source == EvidenceSource.MENTION]
        paths = memory.snapshot.paths
        return Told(
            named=written_files(named, position, paths, RetrievedTouches.none())[0],
            behind=written_files(self.behind, position, paths, RetrievedTouches.none())[0],
        )

    def weighable(self, memory: RepoMemory) -> frozenset[int]:
        """Return the places of rows that a ranker weighs: mentions of files that exist."""
        found = findable(memory)
        places = set()
        for place, row in enumerate(self.rows):
            is_mention = row.source == EvidenceSource.MENTION and writes_a_file(row)
            if is_mention and row.task not in self.settled:
                hits = memory.snapshot.paths.matching(row.item)
                if 0 < len(hits) <= MOST_MATCHED and found[hits].any():
                    places.add(place)
        return frozenset(places)

    def asking(self) -> list[Task]:
        """Return the tasks without the names of files that they only refer to.

        A task that says "see src/tax.py" is not about taxes. Of symbols that it refers to it is:
        the code that uses them names them too.
        """
        references: defaultdict[str, set[str]] = defaultdict(set)
        for row in self.direct:
            is_reference = row.source == EvidenceSource.MENTION and row.access == Access.READ
            if is_reference and row.surface != Surface.SYMBOL:
                references[row.task].add(row.quote)
        return [
            _without(task, references[task.id]) if task.id in references else task
            for task in self.tasks
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
