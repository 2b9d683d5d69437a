"""Calls that a file had before, told from its text: adding one more is no new use."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from taskpar_ml.history.items.module_names import GO, PYTHON

_CALLED: Final = re.compile(rb"(?<![\w.\])}\"'`])([^\W\d]\w*(?:\.[^\W\d]\w*)*)\(")
_MAKES: Final = re.compile(rb"\s*(?:async[ \t]+)?(?:def|class|func)\b")
_INSIDE: Final = re.compile(rb"[\"'`#]|//")
"""What may begin a string or a comment in a line."""
_STRINGS: Final = {PYTHON: (b'"""', b"'''"), GO: (b"`",)}
"""What begins and ends strings of several lines."""
_MOST: Final = 20
"""Places at which it is looked whether a name is called there."""


def known_words(words: Iterable[bytes], added: bytes, before: bytes, family: str) -> set[bytes]:
    """Return those words that added lines hold only in calls which the file had before.

    Parameters
    ----------
    words
        The last parts of all names that the added lines may use, as often as they do.
    """
    if family not in _STRINGS:
        return set()
    known: Counter[bytes] = Counter()
    for name, number in Counter(_CALLED.findall(added)).items():
        if _is_called(before, name, family):
            known[name.rpartition(b".")[2]] += number
    total = Counter(words)
    return {word for word, number in known.items() if number >= total[word]}


def _is_called(text: bytes, name: bytes, family: str) -> bool:
    """Whether a name is called somewhere in code, beyond doubt."""
    at = -1
    for _ in range(_MOST):
        at = text.find(name + b"(", at + 1)
        if at < 0:
            return False
        head = text[text.rfind(b"\n", 0, at) + 1 : at]
        if _CALLED.match(text, at) is None or _INSIDE.search(head) or _MAKES.match(head):
            continue
        if family == GO and b"." not in name and not head.strip():
            # An interface may demand a method of that name.
            continue
        if not _is_in_text(text, at, family):
            return True
    return False


def _is_in_text(text: bytes, at: int, family: str) -> bool:
    """Whether a place is within a string or a comment of several lines."""
    if any(text.count(sign, 0, at) % 2 for sign in _STRINGS[family]):
        return True
    return family == GO and text.count(b"/*", 0, at) != text.count(b"*/", 0, at)
