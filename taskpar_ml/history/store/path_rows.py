"""Paths, each stored once per history, however many landings and pairs name it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from sqlalchemy import Connection, insert, select

from taskpar_ml.history.store.columns import exact_bytes
from taskpar_ml.history.store.pieces import in_pieces
from taskpar_ml.history.store.tables import paths

_DIGEST_BYTES: Final = 16


def digest_of(*words: str) -> bytes:
    """Return what stands for words in a key: no two lists of words have the same one."""
    digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    for word in words:
        written = exact_bytes(word)
        digest.update(len(written).to_bytes(8, "big") + written)
    return digest.digest()


def numbers_of(connection: Connection, history: int, names: Collection[str]) -> Mapping[str, int]:
    """Return the row of every path, made where there was none."""
    digests = {digest_of(name): name for name in names}
    found: dict[str, int] = {}
    for piece in in_pieces(digests):
        query = select(paths.c.digest, paths.c.id).where(
            paths.c.history == history, paths.c.digest.in_(piece)
        )
        found.update((digests[bytes(row.digest)], row.id) for row in connection.execute(query))
    missing = [
        {"history": history, "digest": digest, "path": name}
        for digest, name in digests.items()
        if name not in found
    ]
    if missing:
        made = insert(paths).returning(paths.c.id, sort_by_parameter_order=True)
        rows = connection.execute(made, missing).scalars()
        found.update(zip((str(each["path"]) for each in missing), rows, strict=True))
    return found


def paths_of(connection: Connection, numbers: Iterable[int]) -> Mapping[int, str]:
    """Return the path of every row.

    Raises
    ------
    ValueError
        If one is missing: somebody else changed the database.
    """
    wanted = set(numbers)
    found: dict[int, str] = {}
    for piece in in_pieces(wanted):
        query = select(paths.c.id, paths.c.path).where(paths.c.id.in_(piece))
        found.update((row.id, row.path) for row in connection.execute(query))
    if len(found) != len(wanted):
        raise ValueError("a path is missing")
    return found
