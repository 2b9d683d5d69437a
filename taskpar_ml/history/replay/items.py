"""What detectors find about pairs, each task summed up once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Any, Final

from taskpar_ml.domain.mined import ItemFinding
from taskpar_ml.history.replay.detectors import PairDetector
from taskpar_ml.history.replay.done import DoneTask
from taskpar_ml.history.replay.pair_replay import UNREADABLE
from taskpar_ml.history.replay.read_task import ContentFacts, ReadTask

_MOST_TASKS: Final = 300
"""Tasks whose summaries are kept: more than the widest window and a stretch."""


class ItemFinder:
    """Asks detectors about pairs of tasks.

    Parameters
    ----------
    detectors
        Who is asked.
    """

    def __init__(self, detectors: Sequence[PairDetector[Any]]) -> None:
        self._detectors = detectors
        # Any: what a summary is, only its detector knows.
        self._summaries: OrderedDict[tuple[str, bytes], tuple[Any, ...]] = OrderedDict()

    def find(
        self, earlier: DoneTask, later: DoneTask, facts: ContentFacts
    ) -> Iterator[ItemFinding]:
        """Yield what detectors find; of a task that one cannot read, that one finds nothing."""
        if not self._detectors:
            return
        sides = self._of(earlier, facts), self._of(later, facts)
        for detector, first, second in zip(self._detectors, *sides, strict=True):
            if first is not None and second is not None:
                yield from detector.find(first, second)

    def _of(self, task: DoneTask, facts: ContentFacts) -> tuple[Any, ...]:
        """Return what each detector makes of a task, ``None`` where it cannot be read."""
        key = (task.id, task.base)
        if key not in self._summaries:
            read = ReadTask(task, facts)
            self._summaries[key] = tuple(self._summed(each, read) for each in self._detectors)
            if len(self._summaries) > _MOST_TASKS:
                self._summaries.popitem(last=False)
        return self._summaries[key]

    @staticmethod
    def _summed(detector: PairDetector[Any], read: ReadTask) -> Any:
        try:
            return detector.summary(read)
        except UNREADABLE:
            return None
