"""The terms of a file, piece by piece: a fact of its content, computed once for each content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.footprints.terms import TERMS_VERSION, term_counts

CHUNK_LINES: Final = 30
"""Lines of one piece: about a function. Pieces find files better than whole files do."""
FACT_KIND: Final = f"blob-terms-{TERMS_VERSION}"
"""Under what name the facts are remembered."""

MOST_BYTES: Final = 1 << 18
"""Bytes of a file that are read; source written by hand ends before."""
LARGEST_BLOB: Final = 4 << 20
"""Larger files are data and are known by their path alone."""

_LONGEST_LINE: Final = 400
"""Characters of a line that are read; longer ones are minified or data."""
_BINARY_PREFIX: Final = 8_000
"""Bytes in which a NUL tells a binary file, as git has it."""
_MOST_COUNTED: Final = 255


@dataclass(frozen=True)
class BlobTerms:
    """Term counts of the pieces of one file.

    Attributes
    ----------
    sizes
        How many distinct terms each piece has, shape ``(n_chunks,)``.
    terms, counts
        Terms and their counts, piece after piece, shape ``(sizes.sum(),)``.
    """

    sizes: NDArray[np.uint32]
    terms: NDArray[np.uint32]
    counts: NDArray[np.uint8]

    @classmethod
    def of(cls, content: bytes) -> Self:
        """Return the terms of a content; a binary file has none.

        Examples
        --------
        >>> BlobTerms.of(b"def rate_limit(): ...").sizes.tolist()
        [4]
        """
        if b"\0" in content[:_BINARY_PREFIX]:
            content = b""
        lines = content[:MOST_BYTES].decode("utf-8", "replace").splitlines()
        pieces = [
            term_counts("\n".join(line[:_LONGEST_LINE] for line in lines[at : at + CHUNK_LINES]))
            for at in range(0, len(lines), CHUNK_LINES)
        ]
        sizes = [len(piece) for piece in pieces]
        total = sum(sizes)
        counted = (min(count, _MOST_COUNTED) for piece in pieces for count in piece.values())
        return cls(
            sizes=np.array(sizes, dtype=np.uint32),
            terms=np.fromiter((term for piece in pieces for term in piece), np.uint32, total),
            counts=np.fromiter(counted, np.uint8, total),
        )

    def to_bytes(self) -> bytes:
        """Return the facts as bytes of fixed layout."""
        head = np.array([len(self.sizes), len(self.terms)], dtype="<u4")
        parts = (head, self.sizes.astype("<u4"), self.terms.astype("<u4"), self.counts)
        return b"".join(part.tobytes() for part in parts)

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self | None:
        """Return the facts that bytes hold, ``None`` where they hold none."""
        if len(raw) < 8:
            return None
        n_chunks, n_terms = (int(each) for each in np.frombuffer(raw, "<u4", 2))
        if len(raw) != 8 + 4 * n_chunks + 5 * n_terms:
            return None
        sizes = np.frombuffer(raw, "<u4", n_chunks, 8)
        terms = np.frombuffer(raw, "<u4", n_terms, 8 + 4 * n_chunks)
        counts = np.frombuffer(raw, np.uint8, n_terms, 8 + 4 * (n_chunks + n_terms))
        if int(sizes.sum(dtype=np.int64)) != n_terms:
            return None
        return cls(sizes.astype(np.uint32), terms.astype(np.uint32), counts)
