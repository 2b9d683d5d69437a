"""The contents of a snapshot by their terms, in pieces of thirty lines."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from taskpar_ml.footprints.blob_terms import FACT_KIND, LARGEST_BLOB, MOST_BYTES, BlobTerms
from taskpar_ml.footprints.inverted_index import InvertedIndex
from taskpar_ml.repo.snapshot import RepoSnapshot

MOST_POSTINGS: Final = 40_000_000
"""Terms of pieces held in one index: a gigabyte while it is built, a third of it on disk. Files
beyond are known by their path, and that is said."""

_FILES_AT_ONCE: Final = 1_000
"""Files whose facts are held in memory together while an index is built."""
_ARRAYS_KIND: Final = f"content-1-{FACT_KIND}"
"""Under what name the arrays are kept; raise the number when they change."""


@dataclass(frozen=True)
class ContentIndex:
    """Pieces of files by their terms.

    Attributes
    ----------
    index
        The pieces, in the order of the snapshot's paths.
    files
        Positions of the files that have pieces, ascending, shape ``(n_read,)``.
    first
        The first piece of each of those files, same shape.
    beyond
        How many files are known by their path alone because there is too much to read.
    """

    index: InvertedIndex
    files: NDArray[np.int64]
    first: NDArray[np.int64]
    beyond: int = 0

    @classmethod
    def of(cls, snapshot: RepoSnapshot) -> Self:
        """Return the index of a snapshot, from disk where it was made before."""
        key = contents_key(snapshot)
        kept = snapshot.arrays.load(_ARRAYS_KIND, key) if snapshot.arrays else None
        if kept is None:
            kept, whole = _build(snapshot)
            if snapshot.arrays and whole:
                kept = snapshot.arrays.save(_ARRAYS_KIND, key, kept)
        files, first = kept["files"], kept["first"]
        names = ("terms", "starts", "documents", "counts", "lengths")
        beyond = int(kept["beyond"][0])
        return cls(InvertedIndex(**{name: kept[name] for name in names}), files, first, beyond)

    @property
    def pieces(self) -> NDArray[np.int64]:
        """How many pieces each of the files has, shape ``(n_read,)``."""
        return np.diff(self.first, append=self.index.n_documents)

    def file_of_piece(self, n_files: int) -> sparse.csr_array:
        """Return which file each piece belongs to: ones, shape ``(n_pieces, n_files)``."""
        pieces = self.index.n_documents
        return sparse.csr_array(
            (np.ones(pieces), np.repeat(self.files, self.pieces), np.arange(pieces + 1)),
            shape=(pieces, n_files),
        )

    def pieces_of(self, file: int) -> tuple[int, int]:
        """Return the first piece of a file that has pieces, and the one after its last."""
        at = int(np.searchsorted(self.files, file))
        last = at + 1 == len(self.first)
        return int(self.first[at]), self.index.n_documents if last else int(self.first[at + 1])


def contents_key(snapshot: RepoSnapshot) -> str:
    """Return a name for the paths of a snapshot with their contents, 40 hexadecimal digits."""
    digest = hashlib.sha256()
    ids = snapshot.blob_ids()
    for path in snapshot.paths.paths:
        digest.update(path.encode("utf-8", "surrogateescape") + b"\0" + ids.get(path, b"") + b"\0")
    return digest.hexdigest()[:40]


def _build(snapshot: RepoSnapshot) -> tuple[dict[str, NDArray[Any]], bool]:
    """Return the arrays of the index, and whether every content could be read."""
    sizes: list[NDArray[np.uint32]] = []
    terms: list[NDArray[np.uint32]] = []
    counts: list[NDArray[np.uint8]] = []
    files: list[int] = []
    chunks: list[int] = []
    held = beyond = 0
    whole = True
    for position, facts in _facts(snapshot):
        if facts is None:
            whole = False
            continue
        held += len(facts.terms)
        if held > MOST_POSTINGS:
            beyond += 1
        elif len(facts.sizes):
            files.append(position)
            chunks.append(len(facts.sizes))
            sizes.append(facts.sizes)
            terms.append(facts.terms)
            counts.append(facts.counts)
    width = _joined(sizes, np.uint32)
    index = InvertedIndex.of(
        _joined(terms, np.uint32),
        np.repeat(np.arange(len(width), dtype=np.int32), width),
        _joined(counts, np.uint8),
        n_documents=len(width),
    )
    first = np.cumsum([0, *chunks])[: len(files)]
    arrays = {
        **index.arrays(),
        "files": np.array(files, dtype=np.int64),
        "first": first.astype(np.int64),
        "beyond": np.array([beyond], dtype=np.int64),
    }
    return arrays, whole


def _joined(parts: Sequence[NDArray[Any]], kind: type[np.generic]) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.empty(0, dtype=kind)


def _facts(snapshot: RepoSnapshot) -> Iterator[tuple[int, BlobTerms | None]]:
    """Yield the terms of every file in the order of the paths, ``None`` where it is missing.

    What is missing is not remembered: it may be fetched one day.
    """
    ids = snapshot.blob_ids()
    known = [(at, ids[path]) for at, path in enumerate(snapshot.paths.paths) if path in ids]
    for begin in range(0, len(known), _FILES_AT_ONCE):
        some = known[begin : begin + _FILES_AT_ONCE]
        cached = snapshot.cache.get(FACT_KIND, [identity for _, identity in some])
        made: dict[bytes, bytes] = {}
        for position, identity in some:
            facts = BlobTerms.from_bytes(cached.get(identity, b""))
            if facts is None:
                content = _content(snapshot, identity)
                facts = None if content is None else BlobTerms.of(content)
                if facts is not None:
                    made[identity] = facts.to_bytes()
            yield position, facts
        snapshot.cache.put(FACT_KIND, made)


def _content(snapshot: RepoSnapshot, identity: bytes) -> bytes | None:
    """Return the beginning of a content; of data nothing, ``None`` where the clone lacks it."""
    size = snapshot.blob_size(identity)
    if size is not None and size > LARGEST_BLOB:
        return b""
    return None if size is None else snapshot.read_blob(identity, limit=MOST_BYTES)
