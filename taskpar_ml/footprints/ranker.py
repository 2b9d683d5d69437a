"""The contract of who says how likely candidates are touched."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.protocols import TextEncoder
from taskpar_ml.footprints.word_links import WordLinks


class TouchRanker(Protocol):
    """Says with which probability tasks touch files.

    Laws: as many rows out as in, in the same order; a row depends on its own values only; what is
    told lies in [0, 1]; values are not changed.
    """

    @property
    def name(self) -> str:
        """Who speaks, with a version."""
        ...

    @property
    def links(self) -> WordLinks | None:
        """Links between words that it asks for, if any."""
        ...

    @property
    def encoder(self) -> TextEncoder | None:
        """Who says what texts mean, if the ranker asks for it and it is switched on."""
        ...

    def p_touch(self, values: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return P(the task touches the file) of every candidate, shape ``(n_rows,)``.

        Parameters
        ----------
        values
            Columns :data:`taskpar_ml.footprints.candidates.CANDIDATE_COLUMNS`, shape
            ``(n_rows, n_columns)``.
        """
        ...
