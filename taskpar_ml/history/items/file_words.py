"""What the changed lines of a file may change and use."""

from __future__ import annotations

from typing import NamedTuple

from taskpar_ml.history.items.header_lines import Sides, changed_names, defined_in
from taskpar_ml.history.items.written_words import new_words, used_in


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
            changed, used = (
                defined_in(before, family) | defined_in(after, family),
                used_in(after, family),
            )
        else:
            changed, used = changed_names(sides), new_words(sides, before, after)
    return FileWords(family, frozenset(changed), frozenset(used), bool(after))
