"""Writes tables to Parquet, CSV or JSON Lines, block by block, all or nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final, Protocol, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from taskpar_ml.errors import OutputError
from taskpar_ml.reports.written_files import check_writable
from taskpar_ml.whole_files import whole_file


class _Sink(Protocol):
    """Takes tables and puts them into an open file."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...
    def write_table(self, table: pa.Table) -> None:
        """Append the rows."""


class _JsonLines:
    """One JSON object per line."""

    def __init__(self, path: str, schema: pa.Schema) -> None:
        self._file = open(path, "wb")  # noqa: SIM115 - closed by the with statement that uses it

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def write_table(self, table: pa.Table) -> None:
        """Append the rows."""
        if len(table):
            whole = pa.ListArray.from_arrays(pa.array([0, len(table)]), json_rows(table))
            self._file.write(pc.binary_join(whole, "\n")[0].as_buffer())
            self._file.write(b"\n")


class _Csv:
    """Comma-separated values; a list is a JSON array in its cell."""

    def __init__(self, path: str, schema: pa.Schema) -> None:
        self._lists = [
            (index, field.name)
            for index, field in enumerate(schema)
            if pa.types.is_list(field.type)
        ]
        for index, name in self._lists:
            schema = schema.set(index, pa.field(name, pa.string()))
        self._writer = pyarrow.csv.CSVWriter(path, schema)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._writer.close()

    def write_table(self, table: pa.Table) -> None:
        """Append the rows."""
        for index, name in self._lists:
            table = table.set_column(index, name, _json_lists(table[name]))
        self._writer.write_table(table)


def _parquet(path: str, schema: pa.Schema) -> _Sink:
    writer: _Sink = pyarrow.parquet.ParquetWriter(path, schema)
    return writer


_SINKS: Final[Mapping[str, Callable[[str, pa.Schema], _Sink]]] = {
    ".parquet": _parquet,
    ".csv": _Csv,
    ".jsonl": _JsonLines,
}


def check_table_file(path: Path) -> None:
    """Refuse a file that could not be written, before any work is done.

    Raises
    ------
    OutputError
        If the ending names no known format, or no file could be written there.
    """
    if path.suffix not in _SINKS:
        known = ", ".join(_SINKS)
        raise OutputError(str(path), f"unknown ending {path.suffix!r}.", f"Use one of: {known}.")
    check_writable(path)


def write_tables(path: Path, tables: Iterable[pa.Table], schema: pa.Schema) -> int:
    """Write all tables into one file and return the number of rows.

    The file appears under its name only when it is complete.

    Raises
    ------
    OutputError
        If the ending names no known format or the file cannot be written.
    """
    check_table_file(path)
    rows = 0
    try:
        with (
            whole_file(path, replace=True) as beside,
            _SINKS[path.suffix](str(beside), schema) as sink,
        ):
            for table in tables:
                sink.write_table(table)
                rows += len(table)
    except OSError as error:
        raise OutputError(str(path), f"{error}.", "Choose another place.") from None
    return rows


def _quoted(texts: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Return every text as a JSON string, null as ``null``."""
    encoded = pc.dictionary_encode(texts)
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):  # no rows: nothing to combine
        return pa.array([], type=pa.string())
    words = [json.dumps(word) for word in encoded.dictionary.to_pylist()]
    quoted = pa.DictionaryArray.from_arrays(encoded.indices, pa.array(words, type=pa.string()))
    return pc.fill_null(quoted.dictionary_decode(), "null")


def _json_lists(lists: pa.ChunkedArray) -> pa.Array:
    """Return every list of texts as a JSON array."""
    whole = lists.combine_chunks()
    quoted = pa.ListArray.from_arrays(whole.offsets, _quoted(whole.values))
    return pc.binary_join_element_wise("[", pc.binary_join(quoted, ","), "]", "")


def _numbers(values: pa.ChunkedArray) -> pa.Array:
    return pc.fill_null(pc.cast(values, pa.string()), "null")


def json_rows(table: pa.Table) -> pa.Array:
    """Return every row as the text of a JSON object."""
    cells: list[object] = []
    for position, field in enumerate(table.schema):
        column = table[field.name]
        if pa.types.is_list(field.type):
            text = _json_lists(column)
        elif pa.types.is_floating(field.type):
            text = _numbers(column)
        else:
            text = _quoted(column)
        cells += ["," * (position > 0) + json.dumps(field.name) + ":", text]
    joined = pc.binary_join_element_wise("{", *cells, "}", "")
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def print_tables(tables: Iterable[pa.Table]) -> None:
    """Print all rows on standard output in the JSON form of every command, without holding them."""
    sys.stdout.write('{"schema_version": 1, "data": [')
    comma = ""
    for table in tables:
        if len(table):
            whole = pa.ListArray.from_arrays(pa.array([0, len(table)]), json_rows(table))
            sys.stdout.write(comma + pc.binary_join(whole, ",\n")[0].as_py())
            comma = ",\n"
    sys.stdout.write("]}\n")
