"""Past tasks with the size of their changes: what effort models learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.landing import Landing
from taskpar_ml.errors import MissingObjectError
from taskpar_ml.estimators.effort_model import EffortLesson
from taskpar_ml.estimators.effort_terms import EffortText
from taskpar_ml.history.changed_lines import changed_lines
from taskpar_ml.history.view import HistoryView
from taskpar_ml.history.wordings import Wording, as_task


@dataclass(frozen=True)
class EffortRows:
    """Tasks of one repository, oldest first.

    Attributes
    ----------
    texts
        What each task says, by wording.
    lines
        How many lines each added and deleted; at least 1.
    """

    texts: dict[Wording, list[EffortText]]
    lines: NDArray[np.float64]

    @classmethod
    def gathered(cls, place: Path, landings: Sequence[Landing], *, tasks: int) -> EffortRows:
        """Return the newest tasks of a history.

        Parameters
        ----------
        place
            The repository.
        landings
            The history, oldest first.
        tasks
            How many of its newest tasks are looked at. Those are left out whose files the clone
            lacks.

        Raises
        ------
        RepositoryError
            If the repository cannot be read.
        """
        newest = [landing for landing in landings if landing.is_task][-tasks:]
        known: list[Landing] = []
        lines: list[int] = []
        if newest:
            view = HistoryView.at(place, newest[-1].id)
            for landing in newest:
                try:
                    lines.append(changed_lines(view, landing))
                except MissingObjectError:
                    continue
                known.append(landing)
        texts = {
            wording: [EffortText.of(as_task(each, wording, id="t")) for each in known]
            for wording in Wording
        }
        return cls(texts, np.maximum(np.array(lines, dtype=float), 1.0))

    @property
    def count(self) -> int:
        """How many tasks there are."""
        return len(self.lines)

    def log_sizes(self, *, first: int | None = None) -> NDArray[np.float64]:
        """Return the logarithm of each task's lines over the median of the first of them.

        Parameters
        ----------
        first
            How many of the oldest tasks tell the median; all of them if None.
        """
        if not self.count:
            return np.empty(0)
        logs = np.log(self.lines)
        return np.asarray(logs - np.median(logs[:first]), dtype=float)

    def lesson(self, *, first: int | None = None) -> EffortLesson:
        """Return the first tasks, each told in every wording, with sizes over their median."""
        sizes = self.log_sizes(first=first)[:first]
        texts = [text for wording in Wording for text in self.texts[wording][:first]]
        return EffortLesson(texts, np.tile(sizes, len(Wording)))
