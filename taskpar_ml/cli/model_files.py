"""Files of models: which no answer may replace, and where a new one may be written."""

from __future__ import annotations

import json
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


def check_model_folder(out: Path, kept: Iterable[Path]) -> None:
    """Refuse a folder that a new model cannot be written into, before any work is done.

    Parameters
    ----------
    out
        Where the new model goes.
    kept
        Folders of models that must stay.

    Raises
    ------
    OutputError
        If it is no folder, cannot be written, holds something that is no model, or is one of those
        that must stay.
    """
    import tempfile

    from taskpar_ml.errors import OutputError

    is_new = not out.exists()
    if not is_new and not out.is_dir():
        raise OutputError(str(out), "is no folder.", "Name another place.")
    if out.resolve() in {each.resolve() for each in kept}:
        said = "holds a model that others are made from."
        raise OutputError(str(out), said, "Name another folder.")
    if not is_new and not _holds_models(out):
        raise OutputError(str(out), "holds something that is no model.", "Name another folder.")
    try:
        # By writing something there one sees whether that can be done.
        if is_new:
            out.mkdir()
            out.rmdir()
        else:
            tempfile.TemporaryFile(dir=out).close()
    except OSError as error:
        said = f"cannot be written: {error.strerror}."
        raise OutputError(str(out), said, "Name another place.") from error


def _holds_models(folder: Path) -> bool:
    """Whether a folder holds a model, or what a command that was interrupted left of one."""
    from taskpar_ml.estimators.model_folder import MANIFEST, is_part

    manifest = folder / MANIFEST
    if not manifest.exists():
        return all(is_part(path.name) for path in folder.iterdir())
    try:
        body = json.loads(manifest.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(body, dict) and {"format", "ranker", "pairs"} <= body.keys()
