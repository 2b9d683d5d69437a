"""How much of one file's content came from another: what makes a deletion and an addition a rename.

Source: git, ``diffcore-delta.c`` and ``estimate_similarity`` in ``diffcore-rename.c``; the same
contents count as renamed here and there.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final, TypeAlias

RENAMED_FROM: Final = 0.5
"""Least similarity of a rename, as in git."""

LIKELY_FROM: Final = 0.75
"""Least similarity of a rename that keeps the name of its file, tried first; as in git."""

# A line, or 64 bytes of a longer one.
_CHUNK: Final = re.compile(rb"[^\n]{0,63}\n|[^\n]{1,64}")
_TEXT_BYTES: Final = 8000
"""How far git looks for a NUL byte to tell binary content."""

Signature: TypeAlias = tuple[int, dict[bytes, int]]
"""Size in bytes, and how many of them each chunk accounts for."""


def is_binary(content: bytes) -> bool:
    """Whether git takes content for binary."""
    return b"\0" in content[:_TEXT_BYTES]


def signature(content: bytes) -> Signature:
    """Return what of a file's content is compared; ends of lines count alike in text."""
    text = content if is_binary(content) else content.replace(b"\r\n", b"\n")
    chunks = Counter(_CHUNK.findall(text))
    return len(content), {chunk: times * len(chunk) for chunk, times in chunks.items()}


def may_be_similar(size: int, other: int, *, least: float) -> bool:
    """Whether the sizes of two files, in bytes, leave room for so much similarity."""
    small, large = sorted((size, other))
    return large > 0 and small >= large * least


def similarity(source: Signature, target: Signature, *, least: float) -> float:
    r"""Return the share, in [0, 1], of the larger file that both have in common.

    Anything below ``least`` is returned as 0, mostly without comparing.

    Examples
    --------
    >>> similarity(signature(b"a\nb\nc\nd\n"), signature(b"a\nb\nc\nx\n"), least=0.5)
    0.75
    """
    if not may_be_similar(source[0], target[0], least=least):
        return 0.0
    few, many = sorted((source[1], target[1]), key=len)
    common = sum(min(weight, many[chunk]) for chunk, weight in few.items() if chunk in many)
    share = common / max(source[0], target[0])
    return share if share >= least else 0.0
