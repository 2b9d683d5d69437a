"""Whether two patterns with stars have a word in common, and which.

The same question is asked twice: of the characters of two names, where a star is ``*``, and of
the names of two paths, where it is ``**``. Both patterns are walked at once; the positions of the
second that go with one position of the first are the bits of one integer, so a step costs one
machine operation per 64 positions and no pattern is slow.

Source: reachability in the product of two non-deterministic automata (Hopcroft, Ullman,
"Introduction to Automata Theory"), rows kept as bit vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Final, TypeVar

Letter = TypeVar("Letter", bound=Hashable)
Sign = TypeVar("Sign")

STAR: Final = None
"""Stands for any number of letters. Two stars never follow each other."""


def common_word(
    first: Sequence[Letter | None],
    second: Sequence[Letter | None],
    *,
    meet: Callable[[Letter, Letter], Sign | None],
    alone: Callable[[Letter], Sign],
    filler: Sign | None = None,
) -> list[Sign] | None:
    """Return a word that both patterns accept, ``None`` if there is none.

    Parameters
    ----------
    first, second
        Letters and stars; each letter accepts at least one sign.
    meet
        Returns a sign that two letters accept, or ``None``.
    alone
        Returns a sign that a letter accepts, where the other pattern has a star.
    filler
        Put wherever both patterns have a star, if given.

    Examples
    --------
    >>> def same(a: str, b: str) -> str | None:
    ...     return a if a == b else None
    >>> common_word(["a", None, "c"], [None, "b", "c"], meet=same, alone=str)
    ['a', 'b', 'c']
    """
    rows = _reachable(first, second, meet)
    if not _holds(rows[-1], len(second)):
        return None
    row, column = len(first), len(second)
    word: list[Sign] = []
    # Backwards from the end of both; every step lowers one of the two positions.
    while row or column:
        mine = first[row - 1] if row else STAR
        other = second[column - 1] if column else STAR
        inside = row < len(first) and first[row] is STAR
        other_inside = column < len(second) and second[column] is STAR
        if inside and other_inside and filler is not None:
            word.append(filler)
        sign = None
        if mine is not STAR and other is not STAR and _holds(rows[row - 1], column - 1):
            sign = meet(mine, other)
        if sign is not None:
            word.append(sign)
            row, column = row - 1, column - 1
        elif row and mine is STAR and _holds(rows[row - 1], column):
            row -= 1
        elif column and other is STAR and _holds(rows[row], column - 1):
            column -= 1
        elif inside and other is not STAR and _holds(rows[row], column - 1):
            word.append(alone(other))
            column -= 1
        elif mine is not STAR:
            # What is left: the star of the second takes in the letter of the first.
            word.append(alone(mine))
            row -= 1
    if filler is not None and first and second and first[0] is STAR and second[0] is STAR:
        word.append(filler)
    return word[::-1]


def _reachable(
    first: Sequence[Letter | None],
    second: Sequence[Letter | None],
    meet: Callable[[Letter, Letter], Sign | None],
) -> list[int]:
    """Return, per position of the first pattern, the positions of the second that go with it."""
    places: dict[Letter | None, int] = {}
    for column, other in enumerate(second):
        places[other] = places.get(other, 0) | 1 << column
    stars = places.pop(STAR, 0)
    everywhere = (1 << (len(second) + 1)) - 1
    meeting: dict[Letter, int] = {}
    row = 1 | (stars & 1) << 1
    rows = [row]
    for mine in first:
        if mine is STAR:
            # From the lowest position on, the star of the first takes in all that follows.
            row = everywhere & ~((row & -row) - 1) if row else 0
            rows[-1] = row
            rows.append(row)
            continue
        if mine not in meeting:
            meeting[mine] = sum(
                bits
                for other, bits in places.items()
                if other is not STAR and meet(mine, other) is not None
            )
        row = (row & stars) | (row & meeting[mine]) << 1
        row |= (row & stars) << 1
        rows.append(row)
    return rows


def _holds(row: int, column: int) -> bool:
    return column >= 0 and bool(row >> column & 1)
