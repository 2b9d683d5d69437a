"""Facts as rows of a table: numbered, compressed, and with a checksum that only they have."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Mapping
from typing import Final

Row = tuple[int, bytes, int, bytes]
"""Number, stored value, length of the value, checksum."""

LARGEST_FACT: Final = 16 << 20
"""Longest value that is remembered; longer ones are cheaper to keep as arrays, or not at all."""

_BATCH_BYTES: Final = 4 << 20
"""Written at once: a tenth of a second, for which other writers wait."""

_BATCH_FACTS: Final = 5_000
"""Written at once where facts are short."""

_SHORTEST_PACKED: Final = 128
"""Values from this length on are compressed where that makes them shorter."""


def batches(kind: str, facts: Mapping[bytes, bytes], *, most: int) -> Iterator[list[Row]]:
    """Yield facts as rows, as many at once as are written together, in the order of the table.

    Parameters
    ----------
    most
        Bytes from which on a batch is full, if not before.
    """
    rows: list[Row] = []
    size = 0
    for key, value in facts.items():
        if len(value) > LARGEST_FACT:
            continue
        row = _packed(kind, key, value)
        rows.append(row)
        size += len(row[1])
        if size >= min(most, _BATCH_BYTES) or len(rows) >= _BATCH_FACTS:
            yield sorted(rows)
            rows, size = [], 0
    if rows:
        yield sorted(rows)


def _packed(kind: str, key: bytes, value: bytes) -> Row:
    """Return a fact as a row; a stored value shorter than its length is compressed."""
    stored = value
    if len(value) >= _SHORTEST_PACKED:
        shorter = zlib.compress(value, 1)
        if len(shorter) < len(value):
            stored = shorter
    checksum = _checksum(kind, key, len(value), stored)
    return number_of(kind, key), stored, len(value), checksum


def unpacked(
    kind: str, key: bytes, stored: object, length: object, checksum: object
) -> bytes | None:
    """Return the fact of a row, ``None`` if the row is not as it was written."""
    if not isinstance(stored, bytes) or not isinstance(length, int):
        return None
    if _checksum(kind, key, length, stored) != checksum:
        return None
    if len(stored) == length:
        return stored
    try:
        value = zlib.decompressobj().decompress(stored, max(length, 0) + 1)
    except zlib.error:
        return None
    return value if len(value) == length else None


def number_of(kind: str, key: bytes) -> int:
    """Return where a fact is kept: of two with one number, which do not occur, one is forgotten."""
    digest = hashlib.blake2b(f"{kind}\0".encode() + key, digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _checksum(kind: str, key: bytes, length: int, stored: bytes) -> bytes:
    """Return 16 bytes that belong to this fact and to no other."""
    digest = hashlib.blake2b(f"{kind}\0{len(key)}\0{length}\0".encode(), digest_size=16)
    digest.update(key)
    digest.update(stored)
    return digest.digest()
