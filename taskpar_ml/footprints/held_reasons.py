"""Through which of its files a task touches what those files hold."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.footprint import Footprints, Surface
from taskpar_ml.footprints.memory import RepoMemory


class HeldReasons:
    """Says in which file the items lie that tasks touch because of the files that they write.

    Parameters
    ----------
    footprints
        What the tasks touch.
    memory
        The repository they were predicted for.
    """

    def __init__(self, footprints: Footprints, memory: RepoMemory) -> None:
        self._written = footprints.places.files
        self._memory = memory
        self._paths = memory.snapshot.paths.paths

    def reason(self, task: int, surface: Surface, item: str) -> str:
        """Return ``in src/a.py``, the file that the task most likely writes; else nothing.

        Parameters
        ----------
        task
            Position of the task.
        surface, item
            What it touches.
        """
        files = self._files_of(surface, item)
        begin, end = self._written.indptr[task : task + 2]
        written, probability = self._written.indices[begin:end], self._written.data[begin:end]
        held = np.isin(written, files)
        if not held.any():
            return ""
        likeliest = int(written[held][np.argmax(probability[held])])
        word = "tests" if surface == Surface.TEST and self._paths[likeliest] != item else "in"
        return f"{word} {self._paths[likeliest]}"

    def _files_of(self, surface: Surface, item: str) -> NDArray[np.int64]:
        """Return the files that hold an item, or that a test is about."""
        code = self._memory.code
        if surface == Surface.CONTEXT:
            return self._of_context.get(item, np.empty(0, dtype=np.int64))
        if surface == Surface.TEST:
            test = bisect_left(self._paths, item)
            begin, end = code.tests.indptr[test : test + 2]
            return np.append(code.tests.indices[begin:end], test).astype(np.int64)
        spots = code.spots[surface]
        place = bisect_left(spots.items, item)
        if place < len(spots.items) and spots.items[place] == item:
            return np.unique(spots.file[spots.item == place]).astype(np.int64)
        return np.empty(0, dtype=np.int64)

    @cached_property
    def _of_context(self) -> dict[str, NDArray[np.int64]]:
        contexts = self._memory.file_contexts
        named = {name for name in contexts if name is not None}
        return {
            name: np.array([file for file, each in enumerate(contexts) if each == name])
            for name in named
        }
