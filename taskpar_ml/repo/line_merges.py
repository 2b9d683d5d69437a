"""Merging two changes of one text, from where its versions differ.

Source: git, ``xdiff/xmerge.c``; the same files merge as there, to the same content.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from taskpar_ml.repo.line_spans import Hunk, Span


class Rewriting(NamedTuple):
    """What a text became, and where that differs from what it was, in order."""

    text: bytes
    hunks: Sequence[Hunk]


def merged_lines(base: bytes, a: Rewriting, b: Rewriting) -> bytes | None:
    r"""Return a text with what both sides made of it, None if they conflict.

    Sides that leave a line between them never do. Where they meet, each may have done the same.

    Examples
    --------
    >>> base, a, b = b"1\n2\n3\n4\n", b"one\n2\n3\n4\n", b"1\n2\n3\nfour\n"
    >>> first, last = Hunk(Span(0, 1), Span(0, 1)), Hunk(Span(3, 4), Span(3, 4))
    >>> merged_lines(base, Rewriting(a, [first]), Rewriting(b, [last]))
    b'one\n2\n3\nfour\n'
    >>> merged_lines(base, Rewriting(a, [first]), Rewriting(b"uno\n2\n3\n4\n", [first])) is None
    True
    """
    end = max((each.old.end for each in (*a.hunks[-1:], *b.hunks[-1:])), default=0)
    old, rest = _lines(base, end)
    new = [_lines(each.text, _end(each.hunks, end))[0] for each in (a, b)]
    merged: list[bytes] = []
    at = 0
    for span, sides in _places(a.hunks, b.hunks):
        texts = [
            new[side][_start(hunks, span.start) : _end(hunks, span.end)]
            for side, hunks in enumerate(sides)
            if hunks
        ]
        if texts[0] != texts[-1]:
            return None
        merged += old[at : span.start]
        merged += texts[0]
        at = span.end
    return b"".join((*merged, *old[at:], rest))


def _places(
    a: Sequence[Hunk], b: Sequence[Hunk]
) -> Iterator[tuple[Span, tuple[list[Hunk], list[Hunk]]]]:
    """Yield lines of the old text that changed, with all hunks of both sides that meet there."""
    span: Span | None = None
    sides: tuple[list[Hunk], list[Hunk]] = ([], [])
    for hunk, side in sorted([*((each, 0) for each in a), *((each, 1) for each in b)]):
        if span is not None and span.meets(hunk.old):
            span = Span(span.start, max(span.end, hunk.old.end))
        else:
            if span is not None:
                yield span, sides
            span, sides = hunk.old, ([], [])
        sides[side].append(hunk)
    if span is not None:
        yield span, sides


def _start(hunks: Sequence[Hunk], line: int) -> int:
    """Return where a line at or before the first of some hunks is in the new text."""
    return line + hunks[0].new.start - hunks[0].old.start if hunks else line


def _end(hunks: Sequence[Hunk], line: int) -> int:
    """Return where a line behind the last of some hunks is in the new text."""
    return line + hunks[-1].new.end - hunks[-1].old.end if hunks else line


def _lines(text: bytes, number: int) -> tuple[list[bytes], bytes]:
    """Return so many lines of a text, with their ends, and what follows them."""
    *lines, rest = text.split(b"\n", number)
    lines = [line + b"\n" for line in lines]
    if rest and len(lines) < number:
        return [*lines, rest], b""
    return lines, rest
