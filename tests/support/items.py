"""What detectors of items say about two tasks, each made from the files before and after it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from taskpar_ml.domain.mined import ItemFinding
from taskpar_ml.history.items.fact_detectors import FACT_DETECTORS
from taskpar_ml.history.items.shipped import ITEM_DETECTORS
from taskpar_ml.history.replay.detectors import PairDetector
from taskpar_ml.history.replay.done import DoneTask, done_task
from taskpar_ml.history.replay.items import ItemFinder
from taskpar_ml.history.replay.read_task import ContentFacts, ReadTask
from taskpar_ml.repo.objects import ObjectReader
from tests.support.histories import History
from tests.support.merging import Content

Files = Mapping[str, Content | None]

_NUMBERS = itertools.count()


class Tasks:
    """A repository in which tasks are made; each is a change of the files before it."""

    def __init__(self, folder: Path) -> None:
        self._history = History(folder / f"tasks{next(_NUMBERS)}.git")
        self.reader = ObjectReader(self._history.repository, place="tasks")
        self.facts = ContentFacts(self.reader, place="tasks", detectors=FACT_DETECTORS)

    def task(self, before: Files, change: Files) -> DoneTask:
        """Return a task that changes some files, ``None`` for one that goes."""
        base = self._history.commit("Before", before, parents=[], onto=None)
        tip = self._history.commit("After", change, parents=[base], onto=None)
        self.reader = ObjectReader(self._history.repository, place="tasks")
        self.facts = ContentFacts(self.reader, place="tasks", detectors=FACT_DETECTORS)
        return done_task(self.reader, tip, base, place="tasks")

    def read(self, before: Files, change: Files) -> ReadTask:
        """Return the same with what is in its files."""
        return ReadTask(self.task(before, change), self.facts)

    def findings(
        self,
        before: Files,
        earlier: Files,
        later: Files,
        *,
        upon: Files | None = None,
        detectors: Sequence[PairDetector[Any]] = ITEM_DETECTORS,
    ) -> list[ItemFinding]:
        """Return what is found of two tasks.

        The later one is done ``upon`` some files, by default those that the earlier one left.
        """
        first = self.task(before, earlier)
        left = {**before, **earlier} if upon is None else upon
        second = self.task({path: each for path, each in left.items() if each is not None}, later)
        return list(ItemFinder(detectors).find(first, second, self.facts))

    def items(
        self, before: Files, earlier: Files, later: Files, *, upon: Files | None = None
    ) -> list[str]:
        """Return the same as text: kind and item."""
        found = self.findings(before, earlier, later, upon=upon)
        return [f"{each.kind}: {each.item}" for each in found]
