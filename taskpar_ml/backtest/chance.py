"""Chance that is the same on every machine, drawn from names."""

from __future__ import annotations

import hashlib
from typing import Final

_BITS: Final = 52


def chance(*names: object) -> float:
    """Return a uniform draw from (0, 1) that depends on the names alone.

    Parameters
    ----------
    names
        What is drawn for, a seed first; told apart by their texts with a space between them.
    """
    text = " ".join(map(str, names))
    digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()
    return ((int.from_bytes(digest[:8]) >> (64 - _BITS)) + 0.5) / 2.0**_BITS
