"""Names that changed lines may use, told from the lines alone."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Iterator
from typing import Final

from taskpar_ml.history.items.header_lines import Sides
from taskpar_ml.history.items.known_calls import known_words
from taskpar_ml.history.items.module_names import GO, PYTHON, SCRIPT

_USES: Final = {
    PYTHON: re.compile(rb"([^\W\d]\w*)(?!\w|[ \t]*[.=:\[\]}'\"])"),
    GO: re.compile(rb"([^\W\d]\w*)[ \t]*[(\[{;}`/]"),
    SCRIPT: re.compile(rb"([A-Za-z_$][\w$]*)"),
}
"""A name in a place where it may be called, extended, built or imported."""
_ALONE: Final = re.compile(rb"^[ \t]*\*?(?:\w+\.)?(\w+)[ \t]*$", re.MULTILINE)
"""What a type of Go embeds."""
_NONE: Final = {
    PYTHON: re.compile(rb"^[ \t]*#[^\n]*|\b(?:def|class)[ \t]+\w+", re.MULTILINE),
    GO: re.compile(rb"^[ \t]*//[^\n]*|^func[ \t]+(?:\([^)\n]*\)[ \t]*)?\w+", re.MULTILINE),
    SCRIPT: re.compile(rb"^[ \t]*//[^\n]*", re.MULTILINE),
}
"""What uses nothing: comments, and names where they are introduced."""
_NO_NAMES: Final = frozenset(each.encode() for each in keyword.kwlist)
_SPECIAL: Final = re.compile(rb"(?:\w\.(__\w+__))|(?<!\.)\b(__\w+__)(?![\w(])")
_ALIASES: Final = {
    PYTHON: re.compile(rb"(\w+)[ \t]+as[ \t]+(\w+)"),
    SCRIPT: re.compile(rb"([\w$]+)(?:\s+as\s+|\s*:\s*)([\w$]+)"),
}
_STATEMENTS: Final = {
    PYTHON: re.compile(rb"^[ \t]*from\b[^\n(]*(?:\([^)]*\)|(?:\\\n[^\n]*)+)", re.MULTILINE),
    SCRIPT: re.compile(rb"^[ \t]*(?:import|export|const|let|var)\b[^;'\"]*?['\"]", re.MULTILINE),
}
"""Imports over several lines: what is taken may stand in lines that did not change."""
_UNNAMED: Final = (b"default", b"exports")
"""What modules hand out under a name that no other file writes."""


def used(text: bytes, family: str) -> set[bytes]:
    """Return the last parts of the names that a text may use."""
    return _told(_words(_bare(text, family), family), text, family)


def _bare(text: bytes, family: str) -> bytes:
    return _NONE[family].sub(b"", text)


def _words(text: bytes, family: str) -> list[bytes]:
    found = _USES[family].findall(text)
    return [*found, *_ALONE.findall(text)] if family == GO else found


def _told(words: Iterable[bytes], text: bytes, family: str) -> set[bytes]:
    """Return different words without those that are no names."""
    found = set(words)
    if family == PYTHON:
        found -= _NO_NAMES
        special = {name for name in found if name.startswith(b"__") and name.endswith(b"__")}
        if special:
            # Python calls them itself; whoever names one does so with its class.
            found -= special.difference(*_SPECIAL.findall(text))
    return found


def used_in(text: bytes, family: str) -> set[bytes]:
    """Return the same of a whole file, with the names of what it calls by other names."""
    found = used(text, family)
    found.update(_meant(text, family, found))
    return found


def new_words(sides: Sides, before: bytes, after: bytes) -> set[bytes]:
    """Return the last parts of the names that a file may use and did not before."""
    family = sides.family
    # What a chain of calls goes on with belongs to its beginning.
    spans = [(each.new.start, each.new.end + 1) for each in sides.hunks]
    added = b"\n".join(b"\n".join(sides.new[slice(*span)]) for span in spans)
    bare = _bare(added, family)
    words = _words(bare, family)
    found = _told(words, added, family) - known_words(words, bare, before, family)
    if b"import" in added or b"from" in added or b"require" in added:
        found.update(_imported(sides, after))
    found.update(_meant(after, family, found))
    return found


def _imported(sides: Sides, after: bytes) -> Iterator[bytes]:
    """Yield what statements take of which a line changed."""
    pattern = _STATEMENTS.get(sides.family)
    for match in pattern.finditer(after) if pattern is not None else ():
        first = after.count(b"\n", 0, match.start())
        last = first + match[0].count(b"\n")
        if any(each.new.start <= last and each.new.end > first for each in sides.hunks):
            yield from used(match[0], sides.family)


def _meant(text: bytes, family: str, words: set[bytes]) -> set[bytes]:
    """Return what words stand for that a file imports under another name."""
    pattern = _ALIASES.get(family)
    if not words or pattern is None:
        return set()
    if family == PYTHON:
        return {name for name, here in _aliases(text) if here in words}
    found = {name for name, here in pattern.findall(text) if here in words}
    return found.union(_UNNAMED) if family == SCRIPT else found


def _aliases(text: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield what lines of Python call by another name; looking for the word is fast."""
    at = text.find(b" as ")
    while at >= 0:
        start, end = text.rfind(b"\n", 0, at) + 1, text.find(b"\n", at)
        end = len(text) if end < 0 else end
        yield from _ALIASES[PYTHON].findall(text[start:end])
        at = text.find(b" as ", end)
