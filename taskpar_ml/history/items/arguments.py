"""Calls as they are written: how many arguments, and by which names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from taskpar_ml.history.items.module_names import PYTHON

_OPEN: Final = {"(": ")", "[": "]", "{": "}"}
_CLOSE: Final = frozenset(_OPEN.values())
_QUOTES: Final = frozenset("\"'`")
_LONGEST: Final = 4_000
"""Characters between two parentheses that are looked through."""
_MOST_CALLS: Final = 50
"""Calls of one name in one file that are looked at."""
_KEYWORD: Final = re.compile(r"(\w+)\s*=(?!=)")
_MAKES: Final = frozenset(("def", "func", "function", "class", "async"))
"""Words after which a name is defined, not called."""


class Call(NamedTuple):
    """What a call hands over.

    Attributes
    ----------
    positional
        How many arguments without a name.
    named
        Names of the others, sorted.
    """

    positional: int
    named: tuple[str, ...] = ()


def calls_of(text: str, name: str, family: str) -> tuple[Call, ...]:
    r"""Return the different calls of a name in a file that hand over a known number of arguments.

    Parameters
    ----------
    name
        Dotted, ``.last`` where its beginning is an expression.

    Examples
    --------
    >>> calls_of("def f(a): ...\nf(1, b=2)\nx.f(3)\nf(*many)", "f", "python")
    (Call(positional=1, named=('b',)),)
    """
    before = r"(?<![\w.])" if name[:1] != "." else ""
    pattern = re.compile(rf"(?:\b(\w+)\s+)?{before}{re.escape(name)}\s*\(")
    found: dict[Call, None] = {}
    for number, match in enumerate(pattern.finditer(text)):
        if number == _MOST_CALLS:
            break
        if match[1] in _MAKES:
            continue
        parts = split(text, match.end(), family)
        call = None if parts is None else _call(parts, family)
        if call is not None:
            found[call] = None
    return tuple(found)


def _call(parts: list[str], family: str) -> Call | None:
    named = []
    positional = 0
    for part in parts:
        if part.startswith("*") and family == PYTHON:
            return None
        if part.startswith("...") or part.endswith("..."):
            return None
        keyword = _KEYWORD.match(part) if family == PYTHON else None
        if keyword is not None:
            named.append(keyword[1])
        elif family == PYTHON and re.search(r"\bfor\b", part) and positional == 0:
            return Call(1)
        else:
            positional += 1
    return Call(positional, tuple(sorted(named)))


def split(text: str, start: int, family: str) -> list[str] | None:
    """Return what stands between commas up to the parenthesis that closes; None if none does.

    Parameters
    ----------
    start
        Right after the parenthesis that opens.

    Examples
    --------
    >>> split('(a, b=(1, 2), c=")")', 1, "python")
    ['a', 'b=(1, 2)', 'c=")"']
    """
    parts: list[str] = []
    piece: list[str] = []
    depth = 0
    for sign in _signs(text, start, family):
        if len(sign) == 1 and sign in _OPEN:
            depth += 1
        elif len(sign) == 1 and sign in _CLOSE:
            if depth == 0:
                parts.append("".join(piece).strip())
                return [part for part in parts if part]
            depth -= 1
        elif sign == "," and depth == 0:
            parts.append("".join(piece).strip())
            piece = []
            continue
        piece.append(sign)
    return None


def _signs(text: str, start: int, family: str) -> Iterator[str]:
    """Yield signs without comments, each string as one."""
    comment = "#" if family == PYTHON else "//"
    at, end = start, min(len(text), start + _LONGEST)
    while at < end:
        sign = text[at]
        if sign in _QUOTES:
            after = _end_of_string(text, at, end)
            yield text[at:after]
            at = after
        elif text.startswith(comment, at):
            at = text.find("\n", at)
            if at < 0:
                return
        else:
            yield sign
            at += 1


def _end_of_string(text: str, at: int, end: int) -> int:
    quote = text[at]
    if text.startswith(quote * 3, at):
        after = text.find(quote * 3, at + 3)
        return end if after < 0 else after + 3
    at += 1
    while at < end and text[at] != quote:
        at += 2 if text[at] == "\\" else 1
    return at + 1
