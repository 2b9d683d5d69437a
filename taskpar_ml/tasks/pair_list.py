"""Pairs of tasks that a person or a scheduler asks about."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from taskpar_ml.errors import UnreadableTaskFileError

_LARGEST: Final = 256 << 20
_COLUMNS: Final = ("task_a", "task_b")


def read_pairs(path: Path) -> list[tuple[str, str]]:
    """Read pairs from a CSV, JSON Lines or Parquet file with columns ``task_a`` and ``task_b``.

    Further columns are ignored, so that the output of ``taskpar score`` can be read again.

    Raises
    ------
    UnreadableTaskFileError
        If the file is missing, too large, of no known ending, not parseable, or lacks a column.
    """
    try:
        if not path.is_file():
            raise UnreadableTaskFileError(
                str(path), "is no regular file, or does not exist.", "Name a file of pairs."
            )
        if path.stat().st_size > _LARGEST:
            raise UnreadableTaskFileError(str(path), "larger than 256 MiB.", "Split it.")
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableTaskFileError(
            str(path), f"{error.strerror}.", "Name a readable file of pairs."
        ) from None
    if path.suffix == ".parquet":
        return _from_parquet(path, content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableTaskFileError(
            f"{path}: byte {error.start}", "not UTF-8.", "Save it as UTF-8."
        ) from None
    if path.suffix == ".csv":
        return _picked(path, csv.DictReader(io.StringIO(text, newline="")))
    if path.suffix == ".jsonl":
        return _picked(path, (_object(path, *each) for each in enumerate(text.split("\n"), 1)))
    raise UnreadableTaskFileError(
        str(path), f"unknown ending {path.suffix!r}.", "Use one of: .csv, .jsonl, .parquet."
    )


def _object(path: Path, number: int, line: str) -> Mapping[str, object] | None:
    """Return the object on a line, None for a blank one."""
    if not line.strip():
        return None
    try:
        row = json.loads(line, parse_int=str, parse_float=str)
    except (ValueError, RecursionError) as error:
        raise UnreadableTaskFileError(
            f"{path}:{number}", f"not JSON: {error}.", "Write one object per line."
        ) from None
    return row if isinstance(row, dict) else {}


def _picked(path: Path, rows: Iterable[Mapping[str, object] | None]) -> list[tuple[str, str]]:
    """Return the two columns of every row."""
    pairs = []
    try:
        for number, row in enumerate(rows, start=1):
            if row is None:
                continue
            first, second = (row.get(column) for column in _COLUMNS)
            if not isinstance(first, str) or not isinstance(second, str):
                raise UnreadableTaskFileError(
                    f"{path}: row {number}",
                    "task_a or task_b is missing.",
                    "Give both ids in every row.",
                )
            pairs.append((first, second))
    except csv.Error as error:
        raise UnreadableTaskFileError(str(path), f"not CSV: {error}.", "Mend it.") from None
    return pairs


def _from_parquet(path: Path, content: bytes) -> list[tuple[str, str]]:
    import pyarrow as pa
    import pyarrow.parquet

    try:
        table = pyarrow.parquet.read_table(io.BytesIO(content), columns=list(_COLUMNS))
    except (pa.ArrowException, OSError) as error:
        raise UnreadableTaskFileError(
            str(path), f"not a Parquet file of pairs: {error}.", "Write it again."
        ) from None
    if table.column_names != list(_COLUMNS):
        raise UnreadableTaskFileError(
            str(path), "task_a or task_b is missing.", "Give both columns."
        )
    return _picked(
        path, table.cast(pa.schema([(name, pa.string()) for name in _COLUMNS])).to_pylist()
    )
