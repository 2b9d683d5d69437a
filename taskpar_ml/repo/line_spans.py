"""Where two versions of a text differ, line by line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import pygit2
from pygit2.enums import DiffOption

from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.similarity import is_binary

MAX_MERGED_BYTES: Final = 8 << 20
"""Largest file whose lines are compared and merged; a larger one changes as a whole.

Lines that are alike in no order take a minute for four megabytes; such a file is no source code.
"""

CONTEXT_BYTES: Final = 4 << 10
"""Bytes around what differs among which lines are aligned; the rest of a text is not compared."""

MAX_KEPT: Final = 1 << 16
"""Most hunks that are remembered, of all files together."""


class Span(NamedTuple):
    """Lines ``start`` up to ``end``, counted from 0, ``end`` excluded.

    Empty, it is the place before line ``start``.
    """

    start: int
    end: int

    def meets(self, other: Span) -> bool:
        """Whether two spans share a line or lie next to each other.

        That is when a three-way merge refuses two changes: without a line between them it cannot
        tell their order (Source: git, ``xdiff/xmerge.c``).
        """
        return self.start <= other.end and other.start <= self.end


class Hunk(NamedTuple):
    """Lines of one version and the lines of the next that took their place."""

    old: Span
    new: Span


def changed_spans(before: bytes, after: bytes, *, ignore_space: bool = False) -> list[Hunk]:
    r"""Return where two versions of a text differ, in order.

    Lines are compared as in the merges of :class:`~taskpar_ml.repo.contents.ContentMerger`.

    Parameters
    ----------
    ignore_space
        Whether lines that differ in white space alone are equal: indented anew, or ended otherwise.

    Examples
    --------
    >>> [hunk] = changed_spans(b"a\nb\n", b"a\nb\nc\nd\n")
    >>> hunk.old, hunk.new
    (Span(start=2, end=2), Span(start=2, end=4))
    """
    flag = DiffOption.PATIENCE | DiffOption.FORCE_TEXT
    if ignore_space:
        flag |= DiffOption.IGNORE_WHITESPACE
    head = _head(before, after)
    tail = _tail(before, after, head)
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    patch = pygit2.Patch.create_from(old, new, flag=flag, context_lines=0)
    above = before.count(b"\n", 0, head)
    return [
        Hunk(
            _span(each.old_start + above, each.old_lines),
            _span(each.new_start + above, each.new_lines),
        )
        for each in patch.hunks
    ]


def _head(before: bytes, after: bytes) -> int:
    """Return how many bytes of whole lines that two texts begin with need not be compared."""
    most = min(len(before), len(after))
    same = _longest(lambda near, far: before[near:far] == after[near:far], most)
    return before.rfind(b"\n", 0, max(same - CONTEXT_BYTES, 0)) + 1


def _tail(before: bytes, after: bytes, head: int) -> int:
    """Return how many bytes of whole lines that two texts end with need not be compared."""
    ends = len(before), len(after)
    same = _longest(
        lambda near, far: (
            before[ends[0] - far : ends[0] - near] == after[ends[1] - far : ends[1] - near]
        ),
        min(ends) - head,
    )
    line = before.find(b"\n", ends[0] - max(same - CONTEXT_BYTES, 0))
    return 0 if line < 0 else ends[0] - line - 1


def _longest(is_same: Callable[[int, int], bool], most: int) -> int:
    """Return up to where two texts are the same, by halves."""
    same = 0
    while same < most:
        middle = (same + most + 1) // 2
        if is_same(same, middle):
            same = middle
        else:
            most = middle - 1
    return same


def any_meet(first: Sequence[Span], second: Sequence[Span]) -> bool:
    """Whether a span of one list meets one of the other. Both are in order.

    Examples
    --------
    >>> any_meet([Span(0, 2), Span(9, 9)], [Span(3, 4), Span(10, 12)])
    False
    >>> any_meet([Span(0, 2), Span(9, 9)], [Span(3, 4), Span(9, 12)])
    True
    """
    at = 0
    for span in first:
        while at < len(second) and second[at].end < span.start:
            at += 1
        if at == len(second):
            return False
        if second[at].meets(span):
            return True
    return False


class LineComparer:
    """Compares contents by their ids, each two of them once.

    Parameters
    ----------
    reader
        Reads the contents.
    """

    def __init__(self, reader: ObjectReader) -> None:
        self._reader = reader
        self._known: dict[tuple[bytes, bytes, bool], tuple[Hunk, ...]] = {}
        self._kept = 0

    def text(self, content: bytes) -> bytes | None:
        """Return a content that has lines; None for one that is binary, too large or missing."""
        found = self._reader.blob(pygit2.Oid(raw=content), limit=MAX_MERGED_BYTES)
        return None if found is None or is_binary(found) else found

    def hunks(
        self, before: bytes, after: bytes, *, ignore_space: bool = False
    ) -> tuple[Hunk, ...] | None:
        """Return where two contents differ, None if one of them has no lines."""
        key = (before, after, ignore_space)
        known = self._known.get(key)
        if known is not None:
            return known
        old, new = self.text(before), self.text(after)
        if old is None or new is None:
            return None
        found = tuple(changed_spans(old, new, ignore_space=ignore_space))
        self._kept += len(found) + 1
        if self._kept > MAX_KEPT:
            self._known.clear()
            self._kept = len(found) + 1
        self._known[key] = found
        return found


def _span(start: int, lines: int) -> Span:
    # Lines are counted from 1, and a hunk without lines names the line before it.
    first = start - 1 if lines else start
    return Span(first, first + lines)
