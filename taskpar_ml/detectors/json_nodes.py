"""JSON as values with their lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from taskpar_ml.detectors.placed_values import Value

_DEEPEST: Final = 60
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*+"(\s*:)?|\n', re.S)


def read_json(text: str) -> Value | None:
    """Return the value of a JSON text; None if it is broken or too deep.

    Values that are no texts are written as Python writes them; an element of a list stands in the
    line of the key before it.
    """
    try:
        # Pairs, as a key that occurs twice has two lines.
        read = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_Pairs)
        return _placed(read, 1, _lines_of_keys(text), 0)
    except (RecursionError, ValueError):
        return None


class _Pairs(list[tuple[str, Any]]):
    """Members of an object, in the order of the file."""


def _lines_of_keys(text: str) -> Iterator[int]:
    """Yield the line of each key; JSON has quotes around keys and texts only."""
    line = 1
    for found in _STRING.finditer(text):
        if found[0] == "\n":
            line += 1
        elif found[1]:
            yield line
            line += found[1].count("\n")


def _placed(read: object, line: int, lines: Iterator[int], depth: int) -> Value:
    value = Value(line)
    if depth > _DEEPEST:
        raise ValueError("too deep")
    if isinstance(read, _Pairs):
        for key, inner in read:
            value.members[key] = _placed(inner, next(lines, line), lines, depth + 1)
    elif isinstance(read, list):
        for inner in read:
            value.items.append(_placed(inner, line, lines, depth + 1))
    elif read is not None:
        value.text = str(read)
    return value
