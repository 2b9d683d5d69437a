"""Commit messages as text."""

from __future__ import annotations

import codecs
from typing import Final

import pygit2

MAX_MESSAGE_BYTES: Final = 1 << 16
"""How much of a message is decoded: nobody writes more, and histories may hold anything."""

_NO_ENCODINGS: Final = frozenset(
    {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"}
)
"""Codecs of Python that no editor writes; the first two take quadratic time."""


def message_of(commit: pygit2.Commit) -> str:
    """Return the beginning of a message, decoded as its commit says.

    A message that says nothing of the kind, or nothing that makes sense, is read as UTF-8. What
    cannot be decoded becomes a replacement character.
    """
    raw = commit.raw_message[:MAX_MESSAGE_BYTES]
    named = commit.message_encoding
    if named is not None and _is_written(named):
        try:
            return raw.decode(named, "replace")
        except (LookupError, ValueError):
            pass
    return raw.decode("utf-8", "replace")


def _is_written(encoding: str) -> bool:
    """Whether some editor may have written text in an encoding."""
    try:
        name = codecs.lookup(encoding).name
    except (LookupError, ValueError):
        return False
    return name.replace("_", "-") not in _NO_ENCODINGS
