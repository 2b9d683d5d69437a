"""The files of an export as files: what they say about themselves, and their rows in a stream."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from taskpar_ml.errors import StoreExportError
from taskpar_ml.history.store.parquet_parts import SCHEMAS, Row
from taskpar_ml.history.store.pieces import in_pieces

FORMAT: Final = 1
"""Version of the columns. A file of a later one is refused."""

_KEY: Final = b"taskpar_store"
_ROWS: Final = 5_000
"""Rows in memory at once."""

_UNFIT: Final = "Export the history anew, with this version."


@dataclass(frozen=True, slots=True)
class Label:
    """What every file of an export says about itself.

    Attributes
    ----------
    part
        Which of the files it is.
    history
        Name of the history.
    recipe
        How it was mined.
    export
        The same in all files of one export, and in no others.
    format
        Version of the columns.
    """

    part: str
    history: str
    recipe: str | None
    export: str
    format: int = FORMAT


def part_file(directory: Path, part: str) -> Path:
    """Return where a part of an export lies."""
    return directory / f"{part}.parquet"


def write_part(path: Path, rows: Iterable[Row], label: Label) -> None:
    """Write one file.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    schema = SCHEMAS[label.part].with_metadata({_KEY: json.dumps(asdict(label)).encode()})
    with pq.ParquetWriter(
        str(path), schema, compression="zstd", write_page_checksum=True
    ) as writer:
        for piece in in_pieces(rows, _ROWS):
            writer.write_table(pa.Table.from_pylist(piece, schema=schema))


def read_label(path: Path, part: str) -> Label:
    """Return what a file says about itself.

    Raises
    ------
    StoreExportError
        If it is missing, no Parquet, no part of an export, another part, or of a later version.
    """
    with _opened(path) as file:
        schema = file.schema_arrow
    said = (schema.metadata or {}).get(_KEY)
    if said is None:
        raise StoreExportError(str(path), "is no part of an export.", "Name another directory.")
    label = _label(path, said)
    if label.format != FORMAT:
        raise StoreExportError(
            str(path), f"is of a newer version ({label.format}).", "Install a newer taskpar_ml."
        )
    if label.part != part or not schema.equals(SCHEMAS[part]):
        raise StoreExportError(str(path), "has other columns than it should.", _UNFIT)
    return label


def _label(path: Path, said: bytes) -> Label:
    try:
        fields: Mapping[str, Any] = json.loads(said)
        if not isinstance(fields.get("format"), int):
            raise ValueError("no version")
        if fields["format"] > FORMAT:
            return Label("", "", None, "", fields["format"])
        label = Label(**fields)
        fits = [isinstance(each, str) for each in (label.part, label.history, label.export)]
        if not all(fits) or not isinstance(label.recipe, str | None):
            raise ValueError("no texts")
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise StoreExportError(str(path), "does not say what it is.", _UNFIT) from None
    return label


def read_part(path: Path) -> Iterator[Row]:
    """Yield the rows of a file.

    Raises
    ------
    StoreExportError
        If it is damaged.
    """
    with _opened(path) as file:
        batches = file.iter_batches(batch_size=_ROWS)
        while True:
            try:
                rows = next(batches, None)
                found = None if rows is None else rows.to_pylist()
            except (pa.ArrowException, OSError, ValueError) as error:
                raise damaged(path, error) from None
            if found is None:
                return
            yield from found


def damaged(path: Path, error: Exception) -> StoreExportError:
    """Return the error for a file that does not hold what its label says."""
    lines = str(error).splitlines() or [type(error).__name__]
    return StoreExportError(str(path), f"is damaged ({lines[0]}).", _UNFIT)


def _opened(path: Path) -> pq.ParquetFile:
    # A pipe would be waited for.
    if path.exists() and not path.is_file():
        raise StoreExportError(str(path), "is no file.", "Name another directory.")
    try:
        return pq.ParquetFile(str(path), page_checksum_verification=True)
    except FileNotFoundError:
        raise StoreExportError(
            str(path), "is missing.", "Name a directory that `taskpar store export` wrote."
        ) from None
    except (pa.ArrowException, OSError, ValueError):
        raise StoreExportError(
            str(path), "cannot be read as Parquet.", "Name another directory."
        ) from None
