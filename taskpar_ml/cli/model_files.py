"""Files of models: which no answer may replace, and where a new one may be written."""

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


def check_model_folder(out: Path, start: Path) -> None:
    """Refuse a folder that a new model cannot be written into, before any work is done.

    Parameters
    ----------
    out
        Where the new model goes.
    start
        The folder of the model that it is made from.

    Raises
    ------
    OutputError
        If it is no folder, cannot be made, holds something that is no model, or is that of the
        model itself.
    """
    from taskpar_ml.errors import OutputError
    from taskpar_ml.estimators.model_folder import MANIFEST

    if not out.exists():
        try:
            # By making it one sees whether it can be made.
            out.mkdir()
            out.rmdir()
        except OSError as error:
            said = f"cannot be made: {error.strerror}."
            raise OutputError(str(out), said, "Name another place.") from error
        return
    if not out.is_dir():
        raise OutputError(str(out), "is no folder.", "Name another place.")
    if out.resolve() == start.resolve():
        said = "holds the model that is learned from."
        raise OutputError(str(out), said, "Name another folder.")
    if any(out.iterdir()) and not (out / MANIFEST).is_file():
        raise OutputError(str(out), "holds something that is no model.", "Name another folder.")
