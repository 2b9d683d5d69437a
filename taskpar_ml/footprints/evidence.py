"""The contract of everything that finds evidence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from taskpar_ml.domain.footprint import Evidence
from taskpar_ml.domain.task import Task
from taskpar_ml.footprints.memory import RepoMemory


class EvidenceFinder(Protocol):
    """Finds reasons to believe that a task touches something.

    Laws: the answer for a task depends on that task and the memory alone, never on the other
    tasks; a task that names nothing yields nothing.
    """

    def find(self, task: Task, memory: RepoMemory) -> Iterator[Evidence]:
        """Yield the evidence of one task."""
        ...
