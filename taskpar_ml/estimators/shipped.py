"""Where the general model lies that everybody has."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parents[1]
_PLACES: Final = (_PACKAGE / "shipped_model", _PACKAGE.parent / "models" / "general")
"""In an installed package, and in a checkout of its sources."""


def shipped_model() -> Path:
    """Return the folder of the general model, whether or not it is there."""
    return next((place for place in _PLACES if place.is_dir()), _PLACES[0])
