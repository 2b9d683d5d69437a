"""From tasks and a snapshot to footprints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from taskpar_ml.domain.footprint import (
    Access,
    EvidenceLevel,
    Footprints,
    Surface,
    TouchMatrix,
)
from taskpar_ml.domain.task import Task
from taskpar_ml.footprints.declared import DeclaredPaths
from taskpar_ml.footprints.endpoints import endpoints_in
from taskpar_ml.footprints.evidence import EvidenceFinder
from taskpar_ml.footprints.matrices import file_matrix, named_matrix
from taskpar_ml.footprints.mentions import TextMentions
from taskpar_ml.footprints.paths import paths_in
from taskpar_ml.footprints.resources import resources_in
from taskpar_ml.footprints.tables import tables_in
from taskpar_ml.repo.globs import example_path
from taskpar_ml.repo.snapshot import RepoSnapshot

DEFAULT_FINDERS: Final[tuple[EvidenceFinder, ...]] = (
    DeclaredPaths(),
    TextMentions(Surface.FILE, paths_in),
    TextMentions(Surface.ENDPOINT, endpoints_in),
    TextMentions(Surface.TABLE, tables_in),
    TextMentions(Surface.RESOURCE, resources_in),
)
"""Every source of evidence, each on its own."""


class FootprintPredictor:
    """Predicts what tasks will touch, from all finders together.

    Parameters
    ----------
    finders
        Sources of evidence; leave some out to see what they are worth.
    """

    def __init__(self, finders: Sequence[EvidenceFinder] = DEFAULT_FINDERS) -> None:
        self.finders = tuple(finders)

    def predict(self, tasks: Sequence[Task], snapshot: RepoSnapshot) -> Footprints:
        """Return the footprints of the tasks, rows in code-point order of their ids.

        Raises
        ------
        PatternError
            If a declared pattern cannot be matched in this repository.
        """
        ordered = sorted(tasks, key=lambda task: task.id)
        position = {task.id: index for index, task in enumerate(ordered)}
        evidence = tuple(
            row
            for task in ordered
            for finder in self.finders
            for row in finder.find(task, snapshot)
        )
        surfaces: dict[Surface, TouchMatrix] = {}
        for surface in Surface:
            rows = [row for row in evidence if row.surface == surface]
            if rows and surface == Surface.FILE:
                surfaces[surface] = file_matrix(rows, position, snapshot.paths)
            elif rows:
                surfaces[surface] = named_matrix(rows, position)
        levels = (EvidenceLevel.PREDICTED,) * len(ordered)
        return Footprints(tuple(position), surfaces, evidence, levels)


_PER_PATTERN: Final = 500
_BELIEVED: Final = 0.25
"""P(write) from which on a single file tells what a task is about: a directory that the text
names in passing, with its many files, does not make the task a change of each of them."""


def written_paths(footprints: Footprints, snapshot: RepoSnapshot) -> Mapping[str, list[str]]:
    """Return files that each task is believed to write, at most 500 per pattern.

    Evidence of a probability below 0.25 is left out. A pattern that matches no file yet is stood
    for by a path that it would match.
    """
    files: dict[str, list[str]] = {}
    names: dict[str, list[str]] = {}
    for row in footprints.evidence:
        written = row.surface == Surface.FILE and row.access == Access.WRITE
        if not written or row.probability < _BELIEVED:
            continue
        if row.item not in names:
            hits = snapshot.paths.matching(row.item)[:_PER_PATTERN]
            names[row.item] = [snapshot.paths.paths[hit] for hit in hits] or [
                example_path(row.item)
            ]
        files.setdefault(row.task, []).extend(names[row.item])
    return files


def written_items(footprints: Footprints, surface: Surface) -> Mapping[str, list[str]]:
    """Return the named items of one surface that each task is believed to write."""
    items: dict[str, list[str]] = {}
    for row in footprints.evidence:
        if row.surface == surface and row.access == Access.WRITE:
            items.setdefault(row.task, []).append(row.item)
    return items
