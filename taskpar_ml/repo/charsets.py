"""Sets of characters as sorted ranges of code points: what one character of a glob allows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, TypeAlias

Charset: TypeAlias = tuple[tuple[int, int], ...]
"""Disjoint, sorted, inclusive ranges. The empty tuple allows nothing."""

_LAST: Final = 0x10FFFF
# No name holds a slash or a NUL.
_FORBIDDEN: Final = ((0, 0), (ord("/"), ord("/")))
# What an invented name is made of, best first; a dot alone would be no name.
_PLEASANT: Final = "xabcdefghijklmnopqrstuvwyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_-+~@=,#% ."

_NAMED: Final = {
    "alnum": "09AZaz",
    "alpha": "AZaz",
    "blank": "\t\t  ",
    "cntrl": "\x00\x1f\x7f\x7f",
    "digit": "09",
    "graph": "!~",
    "lower": "az",
    "print": " ~",
    "punct": "!/:@[`{~",
    "space": "\t\r  ",
    "upper": "AZ",
    "xdigit": "09AFaf",
}


def charset(ranges: Iterable[tuple[int, int]], *, negated: bool = False) -> Charset:
    """Return the characters in some ranges, or all others, as far as a name can hold them."""
    merged = _merged(ranges)
    kept = _complement(merged) if negated else merged
    return intersection(kept, _complement(_FORBIDDEN))


def single(character: str) -> Charset:
    """Return the set of one character."""
    return ((ord(character), ord(character)),)


def named_ranges(name: str) -> list[tuple[int, int]] | None:
    """Return the ranges of a POSIX class such as ``alpha``, ``None`` for an unknown name."""
    ends = _NAMED.get(name)
    if ends is None:
        return None
    return [(ord(ends[at]), ord(ends[at + 1])) for at in range(0, len(ends), 2)]


def intersection(first: Charset, second: Charset) -> Charset:
    """Return the characters of both sets."""
    both = []
    left, right = 0, 0
    while left < len(first) and right < len(second):
        low = max(first[left][0], second[right][0])
        high = min(first[left][1], second[right][1])
        if low <= high:
            both.append((low, high))
        if first[left][1] < second[right][1]:
            left += 1
        else:
            right += 1
    return tuple(both)


def member(allowed: Charset) -> str:
    """Return one character of a set that is not empty, a readable one where there is one."""
    if len(allowed) == 1 and allowed[0][0] == allowed[0][1]:
        return chr(allowed[0][0])
    for character in _PLEASANT:
        if any(low <= ord(character) <= high for low, high in allowed):
            return character
    # The highest, because the lowest are control characters.
    return chr(allowed[-1][0])


def as_regex(allowed: Charset) -> str:
    """Return a regular expression for one character of a set that is not empty."""
    if allowed == ANY:
        return "."
    if len(allowed) == 1 and allowed[0][0] == allowed[0][1]:
        return re.escape(chr(allowed[0][0]))
    return "[" + "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in allowed) + "]"


def _merged(ranges: Iterable[tuple[int, int]]) -> Charset:
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if low > high:
            continue
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def _complement(ranges: Charset) -> Charset:
    others = []
    start = 0
    for low, high in ranges:
        if start < low:
            others.append((start, low - 1))
        start = high + 1
    if start <= _LAST:
        others.append((start, _LAST))
    return tuple(others)


ANY: Final = charset((), negated=True)
"""Every character that a name can hold."""
