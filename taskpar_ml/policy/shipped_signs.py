"""What gives each category away, as shipped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from taskpar_ml.policy.matter_signs import MATTER_SIGNS
from taskpar_ml.policy.place_signs import PLACE_SIGNS
from taskpar_ml.policy.signs import Category, CategorySigns

DEFAULT_SIGNS: Final[Mapping[Category, CategorySigns]] = {**PLACE_SIGNS, **MATTER_SIGNS}
"""Signs of every category as shipped; ``[categories]`` of ``taskpar.toml`` replaces single ones."""
