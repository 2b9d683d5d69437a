"""Everything that was learned, together: who ranks files, sizes changes and judges pairs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from taskpar_ml.estimators.effort_model import EffortModel
from taskpar_ml.estimators.pair_model import PairModel
from taskpar_ml.estimators.touch_model import TouchModel


@dataclass(frozen=True)
class LearnedModel:
    """The estimator of pairs, with those whose answers it learned from.

    One without the others is of no use: features of pairs mean what these make of them.

    Attributes
    ----------
    ranker
        Says which files tasks touch.
    pairs
        Says which pairs conflict.
    facts
        What a person should know of it: data, dates, settings, measures.
    effort
        Says how large the changes of tasks will be; None for pairs that did not learn from it.
    """

    ranker: TouchModel
    pairs: PairModel
    facts: Mapping[str, JsonValue] = field(default_factory=dict)
    effort: EffortModel | None = None

    @property
    def name(self) -> str:
        """Who speaks, with a version."""
        return self.pairs.name
