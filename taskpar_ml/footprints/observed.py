"""Evidence from what a running task has changed so far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from taskpar_ml.domain.footprint import Access, Evidence, EvidenceSource, ObservedWork, Surface
from taskpar_ml.domain.task import Task
from taskpar_ml.footprints.memory import RepoMemory


class ObservedFiles:
    """What a task was seen to change is certain: probability 1.

    Parameters
    ----------
    work
        Task id to what it has changed.
    """

    def __init__(self, work: Mapping[str, ObservedWork]) -> None:
        self._work = work

    def find(self, task: Task, memory: RepoMemory) -> Iterator[Evidence]:
        """Yield one row per changed file."""
        if task.id in self._work:
            for path in sorted(self._work[task.id].paths):
                yield Evidence(
                    task=task.id,
                    surface=Surface.FILE,
                    item=path,
                    access=Access.WRITE,
                    probability=1.0,
                    source=EvidenceSource.OBSERVED,
                    creates=path not in memory.snapshot.paths,
                    quote=path,
                )
