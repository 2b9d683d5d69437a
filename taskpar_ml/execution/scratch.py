"""Objects that git needs for a moment, where they can be thrown away: beside a repository."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

_NAME: Final = "scratch"


def written_apart(own: Path) -> dict[str, str]:
    """Return variables by which git writes objects beside a repository, and not into it.

    Parameters
    ----------
    own
        The repository of a run.
    """
    place = own.parent / _NAME
    (place / "pack").mkdir(parents=True, exist_ok=True)
    return {
        "GIT_OBJECT_DIRECTORY": str(place),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": _quoted(own / "objects"),
    }


def read_apart(own: Path) -> dict[str, str]:
    """Return variables by which git finds what was written apart, and writes nothing there."""
    return {"GIT_ALTERNATE_OBJECT_DIRECTORIES": _quoted(own.parent / _NAME)}


def index_apart(own: Path, name: str) -> Path:
    """Return where an index is kept that names what was written apart."""
    place = own.parent / _NAME / "index"
    place.mkdir(parents=True, exist_ok=True)
    return place / name


def throw_away(own: Path) -> None:
    """Delete what was written apart: nothing that is kept depends on it."""
    shutil.rmtree(own.parent / _NAME, ignore_errors=True)


def _quoted(path: Path) -> str:
    """Return a path so that git takes no colon in it for the end.

    Examples
    --------
    >>> _quoted(Path("a:b"))
    '"a:b"'
    """
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
