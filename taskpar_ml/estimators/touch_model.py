"""The learned ranker of files: trees over candidates, calibrated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.protocols import TextEncoder
from taskpar_ml.estimators.boosting import BoostedTrees
from taskpar_ml.estimators.calibration import LogitLine
from taskpar_ml.footprints.ranker import TouchRanker
from taskpar_ml.footprints.word_links import WordLinks
from taskpar_ml.sentence_encoder import wanted_encoder


@dataclass(frozen=True)
class TouchModel:
    """Says P(a task touches a file) of candidates; a :class:`TouchRanker`.

    Attributes
    ----------
    name
        Who speaks, with a version.
    trees
        Grown on the columns of candidates.
    links
        Links between words that the trees ask for.
    line
        Calibration of what the trees say.
    encoder_name
        Of whom it learned what texts mean, if of anybody.
    """

    name: str
    trees: BoostedTrees
    links: WordLinks | None = None
    line: LogitLine = field(default_factory=LogitLine)
    encoder_name: str | None = None

    @property
    def encoder(self) -> TextEncoder | None:
        """Who says what texts mean, where that is switched on."""
        return wanted_encoder(self.encoder_name)

    def p_touch(self, values: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return P(the task touches the file) of every candidate, shape ``(n_rows,)``."""
        return self.line.of(self.trees.probability(values))


if TYPE_CHECKING:  # Nothing else would notice before one is handed over.
    _kept: type[TouchRanker] = TouchModel
