"""The seam for conflicts that no merge of lines shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from taskpar_ml.domain.mined import ItemFinding
from taskpar_ml.history.replay.read_task import ReadTask

Summary = TypeVar("Summary")


class PairDetector(Protocol[Summary]):
    """Finds over what two tasks collide besides the lines of files.

    Each task is summed up once; a pair is then a question to two summaries, for there are twenty
    times as many pairs as tasks.

    Laws: the answer depends on nothing but the two changes and the contents before and after them;
    it names kinds ``resource``, ``logical`` or ``architectural``. No content makes it fail.
    Detectors are handed to other processes, so they can be pickled.

    Attributes
    ----------
    name
        What findings are signed with, its version included: ``migrations-1``. Findings of another
        version are not mixed with those in a store.
    """

    name: str

    def summary(self, task: ReadTask) -> Summary:
        """Return of a task all that any pair with it needs, and little more.

        Raises
        ------
        MissingObjectError
            If a content that is needed cannot be read; nothing is then recorded for its pairs.
        """
        ...

    def find(self, earlier: Summary, later: Summary) -> Iterable[ItemFinding]:
        """Return what two tasks of one main line would collide over, had both run at once."""
        ...
