"""What the changed lines of a file may change and use, and what the file may name elsewhere."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from taskpar_ml.history.items.header_lines import Sides, changed_names, defined_in
from taskpar_ml.history.items.module_names import GO, PYTHON, family_of, place_of
from taskpar_ml.history.items.written_words import new_words, used_in

_WORD: Final = re.compile(rb"\w+")
_NAMED: Final = {
    PYTHON: re.compile(rb"\b(?:from|import)\b(?:[^\n(\\]|\\\n|\([^)]*\))*|\w+(?=\s*\.)"),
    GO: re.compile(rb"\bimport\b.*?(?=^(?:func|type|var|const)\b|\Z)", re.MULTILINE | re.DOTALL),
}
"""Where modules are named: in imports, and before dots."""
_RELATIVE: Final = re.compile(rb"\bfrom[ \t]*\.")
_ABOVE: Final = 3
"""A module, and packages above it that may hand out what it defines."""


class FileWords(NamedTuple):
    """What changed lines may mean to other tasks; last parts of names.

    Attributes
    ----------
    family
        Of its language.
    changed
        Definitions that may be gone, have another name, or another signature.
    used
        Names that the file may use and did not before.
    is_left
        Whether there is something to read after the change.
    """

    family: str
    changed: frozenset[bytes]
    used: frozenset[bytes]
    is_left: bool


def words_of(family: str, before: bytes, after: bytes) -> FileWords:
    """Return what is told from the lines of a file; empty where there is nothing to read."""
    if not before or not after:
        changed, used = defined_in(before, family), used_in(after, family)
    else:
        sides = Sides.of(family, before, after)
        if sides.is_bent:
            changed, used = defined_in(before, family) | defined_in(after, family), used_in(after, family)
        else:
            changed, used = changed_names(sides), new_words(sides, after)
    return FileWords(family, frozenset(changed), frozenset(used), bool(after))


def named_in(path: str, text: bytes) -> frozenset[bytes]:
    """Return the words of which the modules consist that a file may name."""
    family = family_of(path) or ""
    pattern = _NAMED.get(family)
    if pattern is None:
        return frozenset()
    found = {word for match in pattern.finditer(text) for word in _WORD.findall(match[0])}
    if family == PYTHON and _RELATIVE.search(text):
        # Directories of the file itself are not written there.
        found.update(_WORD.findall(path.encode()))
    return frozenset(found)


def may_name(path: str, named: frozenset[bytes], other: str) -> bool:
    """Whether a file may name a module.

    Parameters
    ----------
    path, named
        The file, and what :func:`named_in` returns of it.
    other
        Path of the module.
    """
    family, place = family_of(path), place_of(other)
    if family not in _NAMED or place_of(path) == place:
        return True
    parts = place.split("/")
    ends = parts[-1:] if family == GO else parts[-_ABOVE:]
    return any(named.issuperset(_WORD.findall(end.encode())) for end in ends)
