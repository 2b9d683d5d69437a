"""The learned ranker of files: trees over candidates, calibrated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.protocols import TextEncoder
from taskpar_ml.estimators.boosting import BoostedTrees
from taskpar_ml.estimators.calibration import LogitLine
from taskpar_ml.footprints.candidates import BLIND_COLUMNS, CANDIDATE_COLUMNS
from taskpar_ml.footprints.meanings import MEANING_COLUMNS
from taskpar_ml.footprints.ranker import TouchRanker
from taskpar_ml.footprints.word_links import WordLinks
from taskpar_ml.sentence_encoder import wanted_encoder

_BLIND: Final = [list(CANDIDATE_COLUMNS).index(name) for name in BLIND_COLUMNS]
_TOLD: Final = list(CANDIDATE_COLUMNS).index(next(iter(MEANING_COLUMNS)))


@dataclass(frozen=True)
class SeeingTrees:
    """Trees that ask what texts mean.

    Attributes
    ----------
    trees
        Grown on :data:`~taskpar_ml.footprints.candidates.CANDIDATE_COLUMNS`.
    encoder
        Name of who told them.
    """

    trees: BoostedTrees
    encoder: str


@dataclass(frozen=True)
class TouchModel:
    """Says P(a task touches a file) of candidates; a :class:`TouchRanker`.

    Attributes
    ----------
    name
        Who speaks, with a version.
    trees
        Grown on :data:`~taskpar_ml.footprints.candidates.BLIND_COLUMNS`.
    links
        Links between words that the trees ask for.
    line
        Calibration of what the trees say.
    seeing
        Who speaks of candidates of which it is told what texts mean; if nobody, ``trees`` do.
    """

    name: str
    trees: BoostedTrees
    links: WordLinks | None = None
    line: LogitLine = field(default_factory=LogitLine)
    seeing: SeeingTrees | None = None

    @property
    def encoder(self) -> TextEncoder | None:
        """Who says what texts mean, where that is switched on."""
        return None if self.seeing is None else wanted_encoder(self.seeing.encoder)

    def p_touch(self, values: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return P(the task touches the file) of every candidate, shape ``(n_rows,)``."""
        told = ~np.isnan(values[:, _TOLD])
        if self.seeing is None or not told.any():
            return self.line.of(self.trees.probability(values[:, _BLIND]))
        said = np.empty(len(values))
        said[told] = self.seeing.trees.probability(values[told])
        said[~told] = self.trees.probability(values[~told][:, _BLIND])
        return self.line.of(said)


if TYPE_CHECKING:  # Nothing else would notice before one is handed over.
    _kept: type[TouchRanker] = TouchModel
