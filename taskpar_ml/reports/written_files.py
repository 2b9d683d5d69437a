"""Files that answers are written into: where they may stand, and texts that appear whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from taskpar_ml.errors import OutputError
from taskpar_ml.whole_files import whole_file


def check_writable(path: Path) -> None:
    """Refuse a place at which no file could be written, before any work is done.

    Raises
    ------
    OutputError
        If the directory does not exist, or something else than a regular file is there.
    """
    if not path.parent.is_dir():
        raise OutputError(str(path), "its directory does not exist.", "Create it first.")
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise OutputError(str(path), "is there and is no regular file.", "Name another file.")


def check_no_input(path: Path, inputs: Iterable[Path | None]) -> None:
    """Refuse to write over what was read.

    Raises
    ------
    OutputError
        If the path leads to one of the files read; None stands for a file that was not given.
    """
    if path.resolve() in {each.resolve() for each in inputs if each}:
        raise OutputError(str(path), "is one of the files read.", "Name another file.")


def check_outputs(outputs: Mapping[str, Path | None], inputs: Iterable[Path | None]) -> None:
    """Refuse places at which files could not all be written, before any work is done.

    Parameters
    ----------
    outputs
        Where each goes, by what it is; None where it is not asked for.
    inputs
        What is read; None stands for a file that was not given.

    Raises
    ------
    OutputError
        If one could not be written, would replace what is read, or is named twice.
    """
    read = list(inputs)
    named: dict[Path, str] = {}
    for what, path in outputs.items():
        if path is None:
            continue
        check_writable(path)
        check_no_input(path, read)
        other = named.setdefault(path.resolve(), what)
        if other != what:
            raise OutputError(str(path), f"cannot be both {other} and {what}.", "Name two files.")


def write_text(path: Path, text: str) -> None:
    """Write a text as UTF-8; the file appears under its name only when it is complete.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    write_bytes(path, text.encode("utf-8", errors="backslashreplace"))


def write_bytes(path: Path, content: bytes) -> None:
    """Write bytes; the file appears under its name only when it is complete.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    try:
        with whole_file(path, replace=True) as beside:
            beside.write_bytes(content)
    except OSError as error:
        raise OutputError(str(path), f"{error}.", "Choose another place.") from None
