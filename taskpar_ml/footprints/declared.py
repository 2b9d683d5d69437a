"""Evidence from declared paths: conflict zones, ``modifies``, relevant files."""

from __future__ import annotations

from collections.abc import Iterator

from taskpar_ml.domain.footprint import Access, Evidence, EvidenceSource, Surface
from taskpar_ml.domain.task import Task
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.repo.checks import check_pattern
from taskpar_ml.repo.globs import is_literal


class DeclaredPaths:
    """What the author of a task said that it touches is taken at its word: probability 1."""

    def find(self, task: Task, memory: RepoMemory) -> Iterator[Evidence]:
        """Yield one row per declared pattern.

        Raises
        ------
        PatternError
            If a pattern reaches into a submodule, or is too complex to be matched.
        """
        place = f"{task.place}: task {task.id}" if task.place else f"task {task.id}"
        for access, patterns in ((Access.WRITE, task.writes), (Access.READ, task.reads)):
            for pattern in patterns:
                check_pattern(memory.snapshot, pattern, place)
                absent = is_literal(pattern) and not len(memory.snapshot.paths.matching(pattern))
                yield Evidence(
                    task=task.id,
                    surface=Surface.FILE,
                    item=pattern,
                    access=access,
                    probability=1.0,
                    source=EvidenceSource.DECLARED,
                    creates=absent and access == Access.WRITE,
                    quote=pattern,
                )
