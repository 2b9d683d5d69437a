"""Where in a file a task changed lines, and where those lines are later."""

from __future__ import annotations

from collections.abc import Sequence

from taskpar_ml.repo.line_spans import Hunk, LineComparer, Span


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


def still_meets(
    lines: LineComparer, earlier: tuple[bytes, bytes], later: tuple[bytes, bytes]
) -> bool | None:
    """Whether the lines that an earlier task wrote meet those that a later one changed.

    Parameters
    ----------
    lines
        Compares contents.
    earlier, later
        Ids of the file's contents before and after each task.

    Returns
    -------
    bool or None
        None where one of the contents has no lines.
    """
    wrote, changed = lines.hunks(*earlier), lines.hunks(*later)
    # A line that was only indented anew is still where it is; as a replaced one, it would drag
    # all of its neighbours along.
    between = lines.hunks(earlier[1], later[0], ignore_space=True)
    if wrote is None or changed is None or between is None:
        return None
    for mine in wrote:
        here = mapped(mine.new, between)
        for other in changed:
            if here.meets(other.old) and not (
                # The later task takes it back: without it, there is nothing to do.
                here == other.old
                and _lines(lines, earlier[0], mine.old) == _lines(lines, later[1], other.new)
            ):
                return True
    return False


def _lines(lines: LineComparer, content: bytes, span: Span) -> Sequence[bytes]:
    return (lines.text(content) or b"").split(b"\n")[span.start : span.end]
