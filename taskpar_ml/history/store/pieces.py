"""Long work in pieces, so that neither memory nor a statement grows with a history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, TypeVar

Each = TypeVar("Each")

AT_ONCE: Final = 500
"""Values in one statement: well below what either database takes."""


def in_pieces(things: Iterable[Each], size: int = AT_ONCE) -> Iterator[list[Each]]:
    """Yield the things in lists of at most so many.

    Examples
    --------
    >>> list(in_pieces("abcde", 2))
    [['a', 'b'], ['c', 'd'], ['e']]
    """
    rest = iter(things)
    while piece := list(islice(rest, size)):
        yield piece
