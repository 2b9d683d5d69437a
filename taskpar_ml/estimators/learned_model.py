"""Everything that was learned, together: who ranks files, who judges pairs, and from what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from taskpar_ml.estimators.pair_model import PairModel
from taskpar_ml.estimators.touch_model import TouchModel


@dataclass(frozen=True)
class LearnedModel:
    """A ranker of files with the estimator of pairs that learned from its rankings.

    One without the other is of no use: features of pairs mean what the ranker makes of them.

    Attributes
    ----------
    ranker
        Says which files tasks touch.
    pairs
        Says which pairs conflict.
    facts
        What a person should know of it: data, dates, settings, measures.
    """

    ranker: TouchModel
    pairs: PairModel
    facts: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Who speaks, with a version."""
        return self.pairs.name
