"""What tasks are believed to write: from that the rules tell what kind of task each is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from taskpar_ml.domain.footprint import Access, Evidence, Footprints, Surface
from taskpar_ml.footprints.pooling import probability_of
from taskpar_ml.repo.globs import example_path
from taskpar_ml.repo.snapshot import RepoSnapshot

_PER_PATTERN: Final = 500
_BELIEVED: Final = 0.25
"""P(write) from which on a single file tells what a task is about: a directory that the text
names in passing, with its many files, does not make the task a change of each of them."""
_LIKELY: Final = 0.4
"""The same for files that the text does not name: rules forbid, so they want more."""


def written_paths(footprints: Footprints, snapshot: RepoSnapshot) -> Mapping[str, list[str]]:
    """Return files that each task names, declares or was seen to write, at most 500 per pattern.

    Evidence of a probability below 0.25 is left out. A pattern that matches no file yet is stood
    for by a path that it would match.
    """
    files: dict[str, list[str]] = {}
    names: dict[str, list[str]] = {}
    for row in footprints.evidence:
        if not writes_a_file(row) or row.probability < _BELIEVED:
            continue
        if row.item not in names:
            hits = snapshot.paths.matching(row.item)[:_PER_PATTERN]
            names[row.item] = [snapshot.paths.paths[hit] for hit in hits] or [
                example_path(row.item)
            ]
        files.setdefault(row.task, []).extend(names[row.item])
    return files


def likely_paths(footprints: Footprints, snapshot: RepoSnapshot) -> Mapping[str, list[str]]:
    """Return files that each task writes with a probability of 0.4 at least, by retrieval."""
    files: dict[str, list[str]] = {}
    retrieved = footprints.retrieved
    likely = probability_of(retrieved.gained) >= _LIKELY
    for task, file in zip(retrieved.task[likely], retrieved.file[likely], strict=True):
        files.setdefault(footprints.tasks[task], []).append(snapshot.paths.paths[file])
    return files


def written_items(footprints: Footprints, surface: Surface) -> Mapping[str, list[str]]:
    """Return the named items of one surface that each task is believed to write."""
    items: dict[str, list[str]] = {}
    for row in footprints.evidence:
        if row.surface == surface and row.access == Access.WRITE:
            items.setdefault(row.task, []).append(row.item)
    return items


def writes_a_file(row: Evidence) -> bool:
    """Whether a piece of evidence is of a file that is written."""
    return row.surface == Surface.FILE and row.access == Access.WRITE
