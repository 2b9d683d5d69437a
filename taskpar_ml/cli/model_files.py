"""Files of models, which no answer may replace."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

_READ: Final = ("", ".json", ".npz", ".txt")
"""Endings of files that models and kept rows consist of."""


def model_files(folders: Iterable[Path | None]) -> list[Path]:
    """Return the files in these folders that are parts of models or rows that were kept.

    A page or tables may stand beside the parts of a model, which these describe.
    """
    parts = (each for place in folders if place for each in place.glob("*"))
    return [each for each in parts if each.suffix in _READ]
