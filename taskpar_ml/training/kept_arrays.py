"""Arrays of one name each in one file, whole or not there."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.whole_files import whole_file


def save_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays into a file, in place of one that is there.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    named: dict[str, Any] = dict(arrays)
    with whole_file(path, replace=True) as beside, beside.open("wb") as file:
        np.savez(file, **named)


def load_arrays(path: Path) -> dict[str, NDArray[Any]] | None:
    """Return the arrays of a file by name; None if it is not there, or not as it was written."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            return dict(kept)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        return None
