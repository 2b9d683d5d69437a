"""Where in a file a task changed lines, and where those lines are later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pygit2
from pygit2.enums import DiffOption


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
    patch = pygit2.Patch.create_from(before, after, flag=flag, context_lines=0)
    return [
        Hunk(_span(each.old_start, each.old_lines), _span(each.new_start, each.new_lines))
        for each in patch.hunks
    ]


def _span(start: int, lines: int) -> Span:
    # Lines are counted from 1, and a hunk without lines names the line before it.
    first = start - 1 if lines else start
    return Span(first, first + lines)


def mapped(span: Span, through: Sequence[Hunk]) -> Span:
    """Return where lines of one version are in the next.

    Lines that were replaced are all that took their place.

    Parameters
    ----------
    span
        Lines of the older version.
    through
        Where the versions differ, in order.

    Examples
    --------
    >>> later = [Hunk(Span(0, 0), Span(0, 2)), Hunk(Span(8, 10), Span(10, 11))]
    >>> mapped(Span(5, 6), later), mapped(Span(9, 12), later)
    (Span(start=7, end=8), Span(start=10, end=13))
    """
    before = [each for each in through if each.old.end <= span.start and each.old != span]
    offset = before[-1].new.end - before[-1].old.end if before else 0
    replaced = [each for each in through if _overlap(each.old, span)]
    if not replaced:
        return Span(span.start + offset, span.end + offset)
    first, last = replaced[0], replaced[-1]
    start = span.start + first.new.start - first.old.start
    end = span.end + last.new.end - last.old.end
    return Span(min(start, first.new.start), max(end, last.new.end))


def _overlap(first: Span, second: Span) -> bool:
    """Whether two spans share a line, or are one place, or one is a place within the other."""
    return first == second or (first.start < second.end and second.start < first.end)


def still_meets(earlier: tuple[bytes, bytes], since: bytes, later: bytes) -> bool:
    """Whether the lines that an earlier task wrote meet those that a later one changed.

    Parameters
    ----------
    earlier
        The file before and after the earlier task.
    since
        The file before the later task.
    later
        The file after it.
    """
    # A line that was only indented anew is still where it is; as a replaced one, it would drag
    # all of its neighbours along.
    between = changed_spans(earlier[1], since, ignore_space=True)
    before, after = earlier[0].split(b"\n"), later.split(b"\n")
    theirs = changed_spans(since, later)
    for mine in changed_spans(*earlier):
        here = mapped(mine.new, between)
        for other in theirs:
            if here.meets(other.old) and not (
                # The later task takes it back: without it, there is nothing to do.
                here == other.old and _lines(before, mine.old) == _lines(after, other.new)
            ):
                return True
    return False


def _lines(text: Sequence[bytes], span: Span) -> Sequence[bytes]:
    return text[span.start : span.end]
