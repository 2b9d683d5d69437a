"""The detectors that mining asks unless it is told otherwise."""

from __future__ import annotations

from typing import Any, Final

from taskpar_ml.history.items.logical import LogicalItems
from taskpar_ml.history.items.resource import ResourceItems
from taskpar_ml.history.replay.detectors import PairDetector

ITEM_DETECTORS: Final[tuple[PairDetector[Any], ...]] = (ResourceItems(), LogicalItems())
"""One for each kind of which it was measured how often what is found is right."""
