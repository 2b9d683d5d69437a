"""The seam for conflicts that no merge of lines shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from taskpar_ml.domain.mined import ItemFinding
from taskpar_ml.history.replay.done import DoneTask
from taskpar_ml.repo.objects import ObjectReader


class PairDetector(Protocol):
    """Finds over what two tasks collide besides the lines of files.

    Laws: the answer depends on nothing but the two changes and the contents before and after them;
    it names kinds ``resource``, ``logical`` or ``architectural``. Detectors are handed to other
    processes, so they can be pickled.

    Attributes
    ----------
    name
        What findings are signed with, its version included: ``migrations-1``. Findings of another
        version are not mixed with those in a store.
    """

    name: str

    def find(
        self, reader: ObjectReader, earlier: DoneTask, later: DoneTask
    ) -> Iterable[ItemFinding]:
        """Return what two tasks of one main line would collide over, had both run at once.

        Raises
        ------
        MissingObjectError
            If a content that is needed cannot be read; nothing is then recorded for the pair.
        """
        ...
